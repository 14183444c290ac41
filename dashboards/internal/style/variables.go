package style

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// DatasourceUID is the uid that our provisioning gives the data source.
const DatasourceUID = "agent-telemetry-loki"

const all = "$__all"

// noBacktick leaves out values that cannot stand between backticks in a query.
const noBacktick = "/^[^`]*$/"

func textOf(s string) dashboard.StringOrArrayOfString {
	return dashboard.StringOrArrayOfString{String: &s}
}

func option(shown, value string) *dashboard.VariableOption {
	selected := true
	return &dashboard.VariableOption{Selected: &selected, Text: textOf(shown), Value: textOf(value)}
}

func chooseSource() dashboard.VariableModel {
	label, query, about := "Loki", "loki", "The Loki that the collector writes to"
	return dashboard.VariableModel{
		Type: dashboard.VariableTypeDatasource, Name: DatasourceVariable, Label: &label, Description: &about,
		Query: &dashboard.StringOrMap{String: &query}, Current: option("agent-telemetry", DatasourceUID),
		Options: []dashboard.VariableOption{},
	}
}

// Variable is one that can be chosen at the top of a dashboard.
type Variable struct{ model dashboard.VariableModel }

// Choice lists the values of a label in some streams. "All" is chosen first and
// leaves out nothing, not even what has no such label.
func Choice(name, label, about, streamLabel, stream string) Variable {
	return several(listed(name, label, about, streamLabel, stream))
}

// One lists the values of a label; one of them is chosen, at first none.
func One(name, label, about, streamLabel, stream string) Variable {
	return Variable{listed(name, label, about, streamLabel, stream)}
}

func listed(name, label, about, streamLabel, stream string) dashboard.VariableModel {
	refresh, order, regex := dashboard.VariableRefreshOnTimeRangeChanged, dashboard.VariableSortAlphabeticalAsc, noBacktick
	definition := "label_values(" + stream + ", " + streamLabel + ")"
	return dashboard.VariableModel{
		Type: dashboard.VariableTypeQuery, Name: name, Label: &label, Description: &about, Datasource: datasource(),
		Query: &dashboard.StringOrMap{Map: map[string]any{
			"refId": "LokiVariableQueryEditor-VariableQuery", "type": 1, "label": streamLabel, "stream": stream,
		}},
		Definition: &definition, Refresh: &refresh, Sort: &order, Regex: &regex, Options: []dashboard.VariableOption{},
	}
}

// List lists values that are known beforehand.
func List(name, label, about string, values []string) Variable {
	query := strings.Join(values, ",")
	m := dashboard.VariableModel{
		Type: dashboard.VariableTypeCustom, Name: name, Label: &label, Description: &about,
		Query: &dashboard.StringOrMap{String: &query},
	}
	for _, v := range values {
		selected := false
		m.Options = append(m.Options, dashboard.VariableOption{Selected: &selected, Text: textOf(v), Value: textOf(v)})
	}
	return several(m)
}

func several(m dashboard.VariableModel) Variable {
	yes, everything := true, ".*"
	m.Multi, m.IncludeAll, m.AllValue, m.Current = &yes, &yes, &everything, option("All", all)
	m.Current.Text = dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}}
	m.Current.Value = dashboard.StringOrArrayOfString{ArrayOfString: []string{all}}
	return Variable{m}
}

// Entered is a text that is typed in.
func Entered(name, label, about string) Variable {
	empty := ""
	return Variable{dashboard.VariableModel{
		Type: dashboard.VariableTypeTextbox, Name: name, Label: &label, Description: &about,
		Query: &dashboard.StringOrMap{String: &empty}, Current: option("", ""),
		Options: []dashboard.VariableOption{*option("", "")},
	}}
}
