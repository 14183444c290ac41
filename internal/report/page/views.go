package page

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
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

// chartView is a drawing with its axes and legend.
type chartView struct {
	Title    string
	SVG      template.HTML
	Legend   []legend
	Top, Mid string
	X        []string
}

type legend struct{ Class, Name string }

// charts draws the period.
func charts(a *report.Activity) []chartView {
	n := len(a.Buckets)
	if n == 0 {
		return nil
	}
	step := time.Duration(a.StepSeconds) * time.Second
	events := make([]float64, n)
	mods := make([]float64, n)
	outside := make([]float64, n)
	alerts := map[string][]float64{}
	for _, s := range []string{"critical", "high", "medium", "low"} {
		alerts[s] = make([]float64, n)
	}
	tips := make([]string, n)
	alertTips := make([]string, n)
	any := false
	for i, b := range a.Buckets {
		mods[i], outside[i] = float64(b.Modifications), float64(b.Outside)
		events[i] = max(float64(b.Events-b.Modifications-b.Outside), 0)
		alerts["critical"][i], alerts["high"][i], alerts["medium"][i], alerts["low"][i] = float64(b.Critical), float64(b.High), float64(b.Medium), float64(b.Low)
		at := bucketName(b.Start, step)
		tips[i] = fmt.Sprintf("%s: %s, %s, %d outside scope", at, plural(b.Events, "event"), plural(b.Modifications, "file modification"), b.Outside)
		alertTips[i] = fmt.Sprintf("%s: %d critical, %d high, %d medium, %d low", at, b.Critical, b.High, b.Medium, b.Low)
		any = any || b.Critical+b.High+b.Medium+b.Low > 0
	}
	every := "each column is " + span(step)
	list := []chartView{columns("Events, "+every, "Events over time", a, step, tips, []chart.Series{
		{Name: "events", Class: "f-second", Values: events}, {Name: "file modifications", Class: "f-main", Values: mods}, {Name: "outside scope", Class: "f-third", Values: outside},
	})}
	if any {
		list = append(list, columns("Alerts, "+every, "Alerts over time by severity", a, step, alertTips, []chart.Series{
			{Name: "critical", Class: "f-critical", Values: alerts["critical"]},
			{Name: "high", Class: "f-high", Values: alerts["high"]},
			{Name: "medium", Class: "f-medium", Values: alerts["medium"]},
			{Name: "low", Class: "f-low", Values: alerts["low"]},
		}))
	}
	return list
}

func columns(caption, title string, a *report.Activity, step time.Duration, tips []string, series []chart.Series) chartView {
	top := chart.Nice(chart.Highest(series...))
	v := chartView{Title: caption, SVG: chart.Columns(title, tips, series...), Top: number(top), Mid: number(top / 2)}
	for _, s := range series {
		v.Legend = append(v.Legend, legend{s.Class, s.Name})
	}
	first, last := a.Buckets[0].Start, a.Buckets[len(a.Buckets)-1].Start
	v.X = []string{bucketName(first, step), bucketName(first.Add(last.Sub(first)/2).Truncate(step), step), bucketName(last, step)}
	if len(a.Buckets) < 3 {
		v.X = v.X[:1]
	}
	return v
}

