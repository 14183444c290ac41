package panelquery_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/panelquery"
)

const dashboard = `{
  "uid": "u", "title": "T", "time": {"from": "now-24h", "to": "now"},
  "annotations": {"list": [{"builtIn": 1, "name": "own"}, {"name": "alerts", "target": {"expr": "{a=\"b\"}", "queryType": "range"}}]},
  "templating": {"list": [
    {"name": "datasource", "type": "datasource", "query": "loki", "current": {"value": "x"}},
    {"name": "tool", "type": "query", "multi": true, "includeAll": true, "allValue": ".*", "current": {"value": ["$__all"]},
     "query": {"type": 1, "label": "tool", "stream": "{service=\"s\"}"}},
    {"name": "severity", "type": "custom", "multi": true, "includeAll": true, "allValue": ".+", "query": "high,low",
     "current": {"value": "$__all"}, "options": [{"value": "$__all"}, {"value": "high"}, {"value": "low"}]}
  ]},
  "panels": [
    {"id": 1, "type": "timeseries", "title": "range", "interval": "1m", "gridPos": {"w": 12}, "targets": [
      {"refId": "A", "queryType": "range", "expr": "sum(count_over_time({t=~` + "`${tool:regex}`" + `} | s=~` + "`${severity:regex}`" + ` [$__auto]))"}]},
    {"id": 2, "type": "row", "title": "more", "collapsed": true, "panels": [
      {"id": 3, "type": "stat", "title": "instant", "gridPos": {"w": 6}, "targets": [
        {"refId": "A", "queryType": "instant", "maxLines": 7, "expr": "x[$__range] $__range_s ${__interval} $__auto"}]}]}
  ]}`

func load(t *testing.T, text string) panelquery.Dashboard {
	t.Helper()
	all, err := panelquery.Load(fstest.MapFS{"a.json": {Data: []byte(text)}, "b.txt": {Data: []byte("no")}})
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

func TestQueriesAreAsGrafanaMakesThem(t *testing.T) {
	d := load(t, dashboard)
	now := time.Date(2026, 1, 15, 9, 30, 1, 0, time.UTC)
	from, to, err := d.Range(now)
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour, to.Sub(from))
	require.Len(t, d.Annotations, 1)
	require.Len(t, d.Panels, 2)
	require.True(t, d.Panels[0].Shown)
	require.False(t, d.Panels[1].Shown)
	require.Equal(t, 900, d.Panels[0].WidthPx(1800))

	vars := d.Default()
	q, err := d.Panels[0].Targets[0].Interpolate(vars, from, to, 900)
	require.NoError(t, err)
	require.Equal(t, "sum(count_over_time({t=~`.*`} | s=~`.+` [2m]))", q.Expr)
	require.Equal(t, 2*time.Minute, q.Step)
	require.Equal(t, now.Truncate(2*time.Minute), q.End)

	vars["tool"] = panelquery.Value{Values: []string{"a.b", "mcp__x/(y)"}}
	vars["severity"] = panelquery.Value{Values: []string{"high"}}
	q, err = d.Panels[0].Targets[0].Interpolate(vars, to.Add(-time.Hour), to, 900)
	require.NoError(t, err)
	require.Equal(t, "sum(count_over_time({t=~`(a\\.b|mcp__x\\/\\(y\\))`} | s=~`high` [1m]))", q.Expr, "the panel's least interval")

	require.Error(t, func() error {
		_, err := d.Panels[1].Targets[0].Interpolate(vars, from, to, 400)
		return err
	}(), "${__interval} has a format of its own in no query of ours")
}

func TestInstantQueries(t *testing.T) {
	d := load(t, `{"panels": [{"id": 3, "type": "stat", "gridPos": {"w": 6}, "targets": [
		{"refId": "A", "queryType": "instant", "maxLines": 7, "expr": "x[$__range] $__range_s $__interval_ms $__auto"}]}]}`)
	to := time.Date(2026, 1, 15, 9, 30, 1, 5, time.UTC)
	q, err := d.Panels[0].Targets[0].Interpolate(nil, to.Add(-time.Hour), to, 400)
	require.NoError(t, err)
	require.Equal(t, panelquery.Query{
		Expr: "x[3600s] 3600 10000 3600s", Instant: true, Step: 10 * time.Second, Start: to.Add(-time.Hour), End: to, Limit: 7,
	}, q)
}

func TestWhatIsNotKnownFails(t *testing.T) {
	for name, target := range map[string]string{
		"other format":        `"queryType": "range", "expr": "{a=~\"${tool}\"}"`,
		"no format":           `"queryType": "range", "expr": "{a=~\"$tool\"}"`,
		"unknown variable":    `"queryType": "range", "expr": "{a=~\"${nobody:regex}\"}"`,
		"unknown time":        `"queryType": "range", "expr": "[$__rate_interval]"`,
		"no type":             `"expr": "{}"`,
		"bad step":            `"queryType": "range", "step": "soon", "expr": "{}"`,
		"old way of a name":   `"queryType": "range", "expr": "[[tool]]"`,
		"interval in a brace": `"queryType": "range", "expr": "[${__interval}]"`,
	} {
		t.Run(name, func(t *testing.T) {
			d := load(t, `{"panels": [{"id": 1, "type": "stat", "gridPos": {"w": 6}, "targets": [{`+target+`}]}]}`)
			now := time.Now()
			_, err := d.Panels[0].Targets[0].Interpolate(panelquery.Vars{"tool": {Values: []string{"x"}}}, now.Add(-time.Hour), now, 400)
			require.Error(t, err)
		})
	}
}

func TestDashboardsThatAreNotKnownFail(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":           `{`,
		"repeated panel":    `{"panels": [{"type": "stat", "repeat": "tool", "targets": [{}]}]}`,
		"own time range":    `{"panels": [{"type": "stat", "timeFrom": "1h", "targets": [{}]}]}`,
		"unknown variable":  `{"templating": {"list": [{"name": "a", "type": "interval"}]}}`,
		"variable as text":  `{"templating": {"list": [{"name": "a", "type": "query", "query": "label_values(tool)"}]}}`,
		"All without value": `{"templating": {"list": [{"name": "a", "type": "textbox", "includeAll": true}]}}`,
		"options differ":    `{"templating": {"list": [{"name": "a", "type": "custom", "query": "a", "options": [{"value": "b"}]}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := panelquery.Parse([]byte(text))
			require.Error(t, err)
		})
	}
}
