package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/agent-telemetry/agent-telemetry/dashboards"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
	"github.com/agent-telemetry/agent-telemetry/test/panelquery"
)

func timestamp(t time.Time) pcommon.Timestamp { return pcommon.NewTimestampFromTime(t) }

// width of the dashboard in a browser.
const width = 1800

// mayBeEmpty are targets that are right when they answer nothing: what they count
// does not happen in the fixture. By dashboard, panel and target.
var mayBeEmpty = map[string]string{
	"security.json/Alerts by rule/B":    "no alert was suppressed",
	"security.json/ATT&CK techniques/D": "no rule that found something names four techniques",
}

// Every target of every panel gives what its panel needs.
func TestPanelsGetWhatTheyNeed(t *testing.T) {
	s := running(t)
	all, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	loki := panelquery.Loki{URL: s.LokiURL(), Fresh: true}
	columns := columnsOf(t)
	from, to := time.Now().Add(-time.Hour), time.Now().Add(time.Second)
	for _, d := range all {
		for _, p := range d.Panels {
			t.Run(d.UID+"/"+p.Title, func(t *testing.T) {
				vars := choose(d)
				for _, target := range p.Targets {
					q, err := target.Interpolate(vars, from, to, p.WidthPx(width))
					require.NoError(t, err)
					a, err := loki.Run(t.Context(), q)
					require.NoError(t, err)
					if len(a.Series) == 0 {
						reason := mayBeEmpty[d.File+"/"+p.Title+"/"+target.Name]
						require.NotEmpty(t, reason, "target %s is empty: %s", target.Name, q.Expr)
						continue
					}
					checkShape(t, p, target.Name, q, a, columns[d.File][p.ID])
				}
			})
		}
		for _, target := range d.Annotations {
			t.Run(d.UID+"/annotation "+target.Name, func(t *testing.T) {
				vars := d.Default()
				vars["session"] = panelquery.Value{Values: []string{storySession}}
				q, err := target.Interpolate(vars, from, to, width)
				require.NoError(t, err)
				a, err := loki.Run(t.Context(), q)
				require.NoError(t, err)
				require.Equal(t, panelquery.Streams, a.Kind)
				require.NotEmpty(t, a.Series)
				require.Contains(t, a.Series[0].Points[0].Line, ": ", "a text for people")
			})
		}
	}
}

// choose are the values that a dashboard is opened with, and a session where one has
// to be chosen.
func choose(d panelquery.Dashboard) panelquery.Vars {
	vars := d.Default()
	if v, ok := vars["session"]; ok && !v.All {
		vars["session"] = panelquery.Value{Values: []string{storySession}}
	}
	return vars
}

// checkShape holds an answer to what the panel's type can show.
func checkShape(t *testing.T, p panelquery.Panel, name string, q panelquery.Query, a panelquery.Answer, columns []string) {
	t.Helper()
	for _, s := range a.Series {
		require.NotContains(t, s.Labels, "__error__", "%s: %s", q.Expr, s.Labels["__error_details__"])
	}
	switch p.Type {
	case "stat":
		require.Equal(t, panelquery.Vector, a.Kind)
		require.Len(t, a.Series, 1, "a single number: %s", q.Expr)
	case "timeseries":
		require.Equal(t, panelquery.Matrix, a.Kind)
		require.LessOrEqual(t, len(a.Series), 60, "more lines than a person can tell apart")
	case "bargauge", "piechart":
		require.Equal(t, panelquery.Vector, a.Kind)
		for _, s := range a.Series {
			require.Len(t, s.Labels, 1, "the name of the bar")
		}
	case "logs":
		require.Equal(t, panelquery.Streams, a.Kind)
		require.NotEmpty(t, a.Series[0].Points[0].Line)
	case "nodeGraph":
		require.Equal(t, panelquery.Vector, a.Kind)
		for _, s := range a.Series {
			require.NotEmpty(t, s.Labels["id"])
		}
	case "table":
		checkTable(t, q, a, name, columns)
	default:
		t.Fatalf("a panel of the type %s is not known here", p.Type)
	}
}

