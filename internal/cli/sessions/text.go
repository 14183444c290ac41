package sessions

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// text prints a table for a person. What comes from records is cleaned here.
type text struct {
	termstyle.Style
	now time.Time
	ids []string // as they are shown

	since string // what was asked for
}

// column is one column of the table.
type column struct {
	name  string
	width int  // columns; of the last one it does not matter
	right bool // numbers stand at the right
	wide  bool // only where there is room
	cell  func(t *text, i int, s *story.Session) (text, color string)
}

const (
	wide        = 130 // from where on there is room for all columns
	alertsWidth = 13
)

var columns = []column{
	{"STARTED", 12, false, false, func(t *text, _ int, s *story.Session) (string, string) { return t.when(s.Start), "" }},
	{"TOOK", 8, true, false, func(_ *text, _ int, s *story.Session) (string, string) { return span(s), termstyle.Dim }},
	{"PROJECT", 12, false, false, func(_ *text, _ int, s *story.Session) (string, string) { return s.Project, "" }},
	{"USER", 10, false, true, func(_ *text, _ int, s *story.Session) (string, string) { return s.User, "" }},
	{"EVENTS", 7, true, true, func(_ *text, _ int, s *story.Session) (string, string) { return number(s.Events), "" }},
	{"PROMPTS", 7, true, true, func(_ *text, _ int, s *story.Session) (string, string) { return number(s.Prompts), "" }},
	{"CALLS", 6, true, false, func(_ *text, _ int, s *story.Session) (string, string) { return number(s.ToolCalls), "" }},
	{"ERR", 4, true, false, func(_ *text, _ int, s *story.Session) (string, string) { return number(s.Errors), "" }},
	{"DENIED", 6, true, true, func(_ *text, _ int, s *story.Session) (string, string) { return number(s.Denied), "" }},
	{"OUTSIDE", 7, true, true, func(_ *text, _ int, s *story.Session) (string, string) {
		return number(s.Outside), colorOf(s.Outside > 0, termstyle.Yellow)
	}},
	{"FILES", 5, true, false, func(_ *text, _ int, s *story.Session) (string, string) { return number(s.FilesEdited), "" }},
	{"LINES", 13, true, true, func(_ *text, _ int, s *story.Session) (string, string) {
		if s.LinesAdded == 0 && s.LinesRemoved == 0 {
			return "", ""
		}
		return fmt.Sprintf("+%d −%d", s.LinesAdded, s.LinesRemoved), ""
	}},
	{"ALERTS", alertsWidth, false, false, func(_ *text, _ int, s *story.Session) (string, string) {
		return alerts(s.Alerts), termstyle.Severity(s.Alerts.Worst())
	}},
	{"RISK", 4, true, false, func(_ *text, _ int, s *story.Session) (string, string) {
		return strconv.Itoa(s.Risk), riskColor(s.Risk)
	}},
	{"SESSION", 8, false, false, func(t *text, i int, _ *story.Session) (string, string) { return t.ids[i], "" }},
}

func colorOf(yes bool, color string) string {
	if yes {
		return color
	}
	return ""
}

// From here on a risk has a colour.
const (
	riskHigh   = 60
	riskMedium = 30
)

func riskColor(risk int) string {
	switch {
	case risk >= riskHigh:
		return termstyle.Severity(semconv.SeverityCritical)
	case risk >= riskMedium:
		return termstyle.Severity(semconv.SeverityMedium)
	}
	return termstyle.Dim
}

// number is empty for nothing: what there is stands out then.
func number(n int) string {
	if n == 0 {
		return "·"
	}
	return strconv.Itoa(n)
}

func alerts(a story.AlertCounts) string {
	var all []string
	for _, c := range []struct {
		n    int
		sign string
	}{{a.Critical, "c"}, {a.High, "h"}, {a.Medium, "m"}, {a.Low, "l"}} {
		if c.n > 0 {
			all = append(all, strconv.Itoa(c.n)+c.sign)
		}
	}
	s := strings.Join(all, " ")
	if len(s) > alertsWidth {
		s = strings.ReplaceAll(s, " ", "")
	}
	return s
}

// span is how long a session took, in few characters.
func span(s *story.Session) string {
	d := time.Duration(min(s.Duration, 1<<42)) * time.Millisecond
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d/time.Minute), int(d/time.Second)%60)
	case d < 100*time.Hour:
		return fmt.Sprintf("%dh %02dm", int(d/time.Hour), int(d/time.Minute)%60)
	}
	return fmt.Sprintf("%dd %02dh", int(d/(24*time.Hour)), int(d/time.Hour)%24)
}

// when is a time, with its year when it is not of the last half year.
func (t *text) when(at time.Time) string {
	local := at.Local()
	if age := t.now.Sub(at); age < 182*24*time.Hour && age > -24*time.Hour {
		return local.Format("_2 Jan 15:04")
	}
	return local.Format("_2 Jan 2006")
}

const (
	idWidth = 8
	wholeID = 40
)

// short gives every session the start of its id that no other one shown has.
func short(all []story.Session) []string {
	ids := make([]string, len(all))
	for n := idWidth; ; n += 4 {
		seen := map[string]int{}
		twice := false
		for i := range all {
			id := all[i].ID
			ids[i] = id[:min(n, len(id))]
			if seen[ids[i]]++; seen[ids[i]] > 1 {
				twice = true
			}
		}
		if !twice || n >= wholeID {
			break
		}
	}
	for i := range ids {
		ids[i] = termtext.Cut(termtext.Clean(ids[i]), wholeID)
	}
	return ids
}

func (t *text) print(w io.Writer, chosen []story.Session, all int) error {
	out := bufio.NewWriter(w)
	write := func(s string) { _, _ = out.WriteString(s) } // Flush returns its error
	if len(chosen) == 0 {
		write(t.none() + "\n")
	} else {
		t.ids = short(chosen)
		write(t.Paint(termstyle.Dim, t.row(func(c *column) (string, string) { return c.name, "" })) + "\n")
		for i := range chosen {
			write(t.row(func(c *column) (string, string) { return c.cell(t, i, &chosen[i]) }) + "\n")
		}
	}
	if len(chosen) < all {
		write(t.Paint(termstyle.Dim, fmt.Sprintf("%d of %d sessions; --limit shows more", len(chosen), all)) + "\n")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// none says why there may be no sessions.
func (t *text) none() string {
	if t.since == "" {
		return "No sessions."
	}
	return "No sessions of this kind since " + termtext.Clean(t.since) + "; another --since looks further back."
}

func (t *text) row(cell func(*column) (text, color string)) string {
	var b strings.Builder
	between := " "
	if t.Width >= wide {
		between = "  "
	}
	for i := range columns {
		c := &columns[i]
		if c.wide && t.Width < wide {
			continue
		}
		s, color := cell(c)
		s = termtext.Clean(s)
		if i == len(columns)-1 {
			b.WriteString(t.Paint(color, s))
			break
		}
		s = termtext.Cut(s, c.width)
		pad := strings.Repeat(" ", max(0, c.width-termtext.Width(s)))
		if c.right {
			b.WriteString(pad + t.Paint(color, s) + between)
		} else {
			b.WriteString(t.Paint(color, s) + pad + between)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
