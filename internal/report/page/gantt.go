package page

import (
	"cmp"
	"fmt"
	"html/template"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/report/chart"
	"github.com/agent-telemetry/agent-telemetry/internal/report/gantt"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// ganttView is the drawing of agents over time: rows of a table.
type ganttView struct {
	Says   string
	Legend []legend
	Axis   template.HTML
	Turns  template.HTML // "" without
	Lanes  []ganttLane
}

type ganttLane struct {
	Level, More int
	Name, Note  string
	SVG         template.HTML
}

// ofKind are the class and the name of calls of a kind.
var ofKind = map[gantt.Kind]legend{
	gantt.Read:  {"g-read", "reads and searches"},
	gantt.Write: {"g-write", "writes files"},
	gantt.Run:   {"g-run", "commands"},
	gantt.Net:   {"g-net", "web and MCP"},
	gantt.Other: {"g-other", "other tools"},
	gantt.Wait:  {"g-wait", "call of an agent"},
}

// maxTurnLines is how many turns are drawn through all lanes.
const maxTurnLines = 40

// ganttOf draws a chart; nil for none.
func ganttOf(g *gantt.Chart, turns int, rows *agenttree.Rows, project string) *ganttView {
	if g == nil || g.Calls == 0 {
		return nil
	}
	v := &ganttView{Says: ganttSays(g, turns), Axis: axis(g)}
	used := map[gantt.Kind]bool{}
	failed := false
	for i := range g.Lanes {
		for _, b := range g.Lanes[i].Bars {
			used[b.Kind], failed = true, failed || b.Failed > 0
		}
	}
	for _, k := range []gantt.Kind{gantt.Read, gantt.Write, gantt.Run, gantt.Net, gantt.Other, gantt.Wait} {
		if used[k] {
			v.Legend = append(v.Legend, ofKind[k])
		}
	}
	if failed {
		v.Legend = append(v.Legend, legend{"f-bad", "failed or denied"})
	}
	v.Legend = append(v.Legend, legend{"g-life", "from first to last record"})
	if len(g.Turns) > 0 {
		v.Turns = turnTrack(g)
		if len(g.Turns) <= maxTurnLines {
			v.Legend = append(v.Legend, legend{"g-line", "a turn begins"})
		}
	}
	lines, marks := background(g)
	for i := range g.Lanes {
		r := &rows.List[i]
		lane := ganttLane{Level: r.Level, More: r.More, Name: rowName(r), SVG: laneTrack(g, i, r, lines, marks, project)}
		if n := r.Alerts.Total(); n > 0 {
			lane.Note = plural(n, "alert")
		}
		v.Lanes = append(v.Lanes, lane)
	}
	return v
}

// ganttSays says in words what the drawing shows.
func ganttSays(g *gantt.Chart, turns int) string {
	s := fmt.Sprintf("%s in %s, from %s to %s UTC.", plural(g.Calls, "tool call"), plural(len(g.Lanes), "lane"), when(g.From), when(g.To))
	if g.Bars < g.Calls {
		s += fmt.Sprintf(" Calls that lie too close to be told apart are one bar: there are %s.", number(g.Bars))
	}
	if n := len(g.Breaks); n > 0 {
		var all time.Duration
		for _, b := range g.Breaks {
			all += min(b.To.Sub(b.From), 3650*24*time.Hour)
		}
		s += fmt.Sprintf(" %s without any record, %s in all, %s cut out of the axis.", plural(n, "stretch"), span(all), map[bool]string{true: "is", false: "are"}[n == 1])
	}
	if left := turns - len(g.Turns); left > 0 {
		s += fmt.Sprintf(" Of %s the first %s are marked.", plural(turns, "turn"), number(len(g.Turns)))
	}
	return s
}

func axis(g *gantt.Chart) template.HTML {
	var ticks []chart.Tick
	for _, t := range g.Ticks {
		ticks = append(ticks, chart.Tick{At: t.X, Label: t.Label, Minor: t.Minor})
	}
	return chart.Axis(ticks)
}

// turnTrack draws the turns, every other one darker.
func turnTrack(g *gantt.Chart) template.HTML {
	var stripes []chart.Stripe
	for i := range g.Turns {
		t := &g.Turns[i]
		s := chart.Stripe{Mark: chart.Mark{From: g.X(t.Start), To: g.X(t.End), Class: "g-turn"}, Top: 0.1, Bottom: 0.9}
		if i%2 == 1 {
			s.Class = "g-turn2"
		}
		what := span(t.End.Sub(t.Start))
		switch {
		case t.Failed:
			s.Class = "f-bad"
			what += ", failed"
		case !t.Ended:
			what += ", its end is not recorded"
		}
		s.Tip = fmt.Sprintf("Turn %d, %s, %s: %s", t.Number, clock(t.Start), what, cmp.Or(tip(t.Prompt), "nothing was kept of the prompt"))
		stripes = append(stripes, s)
	}
	return chart.Track(plural(len(stripes), "turn"), nil, append(stripes, breaks(g)...))
}

// background is what all lanes have: lines at the ticks, and marks of turns and of
// what is cut out.
func background(g *gantt.Chart) (lines []float64, marks []chart.Stripe) {
	for _, t := range g.Ticks {
		lines = append(lines, t.X)
	}
	if len(g.Turns) <= maxTurnLines {
		for i := range g.Turns {
			x := g.X(g.Turns[i].Start)
			marks = append(marks, chart.Stripe{Mark: chart.Mark{From: x, To: x, Class: "g-line"}, Bottom: 1})
		}
	}
	return lines, marks
}

func breaks(g *gantt.Chart) []chart.Stripe {
	var list []chart.Stripe
	for _, b := range g.Breaks {
		list = append(list, chart.Stripe{Mark: chart.Mark{
			From: b.X0, To: b.X1, Class: "g-break", Tip: fmt.Sprintf("%s without any record, from %s to %s", span(b.To.Sub(b.From)), when(b.From), when(b.To)),
		}, Bottom: 1})
	}
	return list
}

// laneTrack draws the calls of an agent.
func laneTrack(g *gantt.Chart, i int, r *agenttree.Row, lines []float64, marks []chart.Stripe, project string) template.HTML {
	l := &g.Lanes[i]
	stripes := append([]chart.Stripe{}, marks...)
	stripes = append(stripes, chart.Stripe{Mark: chart.Mark{From: l.X0, To: l.X1, Class: "g-life", Tip: lifeTip(r)}, Top: 0.36, Bottom: 0.64})
	failed := 0
	for j := range l.Bars {
		b := &l.Bars[j]
		failed += b.Failed
		s := chart.Stripe{Mark: chart.Mark{From: b.X0, To: b.X1, Class: ofKind[b.Kind].Class, Tip: barTip(b, project)}, Top: 0.14, Bottom: 0.86}
		switch {
		case b.Failed > 0:
			s.Class, s.Top, s.Bottom = "f-bad", 0, 1
		case b.Kind == gantt.Wait:
			s.Top, s.Bottom = 0.36, 0.64
		}
		stripes = append(stripes, s)
	}
	name := fmt.Sprintf("%s: %s", rowName(r), plural(r.ToolCalls, "call"))
	if failed > 0 {
		name += fmt.Sprintf(", %d failed or denied", failed)
	}
	name += fmt.Sprintf(", from %s for %s", clock(r.Start), span(time.Duration(r.Duration)*time.Millisecond))
	return chart.Track(name, lines, append(stripes, breaks(g)...))
}

func lifeTip(r *agenttree.Row) string {
	return fmt.Sprintf("%s, %s to %s, %s", rowName(r), clock(r.Start), clock(r.End), span(time.Duration(r.Duration)*time.Millisecond))
}

// barTip is what is said of a bar that is pointed at.
func barTip(b *gantt.Bar, project string) string {
	t := b.Call.Tool
	if b.Calls > 1 {
		s := fmt.Sprintf("%s to %s: %s", clock(b.Call.Time), clock(b.End), plural(b.Calls, "call"))
		if b.Failed > 0 {
			return s + fmt.Sprintf(", %d failed or denied, the first %s", b.Failed, tip(t.Name+" "+b.Call.What(project)))
		}
		return s + ", such as " + tip(t.Name+" "+b.Call.What(project))
	}
	took := "no result"
	switch {
	case t.Outcome == story.OutcomeDenied:
		took = "denied"
	case t.Outcome != story.OutcomeUnknown && t.Duration >= 0:
		took = span(time.Duration(t.Duration) * time.Millisecond)
	}
	if t.Outcome == story.OutcomeFailed || t.Outcome == story.OutcomeInterrupted || t.Outcome == story.OutcomeTimeout {
		took += ", " + t.Outcome
	}
	return clock(b.Call.Time) + " " + tip(t.Name+" "+b.Call.What(project)) + " – " + took
}

// tip is text of a record that is short.
func tip(s string) string { return securityalert.Escape(s, tipText) }
