package screen

import (
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

// draw is the screen: exactly height lines of exactly width columns.
func (m *model) draw() string {
	if m.width < minWidth || m.height < minHeight {
		text := fmt.Sprintf("The terminal is %d×%d: at least %d×%d is needed. q quits.", m.width, m.height, minWidth, minHeight)
		lines := make([]string, 0, max(m.height, 1))
		for _, l := range celltext.Wrap(text, max(m.width, 2)) {
			lines = append(lines, row{{l, plain}}.paint(m.width, false))
		}
		return m.fill(lines)
	}
	switch m.page {
	case pageHelp:
		return m.fill(m.drawHelp())
	case pageDetail:
		return m.fill(m.drawDetail())
	case pageMain:
	}
	return m.fill(m.drawMain())
}

// fill makes it as many lines as the screen has.
func (m *model) fill(lines []string) string {
	lines = lines[:min(len(lines), max(m.height, 1))]
	for len(lines) < m.height {
		lines = append(lines, strings.Repeat(" ", m.width))
	}
	return strings.Join(lines, "\n")
}

func (m *model) drawMain() []string {
	l := m.layout()
	lines := m.drawHead(l.head)
	if rows := l.rows[paneSessions]; rows > 0 {
		lines = append(lines, m.drawSessions(rows)...)
	}
	if rows := l.rows[paneAlerts]; rows > 0 {
		lines = append(lines, m.drawAlerts(rows)...)
	}
	if rows := l.rows[paneEvents]; rows > 0 {
		lines = append(lines, m.drawEvents(rows)...)
	}
	return append(lines, m.drawFoot())
}

// pane draws a pane's title and rows; nothing is what to say when there are none.
func (m *model) pane(p pane, name, about string, rows, width int, head row, line func(i int) row, nothing string) []string {
	focused := m.focus == p && m.input == nil
	lines := []string{title(name, about, focused, width).paint(width, false)}
	if head != nil {
		lines = append(lines, head.paint(width, false))
	}
	n := m.rows(p)
	list := &m.lists[p]
	list.fit(n, rows)
	from, to := list.window(n, rows)
	for i := from; i < to; i++ {
		mark := "  "
		selected := i == list.sel && m.focus == p
		if selected {
			mark = "› "
		}
		// While events are followed, a bar at the end would be all that is seen.
		bar := selected && (p != paneEvents || m.frozen != nil)
		lines = append(lines, append(row{{mark, plain}}, line(i)...).paint(width, bar))
	}
	if n == 0 {
		lines = append(lines, row{{"  " + nothing, dim}}.paint(width, false))
	}
	for len(lines) < rows+overhead[p] {
		lines = append(lines, strings.Repeat(" ", width))
	}
	return lines
}

// drawFoot is the last line: the filter being typed, or trouble, or keys.
func (m *model) drawFoot() string {
	var r row
	switch {
	case m.input != nil:
		r = row{{" / ", bold}, {m.input.text, onInput}, {"█", plain}, {"   enter keeps it, esc does not", dim}}
		if over := r.width() - m.width; over > 0 { // the end of the text is what is typed
			text := []rune(m.input.text)
			r = row{{" / ", bold}, {string(text[min(over, len(text)):]), onInput}, {"█", plain}}
		}
	case m.feedErr != nil:
		r = row{{" ✗ " + celltext.Clean(m.feedErr.Error(), 300), red}}
	case m.totals.Notice != "":
		r = row{{" ! " + celltext.Clean(m.totals.Notice, 300), m.theme.yellow}}
	case m.stack != nil && m.stack.Problem != "":
		r = row{{" ! " + m.stack.Problem, m.theme.yellow}}
	default:
		return m.keyHints([][2]string{{"q", "quit"}, {"?", "help"}, {"/", "filter"}, {"tab", "pane"}, {"enter", "more"}, {"space", "pause"}, {"s", "session"}, {"t", "tool"}, {"v", "severity"}, {"z", "zoom"}, {"o", "open alerts"}})
	}
	return r.paint(m.width, false)
}

// keyHints are as many keys as fit.
func (m *model) keyHints(keys [][2]string) string {
	r := row{}
	for _, k := range keys {
		hint := row{{" " + k[0], bold}, {" " + k[1] + " ", dim}}
		if r.width()+hint.width() > m.width {
			break
		}
		r = append(r, hint...)
	}
	return r.paint(m.width, false)
}
