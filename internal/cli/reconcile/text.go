package reconcile

import (
	"bytes"
	"fmt"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
)

// text writes a report for a person.
type text struct {
	color bool
	b     bytes.Buffer
}

// shown is how many items of a list a person is shown.
const shown = 10

func (t *text) report(r *reconcile.Report) []byte {
	from := "the beginning"
	if !r.Since.IsZero() {
		from = r.Since.Format(time.RFC3339)
	}
	fmt.Fprintf(&t.b, "%s of %s in the audit log, from %s to %s\n\n", plural(r.Audit.Records, "record"), plural(r.Audit.Sessions, "session"), from, r.Until.Format(time.RFC3339))
	t.sequence(&r.Sequence)
	t.calls(&r.Calls)
	t.loki(&r.Loki)
	t.transcripts(&r.Transcripts)
	t.native(&r.Native)
	for _, why := range r.NotCompared {
		fmt.Fprintf(&t.b, "\nNot compared: %s\n", termtext.Clean(why))
	}
	return t.b.Bytes()
}

// colours, as SGR parameters.
var statusColor = map[reconcile.Status]string{reconcile.OK: "32", reconcile.Gaps: "31", reconcile.NotCompared: "33", reconcile.Skipped: "2"}

var statusWord = map[reconcile.Status]string{reconcile.OK: "whole", reconcile.Gaps: "GAPS", reconcile.NotCompared: "?", reconcile.Skipped: "-"}

func (t *text) line(name string, s reconcile.Status, format string, args ...any) {
	word := termtext.Pad(statusWord[s], 5)
	if t.color && statusColor[s] != "" {
		word = "\x1b[" + statusColor[s] + "m" + word + "\x1b[0m"
	}
	fmt.Fprintf(&t.b, "%s %s  %s\n", termtext.Pad(name, 12), word, fmt.Sprintf(format, args...))
}

func (t *text) item(format string, args ...any) {
	fmt.Fprintf(&t.b, "%20s%s\n", "", fmt.Sprintf(format, args...))
}

// more tells how many items are not shown.
func (t *text) more(n int) {
	if n > shown {
		t.item("and %d more: --json", n-shown)
	}
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "?"
	}
	return at.Format(time.RFC3339)
}

func (t *text) sequence(s *reconcile.Sequence) {
	t.line("sequence", s.Status, "%s numbered, %d missing in %s", plural(s.Events, "event"), s.Missing, plural(len(s.Holes), "hole"))
	for _, h := range s.Holes[:min(len(s.Holes), shown)] {
		end := clock(h.Before)
		if h.Before.IsZero() {
			end = "the session's last event"
		}
		t.item("session %s: %d to %d, between %s and %s", termtext.Clean(h.SessionID), h.First, h.Last, clock(h.After), end)
	}
	t.more(len(s.Holes))
	if s.Waiting > 0 {
		t.item("%s in the spool, not in the log yet", plural(s.Waiting, "event"))
	}
	if s.Settling > 0 {
		t.item("%s not counted: what is missing there may still be on its way", plural(s.Settling, "hole"))
	}
	if s.Doubled > 0 {
		t.item("%s that two events have", plural(s.Doubled, "number"))
	}
	if s.Restarts > 0 {
		t.item("%s of a session began again", plural(s.Restarts, "count"))
	}
	if s.Cut > 0 {
		t.item("%s whose first events were pruned from the log", plural(s.Cut, "session"))
	}
}

var reasonText = []struct {
	reason reconcile.Reason
	text   string
}{
	{reconcile.Denied, "denied"},
	{reconcile.ResultLost, "the result may be among the missing events"},
	{reconcile.SubagentStopped, "its subagent stopped"},
	{reconcile.SessionEnded, "the session ended"},
	{reconcile.TurnEnded, "the turn ended: cancelled"},
	{reconcile.Running, "still running"},
	{reconcile.Unknown, "no reason is known"},
}

func (t *text) calls(c *reconcile.Calls) {
	open := 0
	for _, n := range c.Open {
		open += n
	}
	t.line("calls", "", "%s: %d succeeded, %d failed, %d without a result", plural(c.Calls, "tool call"), c.Succeeded, c.Failed, open)
	for _, r := range reasonText {
		if n := c.Open[r.reason]; n > 0 {
			t.item("%d without a result: %s", n, r.text)
		}
	}
	if c.Unannounced > 0 {
		t.item("%d with a result, but never announced", c.Unannounced)
	}
}

func (t *text) loki(l *reconcile.Loki) {
	switch l.Status {
	case reconcile.Skipped:
		t.line("loki", l.Status, "not asked for")
		return
	case reconcile.NotCompared:
		t.line("loki", l.Status, "could not be compared")
		return
	}
	t.line("loki", l.Status, "%d of %s found, %d missing, %d different, %d doubled, %d that the audit log does not have",
		l.Found, plural(l.Expected, "record"), l.Missing, l.Different, l.Doubled, l.Extra)
	for _, e := range l.List[:min(len(l.List), shown)] {
		seq := ""
		if e.Seq != nil {
			seq = fmt.Sprintf(" seq %d", *e.Seq)
		}
		t.item("%s:%s %s %s", e.Problem, seq, clock(e.Time), termtext.Clean(e.EventID))
	}
	t.more(len(l.List))
	if l.Missing > 0 && l.Queued != nil && *l.Queued > 0 {
		t.item("Loki has yet to be given %s: what is missing may be among them", plural(*l.Queued, "record"))
	} else if l.Missing > 0 {
		t.item("`agent-telemetry replay` sends what is missing")
	}
}

func (t *text) coverage(name string, s reconcile.Status, c *reconcile.Coverage, where string) {
	if c.Percent == nil {
		t.line(name, s, "nothing to compare with")
		return
	}
	t.line(name, s, "%.2f %% covered: %d of %s in %s have a hook event", *c.Percent, c.WithEvent, plural(c.WithEvent+c.Missing, "tool call"), where)
}

func (t *text) missing(list []reconcile.MissingCall) {
	for _, m := range list[:min(len(list), shown)] {
		t.item("no %s: session %s, %s %s at %s", m.Lacks, termtext.Clean(m.SessionID), termtext.Clean(m.Tool), termtext.Clean(m.ToolUseID), clock(m.Time))
	}
	t.more(len(list))
}

func (t *text) transcripts(r *reconcile.Transcripts) {
	t.coverage("transcripts", r.Status, &r.Coverage, plural(r.Files, "transcript"))
	t.missing(r.List)
	if r.Refused > 0 {
		t.item("%s not counted: refused before hooks run, the transcript says", plural(r.Refused, "call"))
	}
	if r.Before > 0 {
		t.item("%s not counted: before the recording, or outside the time", plural(r.Before, "call"))
	}
	if r.NotThere > 0 {
		t.item("%s with a hook event that no transcript names", plural(r.NotThere, "call"))
	}
	for _, p := range r.Problems[:min(len(r.Problems), shown)] {
		t.item("%s: %s", termtext.Clean(p.Path), termtext.Clean(p.Problem))
	}
	t.more(len(r.Problems))
}

func (t *text) native(r *reconcile.Native) {
	t.coverage("native", r.Status, &r.Coverage, "Claude Code's own telemetry")
	t.missing(r.List)
	if r.SessionsOther > 0 {
		t.item("%s of that telemetry without any hook event: not watched", plural(r.SessionsOther, "session"))
	}
	if r.WithoutID > 0 {
		t.item("%s that name no call", plural(r.WithoutID, "tool result"))
	}
}
