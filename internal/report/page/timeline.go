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

// timelineRow is one thing that happened.
type timelineRow struct {
	Kind, Class string
	Day         string // when it is not that of the row before
	Clock       string
	Record      uint64
	Depth       int // 0 to 3
	Agent       string
	Tool        string
	What        string
	Code        bool // What is what a machine was told
	Sub         []string
	Tags        []tag
	Took        string
	Lines       bool
	Added       int64
	Removed     int64
	Severity    string // of an alert
}

type tag struct{ Class, Text string }

// timeline makes rows of what happened.
func timeline(c *report.CaseFile, limit int) rowsOf[timelineRow] {
	entries := c.Entries[:min(len(c.Entries), limit)]
	r := rowsOf[timelineRow]{Rows: make([]timelineRow, 0, len(entries)), All: len(c.Entries), Chosen: "the oldest"}
	day := ""
	for i := range entries {
		e := &entries[i]
		row := timelineRow{
			Kind: kindNames[e.Kind], Class: "k-" + string(e.Kind), Clock: clock(e.Time), Record: e.Record, Depth: min(max(e.Depth, 0), 3),
			Agent: agent(e.AgentID, e.AgentType), What: long(e.What(c.Session.ProjectPath)),
		}
		if d := e.Time.UTC().Format("2006-01-02"); d != day {
			row.Day, day = d, d
		}
		switch {
		case e.Kind == story.KindTool && e.Tool != nil:
			row.tool(e.Tool)
		case e.Kind == story.KindPermission && e.Tool != nil:
			row.Tool, row.Code = text(e.Tool.Name), true
			row.Tags = append(row.Tags, tag{"", "a person is asked"})
		case e.Kind == story.KindAlert && e.Alert != nil:
			row.alert(e.Alert)
		case e.Kind == story.KindGap && e.Gap != nil:
			row.What = fmt.Sprintf("%s missing: number %s", plural(e.Gap.Missing, "event"), number(e.Gap.First))
			if e.Gap.Last != e.Gap.First {
				row.What += " to " + number(e.Gap.Last)
			}
		case e.Kind == story.KindSession, e.Kind == story.KindTurn, e.Kind == story.KindAgent, e.Kind == story.KindNote:
			row.Tool = strings.ReplaceAll(text(e.Event), "_", " ")
			if e.Kind == story.KindAgent {
				row.What = cmp.Or(row.What, row.Agent)
			} else {
				row.What = long(e.Text)
			}
		case e.Kind == story.KindPrompt:
			row.Tool, row.What = "prompt", cmp.Or(long(e.Text), "of which nothing was kept")
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

var kindNames = map[story.Kind]string{
	story.KindSession: "session", story.KindPrompt: "prompts", story.KindTool: "tool calls", story.KindPermission: "permissions", story.KindAgent: "agents",
	story.KindAlert: "alerts", story.KindTurn: "turns", story.KindGap: "gaps", story.KindNote: "notes",
}

func (r *timelineRow) tool(t *story.Tool) {
	r.Tool, r.Code = text(t.Name), true
	if t.MCPServer != "" {
		r.Tool = "MCP " + text(t.MCPServer)
	}
	if t.Duration >= 0 {
		r.Took = span(time.Duration(t.Duration) * time.Millisecond)
	}
	switch t.Outcome {
	case story.OutcomeFailed, story.OutcomeInterrupted, story.OutcomeTimeout:
		word := t.Outcome
		if t.ExitCode != nil {
			word = fmt.Sprintf("exit %d", *t.ExitCode)
		}
		r.Tags = append(r.Tags, tag{"bad", word})
	case story.OutcomeDenied:
		r.Tags = append(r.Tags, tag{"ok", "denied"})
	case story.OutcomeUnknown:
		r.Tags = append(r.Tags, tag{"", "no result"})
	}
	if t.Outside {
		r.Tags = append(r.Tags, tag{"warn", "outside scope"})
	}
	if t.Redacted {
		r.Tags = append(r.Tags, tag{"", "secret redacted"})
	}
	if t.Message != "" {
		r.Sub = append(r.Sub, text(t.Message))
	}
	if t.Command != "" && t.Description != "" {
		r.Sub = append(r.Sub, "said to be for: "+text(t.Description))
	}
	r.Lines = t.Change && (t.Added != 0 || t.Removed != 0)
	r.Added, r.Removed = t.Added, t.Removed
}

func (r *timelineRow) alert(a *story.Alert) {
	r.Severity = severity(a.Severity)
	r.Class += " " + r.Severity
	r.What = text(cmp.Or(a.Title, a.Rule))
	for _, e := range a.Evidence {
		r.Sub = append(r.Sub, long(e))
	}
	switch k := a.Acknowledged; {
	case k == nil:
		r.Tags = append(r.Tags, tag{"warn", "open"})
	case k.FromAgent:
		r.Tags = append(r.Tags, tag{"bad", "acknowledged from the agent’s shell"})
	default:
		r.Tags = append(r.Tags, tag{"ok", "acknowledged by " + text(k.By)})
	}
}

// laneView is a line of time with what one tool did.
type laneView struct {
	Name string
	SVG  template.HTML
}

// Bounds of the drawing.
const (
	maxLanes   = 10
	maxColumns = 60
)

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
