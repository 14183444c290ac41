package page

import (
	"fmt"
	"html/template"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/chart"
)

// figure is one number that sums something up.
type figure struct{ Class, Label, Value, Note string }

func figures(r *report.Report) []figure {
	s := &r.Summary
	open := figure{"", "Alerts open", number(s.AlertsOpen), "of " + plural(s.Alerts, "alert")}
	if s.AlertsOpen > 0 {
		open.Class = "warn"
	}
	for _, h := range r.Handling {
		if h.Open > 0 && (h.Severity == "critical" || h.Severity == "high") {
			open.Class = "bad"
		}
	}
	outside := figure{"", "Outside scope", number(s.Outside), "actions"}
	if s.Outside > 0 {
		outside.Class = "warn"
	}
	missing := figure{"", "Events missing", number(r.Coverage.Sequence.Missing), "of " + number(uint64(r.Coverage.Sequence.Events)+r.Coverage.Sequence.Missing) + " numbered"} //nolint:gosec // a count
	if r.Coverage.Sequence.Missing > 0 {
		missing.Class = "bad"
	}
	return []figure{
		{"", "Sessions", number(s.Sessions), "in " + plural(len(r.Projects), "project")},
		{"", "Events", number(s.Events), plural(s.Prompts, "prompt")},
		{"", "Tool calls", number(s.ToolCalls), number(s.Failed) + " failed, " + number(s.Denied) + " denied"},
		{"", "Commands", number(s.Commands), number(s.Web) + " web, " + number(s.MCP) + " MCP"},
		{"", "Files modified", number(s.FilesModified), plural(s.Modifications, "modification")},
		outside, open, missing,
	}
}

// barRow is a row with numbers and a bar.
type barRow struct {
	Name, Sub string
	Numbers   []string
	Bar       template.HTML
}

// maxBars is how many rows of bars are shown.
const maxBars = 12

func tools(all []report.ToolCount) []barRow {
	list := []barRow{}
	most := 1
	rest := report.ToolCount{Tool: "others"}
	for i, t := range all {
		if i >= maxBars {
			rest.Calls, rest.Failed, rest.Denied = rest.Calls+t.Calls, rest.Failed+t.Failed, rest.Denied+t.Denied
		}
		most = max(most, t.Calls)
	}
	shown := slices.Clone(all[:min(len(all), maxBars)])
	if len(all) > maxBars {
		rest.Tool = fmt.Sprintf("%d others", len(all)-maxBars)
		shown = append(shown, rest)
		most = max(most, rest.Calls)
	}
	for _, t := range shown {
		bad := float64(min(t.Failed+t.Denied, t.Calls))
		list = append(list, barRow{
			Name: text(t.Tool), Numbers: []string{number(t.Calls), number(t.Failed), number(t.Denied)},
			Bar: chart.Bar(float64(most), chart.Series{Class: "f-main", Values: []float64{float64(t.Calls) - bad}}, chart.Series{Class: "f-third", Values: []float64{bad}}),
		})
	}
	return list
}

func projects(all []report.ProjectCount) []barRow {
	list := []barRow{}
	most := 1
	for _, p := range all {
		most = max(most, p.Modifications)
	}
	for _, p := range all[:min(len(all), 4*maxBars)] {
		list = append(list, barRow{
			Name: text(p.Project), Sub: text(p.Path),
			Numbers: []string{number(p.Sessions), number(p.Events), number(p.Modifications), number(p.Outside), number(p.Alerts)},
			Bar:     chart.Bar(float64(most), chart.Series{Class: "f-main", Values: []float64{float64(p.Modifications)}}),
		})
	}
	if n := len(all) - len(list); n > 0 {
		list = append(list, barRow{Name: fmt.Sprintf("%d more, with fewer events: they are in the CSV and JSON", n), Numbers: []string{"", "", "", "", ""}})
	}
	return list
}
