package query

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// text prints records for a person. What comes from them is cleaned here.
type text struct {
	termstyle.Style
	date string // of the record before
}

// Widths of the columns. What was done gets the rest of the line.
const (
	toolWidth    = 12
	projectWidth = 12
	sessionWidth = 8
	minWhat      = 12
	wide         = 100 // from here on there is room for the project
	edge         = 140 // further to the right the end of a line is no longer read with its beginning
)

// short are names of event types that fit into the column of tools.
var short = map[string]string{
	semconv.EventUserPrompt: "prompt", semconv.EventSessionStart: "start", semconv.EventSessionEnd: "end",
	semconv.EventSubagentStart: "agent starts", semconv.EventSubagentStop: "agent stops",
	semconv.EventTurnEnd: "answer", semconv.EventTurnFailure: "no answer", semconv.EventContextCompaction: "compaction",
	semconv.EventConfigChange: "settings", semconv.EventTelemetryGap: "missing", semconv.EventAgentNotification: "agent report",
	semconv.EventAlertAcknowledged: "alert seen",
}

var levelColor = map[string]string{"WARN": termstyle.Yellow, "ERROR": termstyle.Red, "FATAL": "1;" + termstyle.Red}

// row is a record's line, behind a heading when the day has changed.
func (t *text) row(r *Row) string {
	var b strings.Builder
	local := r.Time.Local()
	if day := local.Format("Monday, 2 January 2006"); day != t.date {
		t.date = day
		b.WriteString(t.Paint(termstyle.Dim, day) + "\n")
	}
	b.WriteString(t.Paint(termstyle.Dim, local.Format("15:04:05")) + " ")
	if r.text != "" { // none of ours: the line is all that is known
		b.WriteString(termtext.Cut(termtext.Clean(r.text), max(minWhat, t.Width-9)) + "\n")
		return b.String()
	}
	mark, color := r.mark()
	name := cmp.Or(r.Tool, short[r.Event], strings.ReplaceAll(r.Event, "_", " "))
	what := story.Inside(r.What, r.event.ProjectPath)
	if r.event.MCPTool != "" {
		name = "MCP"
	}
	if r.Severity != "" {
		name, what = r.Severity, r.Rule+": "+what
	}
	b.WriteString(t.Paint(color, mark) + " " + t.Paint(levelColor[r.Level], termtext.Pad(termtext.Clean(name), toolWidth)) + " ")
	used := len("15:04:05 x ") + toolWidth + 1
	if t.Width >= wide {
		b.WriteString(termtext.Pad(termtext.Clean(r.Project), projectWidth) + " ")
		used += projectWidth + 1
	}
	session := termtext.Clean(r.SessionID)
	b.WriteString(t.Paint(termstyle.Dim, termtext.Pad(string([]rune(session)[:min(sessionWidth, len([]rune(session)))]), sessionWidth)) + " ")
	used += sessionWidth + 1
	facts := r.facts()
	room := max(minWhat, t.Width-used-len(facts)-1)
	what = termtext.Cut(termtext.Clean(what), room)
	b.WriteString(what)
	if facts != "" {
		b.WriteString(strings.Repeat(" ", max(1, min(t.Width, edge)-used-termtext.Width(what)-termtext.Width(facts))) + t.Paint(termstyle.Dim, facts))
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// mark tells what kind of record it is.
func (r *Row) mark() (mark, color string) {
	switch {
	case r.Event == semconv.EventSecurityAlert:
		return "⚠", termstyle.Severity(r.Severity)
	case r.event.Denied():
		return "⊘", termstyle.Yellow
	case r.event.Failed():
		return "✗", termstyle.Red
	case r.HookEvent == "PreToolUse":
		return "▸", termstyle.Dim
	case r.event.IsCall():
		return "✓", termstyle.Green
	case r.Event == semconv.EventUserPrompt:
		return "❯", termstyle.Cyan
	}
	return "·", termstyle.Dim
}

// facts stand at the right end of the line.
func (r *Row) facts() string {
	var all []string
	if r.Outside {
		all = append(all, "outside")
	}
	if r.Added > 0 || r.Removed > 0 {
		all = append(all, fmt.Sprintf("+%d −%d", r.Added, r.Removed))
	}
	if r.ExitCode != nil {
		all = append(all, "exit "+strconv.FormatInt(*r.ExitCode, 10))
	} else if r.Error != "" && !r.event.Denied() {
		all = append(all, termtext.Cut(termtext.Clean(r.Error), 20))
	}
	if r.Duration != nil {
		all = append(all, termstyle.Duration(*r.Duration))
	}
	return strings.Join(all, " ")
}

// between stands between the columns of a table of numbers.
const between = "  "

// groupTable is a table of numbers: labels at the left, values at the right.
func groupTable(style termstyle.Style, groups []Group, labels, values []string) string {
	rows := [][]string{{}}
	for _, name := range append(append([]string{}, labels...), values...) {
		rows[0] = append(rows[0], strings.ToUpper(termtext.Clean(name)))
	}
	for i := range groups {
		cells := groups[i].cells(labels, values)
		for j := range cells {
			cells[j] = termtext.Clean(cells[j])
			switch {
			case j < len(labels):
				cells[j] = cmp.Or(cells[j], "(none)")
			case cells[j] == "0":
				cells[j] = "·"
			}
		}
		rows = append(rows, cells)
	}
	widths := columnWidths(rows, len(labels), style.Width)
	var b strings.Builder
	for i, cells := range rows {
		var line strings.Builder
		for j, c := range cells {
			if j < len(labels) {
				line.WriteString(termtext.Pad(c, widths[j]) + between)
			} else {
				line.WriteString(strings.Repeat(" ", max(0, widths[j]-termtext.Width(c))) + c + between)
			}
		}
		s := strings.TrimRight(line.String(), " ")
		if i == 0 {
			s = style.Paint(termstyle.Dim, s)
		}
		b.WriteString(s + "\n")
	}
	return b.String()
}

// columnWidths are as wide as what is in them; labels share what values leave.
func columnWidths(rows [][]string, labels, width int) []int {
	widths := make([]int, len(rows[0]))
	for _, cells := range rows {
		for j, c := range cells {
			widths[j] = max(widths[j], termtext.Width(c))
		}
	}
	room := width
	for j, w := range widths {
		room -= len(between)
		if j >= labels {
			room -= w
		}
	}
	for j := range labels {
		share := max(minWhat, room/(labels-j))
		widths[j] = min(widths[j], share)
		room -= widths[j]
	}
	return widths
}
