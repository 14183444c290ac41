package agents

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// statsText prints figures for a person. What comes from records is cleaned here.
type statsText struct {
	termstyle.Style
	since string // what was asked for
	most  int    // recommendations
}

// wideStats is from where on there is room for all columns.
const wideStats = 110

// statsColumn is one column of the table.
type statsColumn struct {
	column
	level int // 0: always shown, 1: from narrowWidth on, 2: from wideStats on
	cell  func(s *coordination.Total) cell
}

var statsColumns = []statsColumn{
	{column{"DELEG", 5, true}, 0, func(s *coordination.Total) cell { return cell{number(s.Delegations), ""} }},
	{column{"FAIL", 4, true}, 1, func(s *coordination.Total) cell {
		return cell{number(s.Failed), when(s.Failed > 0, termstyle.Red)}
	}},
	{column{"P50", 7, true}, 0, func(s *coordination.Total) cell { return cell{milliseconds(s.DurationP50), ""} }},
	{column{"P95", 7, true}, 1, func(s *coordination.Total) cell { return cell{milliseconds(s.DurationP95), ""} }},
	{column{"CALLS", 5, true}, 2, func(s *coordination.Total) cell { return cell{number(s.ToolCalls), ""} }},
	{column{"ERRORS", 16, true}, 1, func(s *coordination.Total) cell {
		return cell{rate(s.Errors, s.ToolCalls), when(s.Errors > 0, termstyle.Red)}
	}},
	{column{"TOKENS", 6, true}, 2, func(s *coordination.Total) cell {
		if s.TokensOf == 0 {
			return cell{"–", ""}
		}
		return cell{short(s.Tokens), ""}
	}},
	{column{"FILES", 5, true}, 2, func(s *coordination.Total) cell {
		if s.Delegations == 0 { // what the main agent changed is not counted here
			return cell{"–", ""}
		}
		return cell{number(s.FilesChanged), ""}
	}},
	{column{"CONF", 4, true}, 2, func(s *coordination.Total) cell {
		return cell{number(s.Conflicts), when(s.Conflicts > 0, termstyle.Yellow)}
	}},
	{column{"REP", 4, true}, 2, func(s *coordination.Total) cell { return cell{number(s.Repeated), ""} }},
	{column{"WORK", 7, true}, 0, func(s *coordination.Total) cell { return cell{milliseconds(s.Own), ""} }},
	{column{"SHARE", 7, true}, 0, func(s *coordination.Total) cell { return cell{percent(s.Share), ""} }},
}

func milliseconds(n int64) string {
	if n < 0 {
		return "–"
	}
	return span(&n)
}

func (t *statsText) print(s *stats) string {
	var b strings.Builder
	if len(s.sessions) == 0 {
		t.block(&b, "", 0, t.nothing(s), "")
		return b.String()
	}
	for _, line := range t.overview(s) {
		t.block(&b, "", 0, line, "")
	}
	b.WriteString("\n")
	var columns []column
	var shown []statsColumn
	for _, c := range statsColumns {
		if c.level == 0 || c.level == 1 && t.Width >= narrowWidth || t.Width >= wideStats {
			columns, shown = append(columns, c.column), append(shown, c)
		}
	}
	width := nameWidth(t.Width, columns)
	line := func(name cell, of func(*statsColumn) cell) {
		cells := make([]cell, len(shown))
		for i := range shown {
			cells[i] = of(&shown[i])
		}
		b.WriteString(tableLine(t.Style, name, width, columns, cells))
	}
	line(cell{strings.ToUpper(string(s.by)), termstyle.Dim}, func(c *statsColumn) cell { return cell{c.name, termstyle.Dim} })
	for i := range s.totals {
		total := &s.totals[i]
		line(cell{groupName(total, s.by), ""}, func(c *statsColumn) cell { return c.cell(total) })
	}
	if len(s.totals) < s.all {
		b.WriteString(t.Paint(termstyle.Dim, fmt.Sprintf("%d of %d; --limit shows more", len(s.totals), s.all)) + "\n")
	}
	b.WriteString(t.recommendations(s))
	return b.String()
}

func (t *statsText) nothing(s *stats) string {
	text := "No agents were called"
	if t.since != "" {
		text += " since " + termtext.Clean(t.since)
	}
	if s.without > 0 {
		text += " in " + termstyle.Count(s.without, "session", "sessions")
	}
	if t.since != "" {
		text += "; another --since looks further back"
	}
	return text + "."
}

// groupName is what the table calls a group.
func groupName(s *coordination.Total, by coordination.Grouping) string {
	name := s.Group
	if by == coordination.ByAgent && s.AgentType != s.Group {
		name = cmp.Or(s.AgentType, "agent") + " " + s.Group
	}
	return cmp.Or(name, "(no name)")
}

