package alerts

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// text prints for a person. What comes from records is cleaned here, and nowhere
// else may it reach a terminal.
type text struct {
	color bool
	width int
	date  string // of the alert before
}

// Widths of the columns. What the agent did gets the rest of the line.
const (
	defaultWidth  = 120
	wide          = 100 // from here on there is room for project and session
	minWhat       = 12
	severityWidth = 8
	idWidth       = 8
	ruleWidth     = 26
	projectWidth  = 12
	sessionWidth  = 8
)

func newText(io *cliio.IO) *text {
	t := &text{color: io.Color, width: defaultWidth}
	if f, ok := io.Out.(*os.File); ok && io.OutTTY {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			t.width = w
		}
	}
	return t
}

// line returns the alert's line, behind a heading when the day has changed.
func (t *text) line(a *Alert) string {
	var b strings.Builder
	local := a.Time.Local()
	if date := local.Format("Monday, 2 January 2006"); date != t.date {
		t.date = date
		b.WriteString(t.paint(dim, date) + "\n")
	}
	b.WriteString(t.paint(dim, local.Format("15:04:05")) + " " + t.mark(a) + " ")
	b.WriteString(t.severity(a.Severity, severityWidth) + " ")
	b.WriteString(termtext.Pad(short(a.ID, idWidth), idWidth) + " ")
	b.WriteString(termtext.Pad(termtext.Clean(or(a.Rule, a.RuleID)), ruleWidth) + " ")
	used := len("15:04:05 x ") + severityWidth + idWidth + ruleWidth + 3
	if t.width >= wide {
		b.WriteString(termtext.Pad(termtext.Clean(a.Project), projectWidth) + " " +
			t.paint(dim, termtext.Pad(short(a.SessionID, sessionWidth), sessionWidth)) + " ")
		used += projectWidth + sessionWidth + 2
	}
	more := ""
	if a.Suppressed > 0 {
		more = fmt.Sprintf(" +%d like it", a.Suppressed)
	}
	b.WriteString(termtext.Cut(termtext.Clean(a.what()), max(minWhat, t.width-used-len(more))) + t.paint(dim, more))
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
	return "         " + t.paint(dim, termtext.Clean(line)) + "\n"
}

// mark tells whether a person has seen the alert.
func (t *text) mark(a *Alert) string {
	if !a.open() {
		return t.paint(green, "✓")
	}
	return t.paint(severityColor[a.Severity], "⚠")
}

// severity is the name of one, in its colour.
func (t *text) severity(s string, width int) string {
	return t.paint(severityColor[s], termtext.Pad(termtext.Clean(s), width))
}

// short is the clean start of an id.
func short(id string, columns int) string {
	id = termtext.Clean(id)
	if r := []rune(id); len(r) > columns {
		return string(r[:columns])
	}
	return id
}

// Colours, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

var severityColor = map[string]string{
	semconv.SeverityCritical: "1;31", semconv.SeverityHigh: red, semconv.SeverityMedium: yellow, semconv.SeverityLow: dim,
}

func (t *text) paint(sgr, s string) string {
	if !t.color || sgr == "" || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

// columns is what of clean text fits, at least a character.
func columns(s string, width int) string {
	n := 0
	for i, c := range s {
		if n += termtext.Width(string(c)); n > width && i > 0 {
			return s[:i]
		}
	}
	return s
}

// wrap breaks clean text into lines of at most width columns, at spaces where
// there are some.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		for termtext.Width(word) > width {
			head := columns(word, width)
			if head == word { // one wide character
				break
			}
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case termtext.Width(line)+1+termtext.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
