package alerts

import (
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// text prints for a person. What comes from records is cleaned here, and nowhere
// else may it reach a terminal.
type text struct {
	termstyle.Style

	date string // of the alert before
}

// Widths of the columns. What the agent did gets the rest of the line.
const (
	wide          = 100 // from here on there is room for project and session
	minWhat       = 12
	severityWidth = 8
	idWidth       = 8
	ruleWidth     = 26
	projectWidth  = 12
	sessionWidth  = 8
)

func newText(io *cliio.IO) *text { return &text{Style: termstyle.New(io, 0)} }

// line returns the alert's line, behind a heading when the day has changed.
func (t *text) line(a *Alert) string {
	var b strings.Builder
	local := a.Time.Local()
	if date := local.Format("Monday, 2 January 2006"); date != t.date {
		t.date = date
		b.WriteString(t.Paint(termstyle.Dim, date) + "\n")
	}
	b.WriteString(t.Paint(termstyle.Dim, local.Format("15:04:05")) + " " + t.mark(a) + " ")
	b.WriteString(t.severity(a.Severity, severityWidth) + " ")
	b.WriteString(termtext.Pad(short(a.ID, idWidth), idWidth) + " ")
	b.WriteString(termtext.Pad(termtext.Clean(or(a.Rule, a.RuleID)), ruleWidth) + " ")
	used := len("15:04:05 x ") + severityWidth + idWidth + ruleWidth + 3
	if t.Width >= wide {
		b.WriteString(termtext.Pad(termtext.Clean(a.Project), projectWidth) + " " +
			t.Paint(termstyle.Dim, termtext.Pad(short(a.SessionID, sessionWidth), sessionWidth)) + " ")
		used += projectWidth + sessionWidth + 2
	}
	more := ""
	if a.Suppressed > 0 {
		more = fmt.Sprintf(" +%d like it", a.Suppressed)
	}
	b.WriteString(termtext.Cut(termtext.Clean(a.what()), max(minWhat, t.Width-used-len(more))) + t.Paint(termstyle.Dim, more))
	return strings.TrimRight(b.String(), " ") + "\n"
}

// acknowledgement is a line that tells who has seen the alert; nothing when nobody has.
func (t *text) acknowledgement(a *Alert) string {
	if a.Ack == nil {
		return ""
	}
	line := "acknowledged by " + or(a.Ack.By, "nobody who gave a name")
	if a.Ack.FromAgent {
		line = "still open: " + line + ", from a shell of Claude Code"
	}
	if a.Ack.Reason != "" {
		line += ": " + a.Ack.Reason
	}
	return "         " + t.Paint(termstyle.Dim, termtext.Clean(line)) + "\n"
}

// mark tells whether a person has seen the alert.
func (t *text) mark(a *Alert) string {
	if !a.open() {
		return t.Paint(termstyle.Green, "✓")
	}
	return t.Paint(termstyle.Severity(a.Severity), "⚠")
}

// severity is the name of one, in its colour.
func (t *text) severity(s string, width int) string {
	return t.Paint(termstyle.Severity(s), termtext.Pad(termtext.Clean(s), width))
}

// short is the clean start of an id.
func short(id string, columns int) string {
	id = termtext.Clean(id)
	if r := []rune(id); len(r) > columns {
		return string(r[:columns])
	}
	return id
}
