package dashboards

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/dashboards"
	"github.com/agent-telemetry/agent-telemetry/test/npmpackages"
	"github.com/agent-telemetry/agent-telemetry/test/panelquery"
)

// asked is a panel with Loki's answers, as ../grafanadata/apply.cjs reads it.
type asked struct {
	Name    string          `json:"name"`
	Panel   json.RawMessage `json:"panel"`
	Targets []answered      `json:"targets"`

	kind string
}

type answered struct {
	RefID  string   `json:"refId"`
	Kind   string   `json:"kind"`
	Legend string   `json:"legend"`
	Series []series `json:"series"`
}

type series struct {
	Labels map[string]string `json:"labels"`
	Points []point           `json:"points"`
}

type point struct {
	Time  int64    `json:"time"` // ms
	Value *float64 `json:"value"`
	Line  string   `json:"line"`
}

// shown is what Grafana's code makes of it.
type shown struct {
	Name, Error string
	Frames      int
	Fields      []shownField
	Values      []struct{ Title, Text, Colour string }
	// GraphFields are the names of fields that Grafana's node graph knows.
	GraphFields []string
}

type shownField struct {
	Frame             int
	Name, Title, Type string
	Links             int
	Texts             []string
	Numbers           []*float64
}

// What panels show, by Grafana's own code: transformations, names, units, links,
// colours. Of Grafana's data source and of one transformation there is a stand-in.
func TestGrafanasCodeShowsIt(t *testing.T) {
	modules := npmpackages.Install(t, "../..", "../grafanadata")
	s := running(t)
	panels := ask(t, panelquery.Loki{URL: s.LokiURL(), Fresh: true}, false)
	for i, got := range show(t, modules, panels) {
		t.Run(got.Name, func(t *testing.T) {
			require.Empty(t, got.Error)
			checkShown(t, panels[i], got)
		})
	}
}

// Without any data stats say what to do, and those that would be alarms do not look
// as if all were well.
func TestGrafanasCodeShowsNothing(t *testing.T) {
	modules := npmpackages.Install(t, "../..", "../grafanadata")
	s := running(t)
	panels := slices.DeleteFunc(ask(t, panelquery.Loki{URL: s.LokiURL(), Fresh: true}, true), func(a asked) bool { return a.kind != "stat" })
	for i, got := range show(t, modules, panels) {
		t.Run(got.Name, func(t *testing.T) {
			require.Empty(t, got.Error)
			require.Len(t, got.Values, 1)
			require.Equal(t, panels[i].empty(t), got.Values[0].Text)
			require.NotEqual(t, "#73BF69", got.Values[0].Colour, "green")
		})
	}
}

func checkShown(t *testing.T, a asked, got shown) {
	t.Helper()
	switch a.kind {
	case "stat":
		require.Len(t, got.Values, 1)
		require.NotContains(t, got.Values[0].Text, "NaN")
		require.NotContains(t, got.Values[0].Text, "unknown")
	case "bargauge", "piechart":
		require.NotEmpty(t, got.Values)
		for _, v := range got.Values {
			require.NotContains(t, v.Title, "Value", "the name of a bar")
			require.NotEmpty(t, v.Title)
		}
	case "nodeGraph":
		checkGraph(t, got)
	case "table":
		require.Equal(t, 1, got.Frames, "one table")
		var titles []string
		links := 0
		for _, f := range got.Fields {
			titles = append(titles, f.Title)
			links += f.Links
			for _, text := range f.Texts {
				require.NotContains(t, text, "NaN", f.Title)
				require.False(t, strings.HasPrefix(text, "["), "%s is JSON: %s", f.Title, text)
				require.NotEqual(t, a.empty(t), text, "an empty cell says what an empty panel says: %s", f.Title)
			}
			if f.Title == "Session" {
				require.Positive(t, f.Links, "a session is a link")
			}
			require.False(t, strings.HasPrefix(f.Title, "Value #"), "a column without a name")
		}
		want := headings(t, a.Panel)
		for _, target := range a.Targets { // a target without data makes no column
			if len(target.Series) == 0 {
				want = slices.DeleteFunc(want, func(h heading) bool { return h.field == target.column() })
			}
		}
		require.Equal(t, shownAs(want), titles, "columns in their order")
		rows := map[string]bool{}
		for i := range got.Fields[0].Texts {
			var key []string
			for _, f := range got.Fields {
				key = append(key, f.Texts[i])
			}
			rows[strings.Join(key, "\x00")] = true
		}
		require.NotEmpty(t, rows)
	case "timeseries":
		for _, f := range got.Fields {
			require.NotEmpty(t, f.Title)
		}
	}
}

