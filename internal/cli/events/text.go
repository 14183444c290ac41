package events

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// text prints rows for a person.
type text struct {
	color bool
	width int
	date  string // of the row before
}

// Widths of the columns. What was done gets the rest of the line.
const (
	defaultWidth = 120
	minWhat      = 12
	eventWidth   = 18
	toolWidth    = 10
	projectWidth = 12
	sessionWidth = 8
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

// line returns the row's line, behind a heading when the day has changed.
func (t *text) line(r *Row) string {
	var b strings.Builder
	local := r.Time.Local()
	if date := local.Format("Monday, 2 January 2006"); date != t.date {
		t.date = date
		b.WriteString(t.paint(dim, date) + "\n")
	}
	b.WriteString(t.paint(dim, local.Format("15:04:05")) + " " + t.phase(r) + " ")
	b.WriteString(t.paint(levelColor[r.Level], termtext.Pad(termtext.Clean(r.Event), eventWidth)) + " ")
	used := len("15:04:05 ▸ ") - len("▸") + 1 + eventWidth + 1
	if t.width >= 100 {
		b.WriteString(termtext.Pad(termtext.Clean(r.Tool), toolWidth) + " " +
			termtext.Pad(termtext.Clean(r.Project), projectWidth) + " " +
			t.paint(dim, termtext.Pad(termtext.Clean(r.SessionID[:min(sessionWidth, len(r.SessionID))]), sessionWidth)) + " ")
		used += toolWidth + projectWidth + sessionWidth + 3
	}
	facts := r.facts()
	what := termtext.Clean(r.what())
	b.WriteString(termtext.Cut(what, max(minWhat, t.width-used-termtext.Width(facts))))
	if facts != "" {
		b.WriteString(t.paint(dim, facts))
	}
	if r.Outside {
		b.WriteString(t.paint(yellow, " outside"))
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// phase tells whether a tool is about to run or has run, or marks an alert.
func (t *text) phase(r *Row) string {
	switch r.Event {
	case semconv.EventSecurityAlert:
		return t.paint(levelColor[r.Level], "⚠")
	case semconv.EventAlertAcknowledged:
		return t.paint(green, "✓")
	}
	switch r.HookEvent {
	case "PreToolUse":
		return t.paint(dim, "▸")
	case "PostToolUse":
		return t.paint(green, "✓")
	case "PostToolUseFailure", "PermissionDenied", "StopFailure":
		return t.paint(red, "✗")
	}
	return " "
}

// facts are the numbers behind what was done.
func (r *Row) facts() string {
	var b strings.Builder
	changes, _ := r.body[semconv.BodyFileChanges].(map[string]any)
	added, removed := number(changes[semconv.ChangeLinesAdded]), number(changes[semconv.ChangeLinesRemoved])
	if added != "" || removed != "" {
		fmt.Fprintf(&b, " +%s −%s", or(added, "0"), or(removed, "0"))
	}
	context, _ := r.field(semconv.BodyActionDetails, semconv.ActionToolContext).(map[string]any)
	if ms := number(context["duration_ms"]); ms != "" {
		b.WriteString(" " + ms + " ms")
	}
	if code := number(context["exit_code"]); code != "" {
		b.WriteString(" exit " + code)
	}
	return b.String()
}

func number(v any) string {
	if n, ok := v.(json.Number); ok {
		return termtext.Cut(n.String(), 20)
	}
	return ""
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Colours, as SGR parameters.
const (
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

var levelColor = map[string]string{"WARN": yellow, "ERROR": red, "FATAL": "1;31"}

func (t *text) paint(sgr, s string) string {
	if !t.color || sgr == "" || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}
