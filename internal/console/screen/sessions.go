package screen

import (
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

// sessionColumns are the widths of the pane's columns.
type sessionColumns struct{ project, id, spark int }

func columnsFor(width int) sessionColumns {
	c := sessionColumns{project: 10, id: 8, spark: 10}
	if width >= 90 {
		c.project, c.spark = 16, 15
	}
	if width >= 140 {
		c.project, c.spark = 24, 30
	}
	return c
}

func (m *model) drawSessions(rows int) []string {
	width := m.width
	if m.width >= veryWide {
		width -= toolsWide + 1
	}
	active := 0
	for i := range m.sessions {
		if m.sessions[i].Active(m.now) {
			active++
		}
	}
	about := fmt.Sprintf("%d active", active)
	if rest := len(m.sessions) - active; rest > 0 {
		about += fmt.Sprintf(", %d not", rest)
	}
	if m.totals.LostSessions > 0 {
		about += fmt.Sprintf(", %s older forgotten", count(m.totals.LostSessions))
	}
	c := columnsFor(width)
	lines := m.pane(paneSessions, "Sessions", about, rows, width, sessionHead(c), func(i int) row {
		return m.sessionRow(&m.sessions[i], c)
	}, "none since "+m.sinceText()+": start Claude Code in a watched project")
	if m.width >= veryWide {
		tools := m.drawTools(len(lines))
		for i := range lines {
			lines[i] += " " + tools[i]
		}
	}
	return lines
}

func sessionHead(c sessionColumns) row {
	r := row{{"  ", plain}}
	for _, column := range []struct {
		name  string
		width int
		right bool
	}{{"project", c.project, false}, {"session", c.id, false}, {"age", 5, true}, {"10 min", c.spark, false}, {"/min", 4, true}, {"calls", 5, true}, {"fail", 4, true}, {"alerts", 7, false}, {"last", 0, false}} {
		switch {
		case column.width == 0:
			r.add(column.name, dim)
		case column.right:
			r.number(column.name, column.width, dim)
		default:
			r.cell(column.name, column.width, dim)
		}
	}
	return r
}

// alertWords are the severities by rank, as short as the column wants them.
var alertWords = [...]string{"?", "low", "med", "high", "crit"}

func (m *model) sessionRow(s *activity.Session, c sessionColumns) row {
	var r row
	text := plain
	if !s.Active(m.now) {
		text = dim
	}
	r.cell(s.Project, c.project, text)
	r.cell(head(s.ID, c.id), c.id, dim)
	old := age(m.now.Sub(s.First))
	if !s.Begun { // it began before what is shown here
		old = ">" + old
	}
	r.number(old, 5, text)
	r.cell(spark(s.Recent.Bars(c.spark, m.now), uint32(100/c.spark)), c.spark, m.theme.accent) //nolint:gosec // 10 to 30
	r.number(short(s.Recent.PerMinute(m.now), 4), 4, text)
	r.number(short(s.Calls(), 5), 5, text)
	failed := dim
	if s.Errors > 0 {
		failed = m.theme.yellow
	}
	r.number(short(s.Errors, 4), 4, failed)
	alerts, worst := "", s.WorstAlert()
	switch {
	case s.OpenAlerts() > 0:
		alerts = short(s.OpenAlerts(), 3) + " " + alertWords[worst]
	case s.Acked > 0:
		alerts = "✓ " + short(s.Acked, 4)
		worst = 1
	}
	r.cell(alerts, 7, m.theme.severity(worst))
	state := age(m.now.Sub(s.Last))
	if s.Ended {
		state += " ended"
	}
	r.add(celltext.Pad(state, max(3, len(state)))+" ", dim)
	switch a := s.Action; {
	case a == nil:
	case s.Ended:
		r.add(a.What, text)
	default:
		r.add(strings.TrimSpace(label(a)+" "+a.What), text)
	}
	return r
}

// drawTools is the pane beside the sessions.
func (m *model) drawTools(lines int) []string {
	out := []string{title("Tools", fmt.Sprintf("%d used", len(m.tools)), false, toolsWide).paint(toolsWide, false)}
	head := row{}
	head.cell("tool", 15, dim)
	head.number("calls", 5, dim)
	head.cell("10 min", 10, dim)
	head.number("fail", 4, dim)
	head.number("average", 7, dim)
	out = append(out, head.paint(toolsWide, false))
	for i := range m.tools {
		if len(out) == lines {
			break
		}
		t := &m.tools[i]
		var r row
		r.cell(t.Name, 15, plain)
		r.number(short(t.Calls(), 5), 5, plain)
		r.cell(spark(t.Recent.Bars(10, m.now), 10), 10, m.theme.accent)
		failed := dim
		if t.Errors > 0 {
			failed = m.theme.yellow
		}
		r.number(short(t.Errors, 4), 4, failed)
		average := ""
		if t.Timed > 0 {
			average = activity.Took(t.Average())
		}
		r.number(average, 7, plain)
		out = append(out, r.paint(toolsWide, false))
	}
	for len(out) < lines {
		out = append(out, strings.Repeat(" ", toolsWide))
	}
	return out
}
