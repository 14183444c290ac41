package screen

import (
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

// detail is the page that shows all of one event.
type detail struct {
	event *activity.Event
	ack   *activity.Ack // of an alert
	top   int           // first line shown
}

func (m *model) show(e *activity.Event) {
	m.page, m.detail = pageDetail, detail{event: e}
}

func (m *model) detailKey(name string) {
	d := &m.detail
	size := max(m.height-3, 1)
	switch name {
	case "esc", "enter", "backspace":
		m.page = pageMain
	case "up", "k":
		d.top--
	case "down", "j":
		d.top++
	case "pgup", "b", "ctrl+b":
		d.top -= size
	case "pgdown", "f", "ctrl+f", "space":
		d.top += size
	case "home", "g":
		d.top = 0
	case "end", "G":
		d.top = 1 << 30
	case "right", "l", "n":
		m.step(1)
	case "left", "h", "p":
		m.step(-1)
	case "s":
		if id := d.event.Session; id != "" {
			m.setFilter(m.filter.With("session", id))
			m.page, m.focus = pageMain, paneEvents
		}
	}
}

// step shows the event behind or in front of this one in its pane.
func (m *model) step(by int) {
	if m.focus == paneAlerts { // the newest stands first there
		by = -by
	}
	m.choose(by)
	if e := m.chosen(); e != nil && e != m.detail.event {
		m.show(e)
	}
}

func (m *model) drawDetail() []string {
	d := &m.detail
	lines := m.detailLines(d.event)
	size := max(m.height-2, 1)
	d.top = min(max(d.top, 0), max(len(lines)-size, 0))
	about := ""
	if len(lines) > size {
		about = "more below"
		if d.top+size >= len(lines) {
			about = "the end"
		}
	}
	out := []string{title(label(d.event)+" "+celltext.Cut(d.event.ID, 36), about, true, m.width).paint(m.width, false)}
	for _, l := range lines[d.top:min(d.top+size, len(lines))] {
		out = append(out, l.paint(m.width, false))
	}
	out = slices.Grow(out, size)
	for len(out) < m.height-1 {
		out = append(out, row{}.paint(m.width, false))
	}
	return append(out, m.keyHints([][2]string{{"esc", "back"}, {"↑↓", "scroll"}, {"←→", "one before, one behind"}, {"s", "only this session"}, {"q", "quit"}, {"?", "help"}}))
}

// fieldName is how wide names of fields are, where there is room for them.
const fieldName = 16

// field is a name and a value, of clean text, in as many lines as that needs.
func (m *model) field(name, value string, s style) []row { return m.fieldOf(name, value, fieldName, s) }

func (m *model) fieldOf(name, value string, indent int, s style) []row {
	if value == "" {
		return nil
	}
	if m.width < 60 {
		indent = 4
	}
	var out []row
	if celltext.Width(name) > indent { // a long name has a line for itself
		out = append(out, row{{"  " + name, dim}})
		name = ""
	}
	for _, l := range celltext.Wrap(value, m.width-indent-4) {
		out = append(out, row{{"  " + celltext.Pad(name, indent) + " ", dim}, {l, s}})
		name = ""
	}
	return out
}