func checkTable(t *testing.T, q panelquery.Query, a panelquery.Answer, name string, columns []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range a.Series {
		for l, v := range s.Labels {
			if v != "" {
				seen[l] = true
			}
		}
	}
	if a.Kind == panelquery.Vector {
		for _, l := range slices.Sorted(maps.Keys(seen)) {
			require.Contains(t, columns, l, "a label that no column shows would split rows")
		}
		require.NotEmpty(t, seen, q.Expr)
		return
	}
	require.Equal(t, panelquery.Streams, a.Kind)
	for _, c := range columns {
		if c != "Time" {
			require.True(t, seen[c], "no row has the field %s of target %s, only %s", c, name, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// columnsOf are the fields that a table shows, by file and panel.
func columnsOf(t *testing.T) map[string]map[int][]string {
	t.Helper()
	type panel struct {
		ID              int
		Panels          []json.RawMessage
		Transformations []struct {
			ID      string
			Options struct {
				Include struct{ Names []string }
			}
		}
	}
	all := map[string]map[int][]string{}
	var add func(file string, raw json.RawMessage)
	add = func(file string, raw json.RawMessage) {
		var p panel
		require.NoError(t, json.Unmarshal(raw, &p))
		for _, tr := range p.Transformations {
			if tr.ID == "filterFieldsByName" && tr.Options.Include.Names != nil {
				all[file][p.ID] = tr.Options.Include.Names
			}
		}
		for _, inner := range p.Panels {
			add(file, inner)
		}
	}
	list, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	for _, d := range list {
		raw, err := dashboards.Files.ReadFile(d.File)
		require.NoError(t, err)
		var b struct{ Panels []json.RawMessage }
		require.NoError(t, json.Unmarshal(raw, &b))
		all[d.File] = map[int][]string{}
		for _, p := range b.Panels {
			add(d.File, p)
		}
	}
	return all
}

// What can be chosen of each variable is there, and each choice makes queries that
// Loki understands, with names in them that would break a query without escaping.
func TestVariablesCanBeChosen(t *testing.T) {
	s := running(t)
	all, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	loki := panelquery.Loki{URL: s.LokiURL(), Fresh: true}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(time.Second)
	for _, d := range all {
		t.Run(d.UID, func(t *testing.T) {
			vars := d.Default()
			for _, v := range d.Variables {
				switch v.Type {
				case "query":
					values, err := loki.LabelValues(t.Context(), v, vars, from, to)
					require.NoError(t, err)
					require.NotEmpty(t, values, v.Name)
				case "custom":
					require.Equal(t, []string{"critical", "high", "medium", "low"}, v.Options)
				}
				if v.Type != "datasource" {
					vars[v.Name] = panelquery.Value{Values: []string{"a.b (c) [d] {e} \"f\" 'g' $h ^i *j +k ?l |m \\n /o"}}
					if v.Multi {
						vars[v.Name] = panelquery.Value{Values: []string{"shop", "a.b (c) \"f\" \\n"}}
					}
				}
			}
			for _, p := range d.Panels {
				for _, target := range p.Targets {
					q, err := target.Interpolate(vars, from, to, p.WidthPx(width))
					require.NoError(t, err)
					_, err = loki.Run(t.Context(), q)
					require.NoError(t, err, p.Title)
				}
			}
		})
	}
}

// What panels count is what is there: they and a count of the records themselves
// give the same number.
func TestPanelsCountRight(t *testing.T) {
	s := running(t)
	all, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	loki := panelquery.Loki{URL: s.LokiURL(), Fresh: true}
	from, to := time.Now().Add(-2*time.Hour), time.Now().Add(time.Second)
	value := func(expr string) float64 {
		a, err := loki.Run(t.Context(), panelquery.Query{Expr: expr, Instant: true, Start: from, End: to, Limit: 10, Step: time.Minute})
		require.NoError(t, err)
		require.Len(t, a.Series, 1, expr)
		return a.Series[0].Points[0].Value
	}
	checked := 0
	for what, raw := range map[string]string{
		"performance.json/Tool calls":          `{service="claude-telemetry"} | hook_event=~"PostToolUse|PostToolUseFailure"`,
		"security.json/Critical":               `{service="claude-telemetry", event="security_alert"} | severity="critical"`,
		"security.json/High":                   `{service="claude-telemetry", event="security_alert"} | severity="high"`,
		"security.json/Outside the project":    `{service="claude-telemetry", scope="outside"}`,
		"workflow.json/Prompts":                `{service="claude-telemetry", event="user_prompt"}`,
		"agent-hierarchy.json/Agents called":   `{service="claude-telemetry", event="subagent_start"}`,
		"agent-hierarchy.json/Put right later": `{service="claude-telemetry", event="agent_link"}`,
		"delegation.json/Conflicts":            `{service="claude-telemetry-coordination", event="agent_conflict"}`,
		"workflow.json/Sub-agents":             `{service="claude-telemetry", event="subagent_start"}`,
		"sessions.json/Tool calls":             `{service="claude-telemetry", session="` + storySession + `"} | hook_event=~"PostToolUse|PostToolUseFailure"`,
		"sessions.json/Denied":                 `{service="claude-telemetry", session="` + storySession + `", event="permission_denied"}`,
		"sessions.json/Alerts":                 `{service="claude-telemetry", session="` + storySession + `", event="security_alert"}`,
	} {
		for _, d := range all {
			for _, p := range d.Panels {
				if d.File+"/"+p.Title != what {
					continue
				}
				vars := choose(d)
				q, err := p.Targets[0].Interpolate(vars, from, to, width)
				require.NoError(t, err)
				want := value("sum(count_over_time(" + raw + " [7201s]))")
				require.Positive(t, want, what)
				require.InDelta(t, want, value(q.Expr), 0, what)
				checked++
			}
		}
	}
	require.Equal(t, 12, checked)
}

// A fleet has no label for sessions: one session is found by its structured metadata.
func TestSessionsOfAFleetAreFound(t *testing.T) {
	s := running(t)
	const session = "f1ee7000-0000-4000-8000-000000000001"
	line := `{"action_details":{"command":"go vet ./..."},"event_type":"command_execution"}`
	push, err := json.Marshal(map[string]any{"streams": []any{map[string]any{
		"stream": map[string]string{"service": "claude-telemetry", "project": "fleet", "event": "command_execution", "tool": "Bash", "scope": "project", "level": "INFO"},
		"values": []any{[]any{strconv.FormatInt(time.Now().UnixNano(), 10), line, map[string]string{"session_id": session, "hook_event": "PostToolUse", "seq": "1"}}},
	}}})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LokiURL()+"/loki/api/v1/push", bytes.NewReader(push))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	o, err := harness.Do(http.DefaultClient, req)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, o.Status, o.Body)

	all, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	d := all[slices.IndexFunc(all, func(d panelquery.Dashboard) bool { return d.File == "sessions.json" })]
	vars := d.Default()
	vars["session"] = panelquery.Value{Values: []string{session}}
	for _, title := range []string{"The story", "Commands", "What it did when", "Everything, as it was recorded"} {
		p := d.Panels[slices.IndexFunc(d.Panels, func(p panelquery.Panel) bool { return p.Title == title })]
		q, err := p.Targets[0].Interpolate(vars, time.Now().Add(-time.Hour), time.Now().Add(time.Minute), width)
		require.NoError(t, err)
		a, err := panelquery.Loki{URL: s.LokiURL(), Fresh: true}.Run(t.Context(), q)
		require.NoError(t, err)
		require.Len(t, a.Series, 1, title)
	}
}

// Labels and fields that queries and columns name are ours.
func TestNamesAreOurs(t *testing.T) {
	ours := map[string]bool{}
	for _, n := range []string{
		semconv.LabelService, semconv.LabelProject, semconv.LabelEvent, semconv.LabelTool, semconv.LabelSession, semconv.LabelScope, semconv.LabelLevel,
		semconv.LabelRollup, semconv.LabelHour,
	} {
		ours[n] = true
	}
	s := running(t)
	for _, service := range []string{semconv.ServiceNameValue, semconv.RollupServiceName, semconv.CoordinationServiceName} {
		found, err := s.Query(t.Context(), fmt.Sprintf("{service=%q} | line_format `.`", service))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, e := range found {
			for l := range e.Labels {
				require.True(t, ours[l], "Loki has a label %s that semconv does not name", l)
			}
		}
	}
}
