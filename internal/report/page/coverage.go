package page

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
)

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
