package agents

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// signs are what a tree is drawn with. Each has three columns.
type signs struct{ branch, last, through, none string }

var (
	lineSigns  = signs{"├─ ", "└─ ", "│  ", "   "}
	plainSigns = signs{"|- ", "`- ", "|  ", "   "}
)

// signsFor draws lines only on a terminal that shows UTF-8.
func signsFor(io *cliio.IO) signs {
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))
	locale = strings.ReplaceAll(strings.ToLower(locale), "-", "")
	if io.OutTTY && strings.Contains(locale, "utf8") {
		return lineSigns
	}
	return plainSigns
}

// maxIndents is how many levels are drawn. Claude Code allows three unless it is told
// otherwise.
const maxIndents = 8

// treeText prints a tree for a person. What comes from records is cleaned here.
type treeText struct {
	termstyle.Style
	signs signs
	depth int
	day   time.Time // of the session's start
	name  int       // width of the first column
}

func (t *treeText) print(tree *agentTree) string {
	var b strings.Builder
	s := &tree.read.Session
	t.day = s.Start.Local()
	b.WriteString(t.header(tree) + "\n")
	if len(tree.agents) == 1 {
		b.WriteString("No agents were called.\n")
		return b.String()
	}
	cols := treeColumns
	switch {
	case t.Width < narrowWidth:
		cols = smallTree
	case t.Width < wideTree:
		cols = narrowTree
	}
	width := t.Width
	for _, c := range cols {
		width -= c.width + columnGap
	}
	t.name = max(width, leastName)
	line := func(name cell, of func(*treeColumn) cell) {
		cells := make([]cell, len(cols))
		columns := make([]column, len(cols))
		for i := range cols {
			columns[i], cells[i] = cols[i].column, of(&cols[i])
		}
		b.WriteString(tableLine(t.Style, name, t.name, columns, cells))
	}
	line(cell{"AGENT", termstyle.Dim}, func(c *treeColumn) cell { return cell{c.name, termstyle.Dim} })
	tops := 0
	for _, p := range tree.Places(t.depth) {
		if len(p.Last) == 0 {
			if tops++; tops == 2 {
				b.WriteString(t.Paint(termstyle.Dim, "Called by nobody, as far as is known:") + "\n")
			}
		}
		n := &tree.agents[p.Agent]
		line(cell{t.label(n, &p), nameColor(n)}, func(c *treeColumn) cell { return c.cell(t, n) })
	}
	return b.String()
}

// header says what is known of the session as a whole.
func (t *treeText) header(tree *agentTree) string {
	s := &tree.read.Session
	state := "not ended"
	if s.Ended {
		state = "ended"
	}
	facts := []string{
		termstyle.Count(len(tree.agents)-1, "agent", "agents"), s.Start.Local().Format("Mon 2 Jan 2006 15:04:05"), strings.TrimSpace(termstyle.Duration(s.Duration)), state,
	}
	if deepest := tree.Deepest(); deepest > 1 {
		facts[0] += fmt.Sprintf(", %d deep", deepest)
	}
	if n := tree.Unknown(); n > 0 {
		facts = append(facts, fmt.Sprintf("%d called by nobody known", n))
	}
	title := "Session " + termtext.Clean(s.ID)
	return t.Paint(termstyle.Bold, termtext.Cut(title, t.Width)) + "\n" +
		termtext.Cut(termtext.Clean(cmp.Or(s.ProjectPath, s.Project)), t.Width) + "\n" +
		termtext.Cut(strings.Join(facts, " · "), t.Width) + "\n"
}

// label is the tree's lines, the type, and what the agent was asked for.
func (t *treeText) label(a *Agent, at *agenttree.Place) string {
	var b strings.Builder
	levels := at.Last
	if len(levels) > maxIndents {
		levels = levels[len(levels)-maxIndents:]
	}
	for i, last := range levels {
		switch {
		case i == len(levels)-1 && last:
			b.WriteString(t.signs.last)
		case i == len(levels)-1:
			b.WriteString(t.signs.branch)
		case last:
			b.WriteString(t.signs.none)
		default:
			b.WriteString(t.signs.through)
		}
	}
	name := cmp.Or(a.Type, "agent")
	if a.State == stateUnrecorded {
		name = a.ID
	}
	if a.Description != "" {
		name += ": " + a.Description
	}
	name = termtext.Clean(name)
	if at.Hidden > 0 {
		more := fmt.Sprintf(" (+%d below)", at.Hidden)
		b.WriteString(termtext.Cut(name, max(t.name-termtext.Width(b.String())-len(more), 8)) + more)
		return b.String()
	}
	b.WriteString(name)
	return b.String()
}

func nameColor(n *Agent) string {
	switch {
	case n.ID == semconv.AgentMain:
		return termstyle.Bold
	case n.State == stateActive:
		return termstyle.Cyan
	case n.State == stateUnrecorded:
		return termstyle.Dim
	}
	return ""
}

// clock is a time of the day, with the days since the session began where there are
// some.
func (t *treeText) clock(at *time.Time) string {
	if at == nil {
		return ""
	}
	local := at.Local()
	days := int(midnight(local).Sub(midnight(t.day)).Hours()+12) / 24
	if days != 0 {
		return termtext.Cut(fmt.Sprintf("+%dd%s", days, local.Format("15:04")), 8)
	}
	return local.Format("15:04:05")
}

func midnight(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
}