// empty is what the panel says when there is nothing.
func (a asked) empty(t *testing.T) string {
	t.Helper()
	var p struct {
		FieldConfig struct{ Defaults struct{ NoValue string } }
	}
	require.NoError(t, json.Unmarshal(a.Panel, &p))
	return p.FieldConfig.Defaults.NoValue
}

// column is the field of the target's numbers.
func (a answered) column() string { return "Value #" + a.RefID }

// heading is a field of a table and how it is called.
type heading struct{ field, title string }

func shownAs(list []heading) []string {
	var titles []string
	for _, h := range list {
		titles = append(titles, h.title)
	}
	return titles
}

// headings are a table's columns as the panel wants them.
func headings(t *testing.T, panel json.RawMessage) []heading {
	t.Helper()
	var p struct {
		Transformations []struct {
			ID      string
			Options struct {
				Include      struct{ Names []string }
				RenameByName map[string]string
			}
		}
	}
	require.NoError(t, json.Unmarshal(panel, &p))
	var list []heading
	for _, tr := range p.Transformations {
		for _, name := range tr.Options.Include.Names {
			list = append(list, heading{name, name})
		}
		for i, h := range list {
			if as := tr.Options.RenameByName[h.field]; as != "" {
				list[i].title = as
			}
		}
	}
	return list
}

// ask asks Loki for every panel, or leaves all answers empty.
func ask(t *testing.T, loki panelquery.Loki, empty bool) []asked {
	t.Helper()
	all, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	from, to := time.Now().Add(-2*time.Hour), time.Now().Add(time.Second)
	var list []asked
	for _, d := range all {
		raw := panelsOf(t, d.File)
		vars := choose(d)
		for _, p := range d.Panels {
			a := asked{Name: d.UID + "/" + p.Title, Panel: raw[p.ID], kind: p.Type}
			for _, target := range p.Targets {
				q, err := target.Interpolate(vars, from, to, p.WidthPx(width))
				require.NoError(t, err)
				got := answered{RefID: target.Name, Legend: target.Legend, Series: []series{}}
				if !empty {
					answer, err := loki.Run(t.Context(), q)
					require.NoError(t, err)
					got.Kind = answer.Kind
					for _, s := range answer.Series {
						one := series{Labels: s.Labels}
						for _, p := range s.Points {
							made := point{Time: p.Time.UnixMilli(), Line: p.Line}
							if !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) { // JSON has no such number
								made.Value = &p.Value
							}
							one.Points = append(one.Points, made)
						}
						got.Series = append(got.Series, one)
					}
				}
				a.Targets = append(a.Targets, got)
			}
			list = append(list, a)
		}
	}
	return list
}

// panelsOf are a dashboard's panels as they stand in the file, by id.
func panelsOf(t *testing.T, file string) map[int]json.RawMessage {
	t.Helper()
	raw, err := dashboards.Files.ReadFile(file)
	require.NoError(t, err)
	var b struct{ Panels []json.RawMessage }
	require.NoError(t, json.Unmarshal(raw, &b))
	all := map[int]json.RawMessage{}
	for len(b.Panels) > 0 {
		var p struct {
			ID     int
			Panels []json.RawMessage
		}
		require.NoError(t, json.Unmarshal(b.Panels[0], &p))
		all[p.ID] = b.Panels[0]
		b.Panels = append(b.Panels[1:], p.Panels...)
	}
	return all
}

func show(t *testing.T, modules string, panels []asked) []shown {
	t.Helper()
	in, err := json.Marshal(panels)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "node", "../grafanadata/apply.cjs")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stdin = bytes.NewReader(in)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	var list []shown
	require.NoError(t, json.Unmarshal(out, &list), "%.500s", out)
	require.Len(t, list, len(panels))
	return list
}
