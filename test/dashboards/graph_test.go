package dashboards

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/dashboards"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/npmpackages"
	"github.com/agent-telemetry/agent-telemetry/test/panelquery"
)

// graph is what Grafana's node graph is given: a frame of nodes and one of edges.
type graph struct {
	nodes, edges map[string]shownField // by name
}

// graphOf sorts fields as Grafana does: a frame with a source is one of edges.
func graphOf(t *testing.T, got shown) graph {
	t.Helper()
	g := graph{map[string]shownField{}, map[string]shownField{}}
	frames := make([]map[string]shownField, got.Frames)
	for _, f := range got.Fields {
		if frames[f.Frame] == nil {
			frames[f.Frame] = map[string]shownField{}
		}
		frames[f.Frame][f.Name] = f
	}
	for _, f := range frames {
		if _, ok := f["source"]; ok {
			require.Empty(t, g.edges, "Grafana takes the first frame of edges only")
			g.edges = f
		} else {
			require.Empty(t, g.nodes, "Grafana takes the first frame of nodes only")
			g.nodes = f
		}
	}
	return g
}

// checkGraph holds frames to what Grafana's node graph needs; with less it shows an
// error, or nothing.
func checkGraph(t *testing.T, got shown) {
	t.Helper()
	require.NotEmpty(t, got.GraphFields)
	g := graphOf(t, got)
	for _, frame := range []map[string]shownField{g.nodes, g.edges} {
		require.NotEmpty(t, frame["id"].Texts)
		seen := map[string]bool{}
		for _, id := range frame["id"].Texts {
			require.NotEmpty(t, id)
			require.False(t, seen[id], "two of the id %s", id)
			seen[id] = true
		}
		for name := range frame {
			known := slices.Contains(got.GraphFields, name)
			require.True(t, known || strings.HasPrefix(name, "detail__") || strings.HasPrefix(name, "arc__"), "the node graph knows no field %s", name)
		}
	}
	require.NotContains(t, g.edges, "secondarystat")
	for _, end := range []string{"source", "target"} {
		require.Len(t, g.edges[end].Texts, len(g.edges["id"].Texts))
		for _, id := range g.edges[end].Texts {
			require.Contains(t, g.nodes["id"].Texts, id, "an edge to a node that is not there is an error in Grafana")
		}
	}
	require.Len(t, g.nodes["title"].Texts, len(g.nodes["id"].Texts))
	for i, id := range g.nodes["id"].Texts {
		require.NotEmpty(t, g.nodes["title"].Texts[i])
		require.Regexp(t, `^\d+$`, g.nodes["mainstat"].Texts[i], "calls of %s", id)
		require.Regexp(t, `^\d+$`, g.nodes["secondarystat"].Texts[i], "failed calls of %s", id)
		sum := 0.0
		for _, arc := range []string{"arc__ok", "arc__failed"} {
			require.Equal(t, "number", g.nodes[arc].Type)
			share := g.nodes[arc].Numbers[i]
			require.NotNil(t, share, "%s of %s is no number", arc, id)
			require.GreaterOrEqual(t, *share, 0.0)
			sum += *share
		}
		want := 1.0
		if g.nodes["mainstat"].Texts[i] == "0" {
			want = 0
		}
		require.InDelta(t, want, sum, 0.001, "the arcs of %s are a circle, or none", id)
	}
}

// The graph of a session goes by the last word on who called whom.
func TestGraphHasTheLastWord(t *testing.T) {
	modules := npmpackages.Install(t, "../..", "../grafanadata")
	s := running(t)
	panels := slices.DeleteFunc(ask(t, panelquery.Loki{URL: s.LokiURL(), Fresh: true}, false), func(a asked) bool {
		return a.Name != "agent-telemetry-agent-hierarchy/Who called whom"
	})
	require.Len(t, panels, 1)
	g := graphOf(t, show(t, modules, panels)[0])
	callers, failed := map[string]string{}, map[string]string{}
	for i, target := range g.edges["target"].Texts {
		callers[target] = g.edges["source"].Texts[i]
	}
	require.Equal(t, "main", callers[planner])
	require.Equal(t, planner, callers[finder], "its first records say main")
	require.Equal(t, "main", callers[reader])
	for i, id := range g.nodes["id"].Texts {
		failed[id] = g.nodes["secondarystat"].Texts[i]
	}
	require.Equal(t, "0", failed[finder])
	require.Equal(t, "1", failed[reader])
}

// The table has the session's agents in the order in which they began, with what the
// graph says.
func TestTableOfAgents(t *testing.T) {
	modules := npmpackages.Install(t, "../..", "../grafanadata")
	s := running(t)
	panels := slices.DeleteFunc(ask(t, panelquery.Loki{URL: s.LokiURL(), Fresh: true}, false), func(a asked) bool {
		return a.Name != "agent-telemetry-agent-hierarchy/Agents in the order in which they began"
	})
	require.Len(t, panels, 1)
	columns := map[string][]string{}
	for _, f := range show(t, modules, panels)[0].Fields {
		columns[f.Title] = f.Texts
	}
	var rows [][]string
	for i, id := range columns["Id"] {
		if id == planner || id == finder || id == reader {
			rows = append(rows, []string{id, columns["Depth"][i], columns["Agent"][i], columns["Called by"][i], columns["Calls"][i], columns["Failed"][i]})
		}
	}
	require.Equal(t, [][]string{
		{planner, "1", "Plan", "main", "1", "0"},
		{finder, "· 2", "Explore", planner, "3", "0"},
		{reader, "1", "Explore", "main", "3", "1"},
	}, rows)
}

// Quantiles over delegations are those of the records.
func TestDelegationsAreExact(t *testing.T) {
	s := running(t)
	found, err := s.Query(t.Context(), fmt.Sprintf("{service=%q, event=%q}", semconv.CoordinationServiceName, semconv.EventAgentDelegation))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	var durations []float64
	for _, e := range found {
		var line struct {
			Duration float64 `json:"duration_ms"`
		}
		require.NoError(t, json.Unmarshal([]byte(e.Line), &line))
		durations = append(durations, line.Duration)
	}
	slices.Sort(durations)
	at := func(q float64) float64 { // as Prometheus has it: between the two nearest
		rank := q * float64(len(durations)-1)
		low := int(rank)
		high := min(low+1, len(durations)-1)
		return durations[low] + (rank-float64(low))*(durations[high]-durations[low])
	}
	all, err := panelquery.Load(dashboards.Files)
	require.NoError(t, err)
	want := map[string]float64{"Median duration": at(0.5), "95 % took no longer than": at(0.95), "Delegations": float64(len(durations))}
	for _, d := range all {
		for _, p := range d.Panels {
			expected, ok := want[p.Title]
			if !ok || d.File != "delegation.json" {
				continue
			}
			q, err := p.Targets[0].Interpolate(d.Default(), time.Now().Add(-2*time.Hour), time.Now().Add(time.Second), width)
			require.NoError(t, err)
			a, err := panelquery.Loki{URL: s.LokiURL(), Fresh: true}.Run(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, a.Series, 1)
			require.InDelta(t, expected, a.Series[0].Points[0].Value, 0.001, p.Title)
			delete(want, p.Title)
		}
	}
	require.Empty(t, want, "panels that were not found")
}
