package timeline

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// text prints a story for a person. What comes from records is cleaned here, and
// nowhere else may it reach a terminal.
type text struct {
	termstyle.Style
	full    bool
	project string // its path
	date    string // of the entry before
}

// Widths of the columns. What was done gets the rest of the line.
const (
	timeWidth  = 8
	toolWidth  = 12
	minWhat    = 6
	indent     = 2 // for each level of agents
	maxIndents = 6
	wide       = 120      // from here on there is room for what an error says
	edge       = 140      // further to the right the end of a line is no longer read with its beginning
	maxCut     = 16 << 10 // characters of a text with --full
)

func (t *text) print(w io.Writer, s *story.Story, entries []story.Entry) error {
	out := bufio.NewWriter(w)
	write := func(s string) { _, _ = out.WriteString(s) } // Flush returns its error
	write(t.header(s))
	t.date = s.Session.Start.Local().Format(dayFormat)
	write("\n")
	for i := range entries {
		write(t.entry(&entries[i]))
	}
	if len(entries) < len(s.Entries) {
		write("\n" + t.Paint(termstyle.Dim, fmt.Sprintf("%d of %s", len(entries), termstyle.Count(len(s.Entries), "entry", "entries"))) + "\n")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

const dayFormat = "Monday, 2 January 2006"

// entry returns the lines of an entry, behind a heading when the day has changed.
func (t *text) entry(e *story.Entry) string {
	var b strings.Builder
	local := e.Time.Local()
	if day := local.Format(dayFormat); day != t.date {
		t.date = day
		b.WriteString(t.Paint(termstyle.Dim, day) + "\n")
	}
	clock := t.Paint(termstyle.Dim, local.Format("15:04:05")) + " "
	switch e.Kind {
	case story.KindTool:
		b.WriteString(clock + t.tool(e))
	case story.KindPermission:
		b.WriteString(clock + t.line(e, "", "·", "", termtext.Clean("asked for "+name(e.Tool)+": "+e.What(t.project)), termstyle.Dim, ""))
	case story.KindPrompt:
		b.WriteString(clock + t.wrapped(e, termstyle.Cyan, "❯", cmp.Or(e.Text, "a prompt, of which nothing was kept"), termstyle.Bold))
	case story.KindAlert:
		b.WriteString(strings.Repeat(" ", timeWidth+1) + t.alert(e))
	case story.KindAgent:
		b.WriteString(clock + t.agent(e))
	case story.KindGap:
		b.WriteString(clock + t.gap(e))
	case story.KindSession:
		verb := "session starts"
		if e.Event == "session_end" {
			verb = "session ends"
		}
		b.WriteString(clock + t.line(e, "", "●", "", colon(verb, e.Text), "", ""))
	case story.KindTurn:
		if e.Event == "turn_failure" {
			b.WriteString(clock + t.line(e, termstyle.Red, "✗", "", colon("no answer", e.Text), termstyle.Red, ""))
			break
		}
		b.WriteString(clock + t.line(e, "", "■", "", "answered", termstyle.Dim, ""))
	default:
		b.WriteString(clock + t.line(e, termstyle.Dim, "·", "", colon(strings.ReplaceAll(e.Event, "_", " "), e.Text), termstyle.Dim, ""))
	}
	return b.String()
}

func colon(a, b string) string { return strings.TrimSuffix(a+": "+b, ": ") }

func name(t *story.Tool) string {
	if t == nil {
		return "a tool"
	}
	return t.Name
}

// line is one line behind the time: mark, tool, what was done, and facts at its
// right end. what and facts are not cleaned yet where they are from records.
func (t *text) line(e *story.Entry, markColor, mark, tool, what, whatColor, facts string) string {
	left := strings.Repeat(" ", indent*min(e.Depth, maxIndents))
	used := timeWidth + 1 + len(left) + 2
	b := left + t.Paint(markColor, mark) + " "
	if tool != "" {
		b += termtext.Pad(termtext.Clean(tool), toolWidth) + " "
		used += toolWidth + 1
	}
	what = termtext.Clean(what)
	room := max(minWhat, t.Width-used-gapFor(facts))
	if t.full {
		return b + t.block(what, used, whatColor, facts)
	}
	what = termtext.Cut(what, room)
	b += t.Paint(whatColor, what)
	if facts != "" {
		b += strings.Repeat(" ", max(1, min(t.Width, edge)-used-termtext.Width(what)-termtext.Width(facts))) + t.facts(facts)
	}
	return strings.TrimRight(b, " ") + "\n"
}

func gapFor(facts string) int {
	if facts == "" {
		return 0
	}
	return termtext.Width(facts) + 1
}

// block is a text of as many lines as it needs, from a column on.
func (t *text) block(what string, column int, color, facts string) string {
	if r := []rune(what); len(r) > maxCut {
		what = string(r[:maxCut]) + "…"
	}
	lines := termstyle.Wrap(what, max(20, t.Width-column))
	if len(lines) == 0 {
		lines = []string{""}
	}
	last := len(lines) - 1
	for i := range lines {
		width := termtext.Width(lines[i])
		lines[i] = t.Paint(color, lines[i])
		if i < last || facts == "" {
			continue
		}
		if space := min(t.Width, edge) - column - width - termtext.Width(facts); space > 0 {
			lines[i] += strings.Repeat(" ", space) + t.facts(facts)
		} else {
			lines = append(lines, strings.Repeat(" ", max(0, min(t.Width, edge)-column-termtext.Width(facts)))+t.facts(facts))
		}
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", column)) + "\n"
}

// wrapped is an entry whose text is never cut.
func (t *text) wrapped(e *story.Entry, markColor, mark, what, color string) string {
	left := strings.Repeat(" ", indent*min(e.Depth, maxIndents))
	return left + t.Paint(markColor, mark) + " " + t.block(termtext.Clean(what), timeWidth+1+len(left)+2, color, "")
}

// tool is a tool call.
func (t *text) tool(e *story.Entry) string {
	mark, color := "✓", termstyle.Green
	whatColor := ""
	switch e.Tool.Outcome {
	case story.OutcomeFailed, story.OutcomeInterrupted, story.OutcomeTimeout:
		mark, color = "✗", termstyle.Red
	case story.OutcomeDenied:
		mark, color = "⊘", termstyle.Yellow
	case story.OutcomeUnknown:
		mark, color = "?", termstyle.Yellow
	}
	if e.Severity != "" {
		whatColor = termstyle.Severity(e.Severity)
	}
	tool, what := e.Tool.Name, e.What(t.project)
	if e.Tool.MCPTool != "" {
		tool = "MCP"
	}
	if e.Tool.Message != "" && e.Tool.ExitCode == nil && (t.full || t.Width >= wide) {
		what += " (" + e.Tool.Message + ")"
	}
	return t.line(e, color, mark, tool, what, whatColor, termtext.Clean(facts(e.Tool)))
}

// alert stands under what it is about.
func (t *text) alert(e *story.Entry) string {
	a := e.Alert
	color := termstyle.Severity(a.Severity)
	left := strings.Repeat(" ", indent*min(e.Depth, maxIndents))
	b := left + "  " + t.Paint(color, "⚠ "+termtext.Clean(a.Severity)) + " "
	used := timeWidth + 1 + len(left) + 4 + termtext.Width(termtext.Clean(a.Severity)) + 1
	what := cmp.Or(a.Rule, a.RuleID)
	if found := e.What(t.project); found != what {
		what = colon(what, found)
	}
	if a.Suppressed > 0 {
		what += fmt.Sprintf(" (and %d like it)", a.Suppressed)
	}
	if a.Acknowledged != nil {
		what = "[seen by " + cmp.Or(a.Acknowledged.By, "somebody") + "] " + what
	}
	what = termtext.Clean(what)
	if t.full {
		return b + t.block(what, used, color, "")
	}
	return b + t.Paint(color, termtext.Cut(what, max(minWhat, t.Width-used))) + "\n"
}

// agent is the start or the end of a sub-agent: at the depth of who started it.
func (t *text) agent(e *story.Entry) string {
	mark, what := "┌", colon(cmp.Or(e.AgentType, "agent"), e.Text)
	if e.Event == "subagent_stop" {
		mark, what = "└", cmp.Or(e.AgentType, "agent")+" stops"
	}
	at := *e
	at.Depth = max(0, e.Depth-1)
	id := termtext.Cut(termtext.Clean(e.AgentID), 10)
	return t.line(&at, termstyle.Cyan, mark, "", what, termstyle.Cyan, id)
}

func (t *text) gap(e *story.Entry) string {
	g := e.Gap
	what := fmt.Sprintf("%d records are missing: numbers %d to %d of the session", g.Missing, g.First, g.Last)
	if g.Missing == 1 {
		what = fmt.Sprintf("1 record is missing: number %d of the session", g.First)
	}
	return t.line(e, termstyle.Red, "⋯", "", what, termstyle.Red, "")
}
