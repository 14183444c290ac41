package page

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/chart"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// laneView is a line of time with what one tool did.
type laneView struct {
	Name string
	SVG  template.HTML
}

// lanes draws when what was done.
func lanes(c *report.CaseFile) (*chartView, []laneView, []string) {
	start, end := c.Session.Start, c.Session.End
	all := end.Sub(start)
	if all <= 0 || len(c.Entries) < 2 {
		return nil, nil, nil
	}
	share := func(t time.Time) float64 { return float64(t.Sub(start)) / float64(all) }
	marks := map[string][]chart.Mark{}
	var prompts, alerts []chart.Mark
	calls, bad := make([]float64, maxColumns), make([]float64, maxColumns)
	for i := range c.Entries {
		e := &c.Entries[i]
		from := share(e.Time)
		if from < 0 || from > 1 {
			continue
		}
		switch {
		case e.Kind == story.KindPrompt:
			prompts = append(prompts, chart.Mark{From: from, To: from, Class: "f-third", Tip: clock(e.Time) + " " + text(e.Text)})
		case e.Kind == story.KindAlert && e.Alert != nil:
			alerts = append(alerts, chart.Mark{From: from, To: from, Class: "f-" + severity(e.Alert.Severity), Tip: clock(e.Time) + " " + severity(e.Alert.Severity) + ": " + text(e.Alert.Title)})
		case e.Kind == story.KindTool && e.Tool != nil:
			class := "f-main"
			column := min(int(from*maxColumns), maxColumns-1)
			if e.Tool.Outcome == story.OutcomeFailed || e.Tool.Outcome == story.OutcomeDenied {
				class = "f-bad"
				bad[column]++
			} else {
				calls[column]++
			}
			to := min(share(e.Time.Add(time.Duration(max(e.Tool.Duration, 0))*time.Millisecond)), 1)
			name := text(e.Tool.Name)
			marks[name] = append(marks[name], chart.Mark{From: from, To: to, Class: class, Tip: clock(e.Time) + " " + text(e.What(c.Session.ProjectPath))})
		}
	}
	names := slices.SortedFunc(maps.Keys(marks), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(marks[b]), len(marks[a])), strings.Compare(a, b))
	})
	var list []laneView
	add := func(name string, m []chart.Mark) {
		if len(m) > 0 {
			svg, _ := chart.Lane(fmt.Sprintf("%s: %d over time", name, len(m)), m)
			list = append(list, laneView{name, svg})
		}
	}
	add("Alerts", alerts)
	add("Prompts", prompts)
	for _, n := range names[:min(len(names), maxLanes)] {
		add(n, marks[n])
	}
	layout := "15:04:05"
	if all > 20*time.Hour {
		layout = "2 Jan 15:04"
	}
	x := []string{start.UTC().Format(layout), start.Add(all / 2).UTC().Format(layout), end.UTC().Format(layout)}
	series := []chart.Series{{Name: "tool calls", Class: "f-main", Values: calls}, {Name: "failed or denied", Class: "f-bad", Values: bad}}
	top := chart.Nice(chart.Highest(series...))
	v := &chartView{
		Title: "Tool calls, each column is " + span((all / maxColumns).Round(time.Millisecond)), SVG: chart.Columns("Tool calls over time", nil, series...),
		Top: number(top), Mid: number(top / 2), X: x, Legend: []legend{{"f-main", "done"}, {"f-bad", "failed or denied"}},
	}
	return v, list, x
}
