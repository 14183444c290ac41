package screen

import (
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
	"github.com/agent-telemetry/agent-telemetry/internal/console/stacklook"
)

// drawHead is the state of the stack, the rates, and the tools.
func (m *model) drawHead(lines int) []string {
	out := []string{m.stackRow().paint(m.width, false)}
	if lines > 1 {
		out = append(out, m.rateRow().paint(m.width, false), m.toolRow().paint(m.width, false))
	}
	return out
}

func (m *model) stackRow() row {
	clock := row{{m.now.Local().Format("15:04:05") + " ", bold}}
	if m.stack == nil {
		return row{{" looking at the stack …", dim}}.between(clock, m.width)
	}
	r := m.partsRow(true)
	if r.width()+clock.width() >= m.width {
		r = m.partsRow(false)
	}
	if room := m.width - clock.width() - 1; r.width() > room {
		r = r.cut(max(room, 0))
	}
	return r.between(clock, m.width)
}

// partsRow is how the parts of the stack are; without what is said of those that
// are well, unless all is wanted.
func (m *model) partsRow(all bool) row {
	r := row{}
	for i, p := range m.stack.Parts {
		if i > 0 {
			r.add(" ", plain)
		}
		mark, s := m.mark(p.State)
		r = append(r, seg{" " + mark + " ", s}, seg{p.Name, plain})
		if p.Text != "" && (all || p.State != stacklook.Good) {
			r.add(" "+p.Text, dim)
		}
	}
	return r
}

func (m *model) mark(s stacklook.State) (string, style) {
	switch s {
	case stacklook.Good:
		return "✓", m.theme.green
	case stacklook.Odd:
		return "!", m.theme.yellow
	case stacklook.Bad:
		return "✗", redBold
	case stacklook.Off:
	}
	return "○", dim
}

// rateRow is how much happens. Where the numbers need the room, there are fewer bars.
func (m *model) rateRow() row {
	bars := 10
	if m.width >= wide {
		bars = 40
	}
	r := m.rates(bars)
	if more := r.width() - m.width + 1; more > 0 {
		r = m.rates(max(bars-more, 1))
	}
	return r.between(row{{count(m.totals.Events) + " since " + m.sinceText() + " ", dim}}, m.width)
}

func (m *model) rates(bars int) row {
	t := &m.totals
	r := row{{" ", plain}}
	r.add(rate(t.EventsPerSec), bold)
	r.add(" events/s ", plain)
	r.add(spark(t.Seconds[len(t.Seconds)-bars-1:len(t.Seconds)-1], 5), m.theme.accent)
	r.add("  ", plain)
	r.add(rate(t.CallsPerSec), bold)
	r.add(" calls/s", plain)
	if t.Errors > 0 {
		r.add("  "+count(t.Errors)+" failed", m.theme.yellow)
	}
	if t.Skipped > 0 {
		r.add("  "+count(int(min(t.Skipped, 1<<40)))+" skipped", redBold)
	}
	mark := "  ⚠"
	for rank := 4; rank > 0; rank-- {
		if t.Open[rank] > 0 {
			word := activity.Severity(rank)
			if m.width < wide {
				word = alertWords[rank]
			}
			r.add(fmt.Sprintf("%s %s %s", mark, count(t.Open[rank]), word), m.theme.severity(rank))
			mark = ""
		}
	}
	return r
}

func (m *model) sinceText() string {
	if m.now.Sub(m.since) > 20*time.Hour {
		return m.since.Local().Format("2 Jan 15:04")
	}
	return m.since.Local().Format("15:04")
}

// toolRow is which tools were used most.
func (m *model) toolRow() row {
	r := row{{" tools", dim}}
	if len(m.tools) == 0 {
		r.add("  none used yet", dim)
	}
	for i := range m.tools {
		t := &m.tools[i]
		part := row{{"  " + celltext.Cut(t.Name, 20) + " ", plain}, {count(t.Calls()), bold}}
		if t.Errors > 0 {
			part.add(fmt.Sprintf(" ✗%d", t.Errors), m.theme.yellow)
		}
		if r.width()+part.width()+1 > m.width {
			break
		}
		r = append(r, part...)
	}
	return r
}

func rate(v float64) string {
	if v >= 100 {
		return count(int(v))
	}
	return fmt.Sprintf("%.1f", v)
}

// count is a number with its thousands apart.
func count(n int) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// short is a number on at most so many columns.
func short(n, columns int) string {
	s := fmt.Sprint(n)
	for _, unit := range []string{"k", "M", "G"} {
		if len(s) <= columns {
			break
		}
		n /= 1000
		s = fmt.Sprint(n) + unit
	}
	return s
}

// age is a length of time on at most 4 columns.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < 100*time.Second:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < 100*time.Minute:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 100*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", min(int(d.Hours()/24), 999))
}