// overview is what is known of all of the sessions together.
func (t *statsText) overview(s *stats) []string {
	o := &s.overview
	first := termstyle.Count(o.Sessions, "session", "sessions")
	if o.Sessions == 1 {
		first = "Session " + s.sessions[0].ID
	} else if s.without > 0 {
		first += fmt.Sprintf(" with agents, %d without", s.without)
	}
	lines := []string{first}
	facts := []string{termstyle.Count(o.Delegations, "delegation", "delegations")}
	if o.Failed > 0 {
		facts = append(facts, fmt.Sprintf("%d failed", o.Failed))
	}
	facts = append(facts, termstyle.Count(o.ToolCalls, "tool call", "tool calls"), termstyle.Count(o.Errors, "error", "errors"),
		termstyle.Count(o.Conflicts, "conflict", "conflicts"), fmt.Sprintf("%d repeated", o.Repeated))
	lines = append(lines, strings.Join(facts, " · "))
	if o.Work > 0 {
		lines = append(lines,
			fmt.Sprintf("At work %s of %s: %s agents on average, at most %d; parallel efficiency %s, overlap %s",
				milliseconds(o.Active), milliseconds(o.Wall), strconv.FormatFloat(o.Parallelism, 'f', 2, 64), o.Peak, percent(o.ParallelEfficiency), percent(o.Overlap)),
			fmt.Sprintf("Critical path %s, of which %s by agents that were called; they did %s of the work",
				milliseconds(o.CriticalPath), milliseconds(o.CriticalDelegated), percent(o.Delegated)))
	}
	if o.Approval > 0 {
		lines = append(lines, fmt.Sprintf("Agents waited %s for a person, which is no work", milliseconds(o.Approval)))
	}
	return lines
}

// Bounds of what is shown of a recommendation.
const (
	shownEvidence = 3
	adviceIndent  = 2
)

func (t *statsText) recommendations(s *stats) string {
	if len(s.advice) == 0 || t.most == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n" + t.Paint(termstyle.Bold, "Recommendations") + "\n")
	said := map[string]bool{} // of several of a rule the same is not known
	for i := range s.advice[:min(len(s.advice), t.most)] {
		r := &s.advice[i]
		title := r.Title
		if len(s.sessions) > 1 && r.Session != "" {
			title += " (session " + shortID(r.Session) + ")"
		}
		t.block(&b, "• ", 0, title, "")
		for _, e := range r.Evidence[:min(len(r.Evidence), shownEvidence)] {
			t.block(&b, "- ", adviceIndent, evidence(&e), "")
		}
		if more := r.EvidenceAll - min(len(r.Evidence), shownEvidence); more > 0 {
			t.block(&b, "", 2*adviceIndent, fmt.Sprintf("and %d more", more), termstyle.Dim)
		}
		for _, u := range r.Unknown {
			if said[r.Rule+u] {
				continue
			}
			said[r.Rule+u] = true
			t.block(&b, "? ", adviceIndent, "Not known: "+u, termstyle.Dim)
		}
	}
	if more := len(s.advice) - t.most; more > 0 {
		b.WriteString(t.Paint(termstyle.Dim, fmt.Sprintf("%d more; --recommendations shows them", more)) + "\n")
	}
	return b.String()
}

// shortID is as much of a session's id as hardly any other one shares.
func shortID(id string) string { return id[:min(len(id), 13)] }

// evidence is what a recommendation rests on, with who it was, what it was about and
// when.
func evidence(e *coordination.Evidence) string {
	text := e.Text
	if who := strings.TrimSpace(e.AgentType + " " + e.AgentID); who != "" {
		text += " · " + who
	}
	if e.File != "" {
		text += " · " + e.File
	}
	if !e.Time.IsZero() {
		text += " · " + e.Time.Local().Format("2 Jan 15:04:05")
	}
	return text
}

// maxBlock is how many characters of a text are shown.
const maxBlock = 1_000

// block writes a text in as many lines as it needs, behind a mark.
func (t *statsText) block(b *strings.Builder, mark string, indent int, text, color string) {
	text = termtext.Clean(text)
	if r := []rune(text); len(r) > maxBlock {
		text = string(r[:maxBlock]) + "…"
	}
	left := strings.Repeat(" ", indent)
	for i, line := range termstyle.Wrap(text, t.Width-indent-len([]rune(mark))) {
		if i == 1 {
			mark = strings.Repeat(" ", len([]rune(mark)))
		}
		b.WriteString(left + mark + t.Paint(color, line) + "\n")
	}
}
