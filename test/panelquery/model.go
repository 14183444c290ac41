package panelquery

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// model is the part of a dashboard's JSON that is used here.
type model struct {
	UID   string `json:"uid"`
	Title string `json:"title"`
	Time  struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"time"`
	Panels     []panelModel `json:"panels"`
	Templating struct {
		List []variableModel `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []struct {
			Name    string      `json:"name"`
			BuiltIn int         `json:"builtIn"`
			Target  targetModel `json:"target"`
		} `json:"list"`
	} `json:"annotations"`
}

type panelModel struct {
	ID            int     `json:"id"`
	Type          string  `json:"type"`
	Title         string  `json:"title"`
	Interval      string  `json:"interval"`
	MaxDataPoints float64 `json:"maxDataPoints"`
	TimeFrom      string  `json:"timeFrom"`
	TimeShift     string  `json:"timeShift"`
	Repeat        string  `json:"repeat"`
	GridPos       struct {
		W int `json:"w"`
	} `json:"gridPos"`
	Collapsed bool          `json:"collapsed"`
	Panels    []panelModel  `json:"panels"` // of a collapsed row
	Targets   []targetModel `json:"targets"`
}

type targetModel struct {
	RefID     string `json:"refId"`
	Expr      string `json:"expr"`
	QueryType string `json:"queryType"`
	Step      string `json:"step"`
	MaxLines  int    `json:"maxLines"`
	Direction string `json:"direction"`
	Legend    string `json:"legendFormat"`
}

func (t targetModel) target(name string, p panelModel, all map[string]string) Target {
	return Target{
		Name: name, Expr: t.Expr, Instant: t.QueryType == "instant", MaxLines: t.MaxLines, Forward: t.Direction == "forward", Legend: t.Legend,
		step: t.Step, queryType: t.QueryType, minInterval: p.Interval, maxDataPoints: int(p.MaxDataPoints), all: all,
	}
}

type variableModel struct {
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	Query      json.RawMessage `json:"query"`
	Multi      bool            `json:"multi"`
	IncludeAll bool            `json:"includeAll"`
	AllValue   string          `json:"allValue"`
	Current    struct {
		Value json.RawMessage `json:"value"`
	} `json:"current"`
	Options []struct {
		Value json.RawMessage `json:"value"`
	} `json:"options"`
}

// labelValues is the type of a variable's query that asks for a label's values.
const labelValues = 1

func (m variableModel) variable() (Variable, error) {
	v := Variable{Name: m.Name, Type: m.Type, Multi: m.Multi, IncludeAll: m.IncludeAll, AllValue: m.AllValue}
	values, err := texts(m.Current.Value)
	if err != nil {
		return v, fmt.Errorf("current value: %w", err)
	}
	v.Default = Value{Values: values}
	if len(values) == 1 && values[0] == allValue {
		v.Default = Value{All: true}
	}
	switch m.Type {
	case "datasource", "textbox":
	case "custom":
		for _, o := range m.Options {
			list, err := texts(o.Value)
			if err != nil {
				return v, fmt.Errorf("option: %w", err)
			}
			if len(list) == 1 && list[0] != allValue {
				v.Options = append(v.Options, list[0])
			}
		}
		var query string
		if err := json.Unmarshal(m.Query, &query); err != nil {
			return v, fmt.Errorf("query: %w", err)
		}
		if query != strings.Join(v.Options, ",") {
			return v, fmt.Errorf("query %q is not the list of its options %q", query, v.Options)
		}
	case "query":
		var q struct {
			Type   int    `json:"type"`
			Label  string `json:"label"`
			Stream string `json:"stream"`
		}
		if err := json.Unmarshal(m.Query, &q); err != nil {
			return v, fmt.Errorf("query: %w", err)
		}
		if q.Type != labelValues || q.Label == "" || q.Stream == "" {
			return v, errors.New("query asks for something else than the values of a label in streams: not known here")
		}
		v.Label, v.Stream = q.Label, q.Stream
	default:
		return v, fmt.Errorf("type %s: not known here", m.Type)
	}
	if v.IncludeAll && v.AllValue == "" {
		return v, errors.New("has All without a value for it: Grafana would list every value in the query")
	}
	return v, nil
}

// texts reads a value that is a string or a list of strings.
func texts(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		if one == "" {
			return nil, nil
		}
		return []string{one}, nil
	}
	var list []string
	err := json.Unmarshal(raw, &list)
	return list, err
}