func bucketName(t time.Time, step time.Duration) string {
	if step >= 24*time.Hour {
		return t.UTC().Format("2006-01-02")
	}
	return t.UTC().Format("2 Jan 15:04")
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

// coverageRow is one question about what is recorded, and its answer.
type coverageRow struct{ Question, Class, Answer, Detail string }

func coverage(r *report.Report) []coverageRow {
	c := r.Coverage
	seq := coverageRow{"Has every numbered event of a session a record?", "pass", fmt.Sprintf("Yes, all %s", number(c.Sequence.Events)), ""}
	if c.Sequence.Missing > 0 {
		seq.Class, seq.Answer = "fail", fmt.Sprintf("No: %s missing of %s", number(c.Sequence.Missing), number(uint64(c.Sequence.Events)+c.Sequence.Missing)) //nolint:gosec // a count
	}
	var notes []string
	for _, x := range []struct {
		n    int
		what string
	}{
		{c.Sequence.Waiting, "still in the spool"},
		{c.Sequence.Doubled, "numbers that two events have"},
		{c.Sequence.Restarts, "counts that began again, because their state was lost"},
		{c.Sequence.Settling, "holes before events behind the period, which may still be filled"},
		{c.Sequence.Cut, "sessions whose beginning retention had removed"},
	} {
		if x.n > 0 {
			notes = append(notes, number(x.n)+" "+x.what)
		}
	}
	seq.Detail = strings.Join(notes, "; ")

	open := 0
	var why []string
	for _, r := range slices.Sorted(maps.Keys(c.Calls.Open)) {
		open += c.Calls.Open[r]
		why = append(why, fmt.Sprintf("%s %s", number(c.Calls.Open[r]), reasons[r]))
	}
	calls := coverageRow{"Has every announced tool call a result?", "pass", fmt.Sprintf("%s announced: %s succeeded, %s failed", number(c.Calls.Calls), number(c.Calls.Succeeded), number(c.Calls.Failed)), ""}
	if open > 0 {
		calls.Answer += fmt.Sprintf(", %s without a result", number(open))
		if c.Calls.Open[reconcile.ResultLost]+c.Calls.Open[reconcile.Unknown] > 0 {
			calls.Class = "warn"
		}
		calls.Detail = strings.Join(why, ", ") + ". A cancelled call has none."
	}
	if c.Calls.Unannounced > 0 {
		calls.Detail = strings.TrimSpace(calls.Detail + " " + number(c.Calls.Unannounced) + " results without an announcement.")
	}
	transcripts := compared("Is every tool call of Claude Code's transcripts recorded?", c.Transcripts.Status, &c.Transcripts.Coverage)
	if c.Transcripts.MissingResults > 0 {
		transcripts.Detail += fmt.Sprintf("; %s without a recorded result", plural(c.Transcripts.MissingResults, "call"))
	}
	if c.Transcripts.SessionsWithout > 0 {
		transcripts.Detail = strings.TrimPrefix(transcripts.Detail+"; "+plural(c.Transcripts.SessionsWithout, "session")+" without a transcript that can be read", "; ")
	}
	native := compared("Is every tool call of Claude Code's own telemetry recorded?", c.Native.Status, &c.Native.Coverage)
	return []coverageRow{running(&r.Recorder, r.Since, r.Until), seq, calls, transcripts, native}
}

// running says whether the log was open.
func running(r *report.Recorder, since, until time.Time) coverageRow {
	row := coverageRow{"Was the recorder running?", "pass", "Yes, all the time", ""}
	switch {
	case r.Since == nil || !r.Since.Before(until):
		row.Class, row.Answer = "skipped", "Not known: the log begins behind the period"
		return row
	case r.Off > 0:
		row.Class = "warn"
		row.Answer = fmt.Sprintf("It was off %s, for %s in all", plural(r.Off, "time"), span(time.Duration(r.OffSeconds*float64(time.Second))))
		row.Detail = "Events of such times wait in the spool, and are recorded later"
	}
	if !since.IsZero() && r.Since.After(since) {
		row.Class = "warn"
		row.Detail = strings.TrimPrefix(row.Detail+". The log begins in the period: "+when(r.Since)+" UTC", ". ")
	}
	return row
}

var whyOff = map[string]string{
	report.StretchStopped: "stopped", report.StretchEnded: "ended without a stop: killed, or the machine went down", report.StretchSilent: "no heartbeat: suspended, for example",
}

var reasons = map[reconcile.Reason]string{
	reconcile.Denied: "denied", reconcile.ResultLost: "may be among the missing events", reconcile.SubagentStopped: "when the sub-agent stopped",
	reconcile.SessionEnded: "when the session ended", reconcile.TurnEnded: "when the turn ended", reconcile.Running: "still running", reconcile.Unknown: "for a reason that is not known",
}

func compared(question string, s reconcile.Status, c *reconcile.Coverage) coverageRow {
	r := coverageRow{Question: question}
	switch {
	case s == reconcile.Skipped:
		r.Class, r.Answer, r.Detail = "skipped", "Not compared", "Not asked for, or no session has it"
		return r
	case c.Calls == 0:
		r.Class, r.Answer = "skipped", "Not known: there is nothing to compare with"
		return r
	case s == reconcile.Gaps:
		r.Class, r.Answer = "fail", fmt.Sprintf("No: %s of %s calls have no event", number(c.Missing), number(c.Calls))
	case s == reconcile.NotCompared:
		r.Class, r.Answer = "warn", fmt.Sprintf("As far as could be compared: %s of %s calls", number(c.WithEvent), number(c.Calls))
	default:
		r.Class, r.Answer = "pass", fmt.Sprintf("Yes, all %s", number(c.WithEvent))
	}
	if c.Percent != nil {
		r.Detail = fmt.Sprintf("%.2f %% covered", *c.Percent)
	}
	if c.Refused > 0 {
		r.Detail += fmt.Sprintf("; %s calls were refused before a hook runs", number(c.Refused))
	}
	return r
}
