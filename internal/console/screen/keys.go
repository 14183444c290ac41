package screen

import (
	tea "charm.land/bubbletea/v2"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

// key does what a key asks for.
func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	switch {
	case name == "ctrl+c":
		return tea.Quit
	case name == "ctrl+z":
		return tea.Suspend
	case m.input != nil:
		m.typed(name, k.Text)
		return nil
	}
	switch name {
	case "q":
		return tea.Quit
	case "?", "f1":
		m.help = 0
		if m.page == pageHelp {
			m.page = pageMain
		} else {
			m.page = pageHelp
		}
		return nil
	case "ctrl+l":
		return tea.ClearScreen
	}
	switch m.page {
	case pageHelp:
		m.helpKey(name)
	case pageDetail:
		m.detailKey(name)
	case pageMain:
		m.mainKey(name)
	}
	return nil
}

func (m *model) mainKey(name string) {
	switch name {
	case "tab", "right", "l":
		m.focus = (m.focus + 1) % panes
	case "shift+tab", "left", "h":
		m.focus = (m.focus + panes - 1) % panes
	case "1", "2", "3":
		m.focus = pane(name[0] - '1')
	case "up", "k":
		m.choose(-1)
	case "down", "j":
		m.choose(1)
	case "pgup", "b", "ctrl+b":
		m.choose(-max(m.pageRows()-1, 1))
	case "pgdown", "f", "ctrl+f":
		m.choose(max(m.pageRows()-1, 1))
	case "home", "g":
		m.choose(-m.rows(m.focus))
	case "end", "G":
		if m.focus == paneEvents {
			m.follow()
		} else {
			m.choose(m.rows(m.focus))
		}
	case "space", "p":
		if m.frozen != nil {
			m.follow()
		} else {
			m.pause()
		}
	case "enter":
		m.enter()
	case "esc":
		switch {
		case m.zoom:
			m.zoom = false
		case !m.filter.Empty():
			m.setFilter("")
		default:
			m.follow()
		}
	case "z":
		m.zoom = !m.zoom
	default:
		m.filterKey(name)
	}
}

// filterKey changes which events are shown.
func (m *model) filterKey(name string) {
	toggle := func(key, value string) {
		if value == "" {
			return
		}
		text := m.filter.With(key, value)
		if text == m.filter.Text { // it is so already
			text = m.filter.With(key, "")
		}
		m.setFilter(text)
	}
	switch name {
	case "/":
		m.input = &input{text: m.filter.Text, before: m.filter.Text}
	case "s":
		toggle("session", m.chosenSession())
	case "t":
		if e := m.chosen(); e != nil {
			toggle("tool", e.Tool)
		}
	case "e":
		toggle("is", "error")
	case "v":
		m.setFilter(m.filter.With("severity", nextSeverity[m.filter.Value("severity")]))
	case "o":
		m.open = !m.open
	case "x":
		m.setFilter("")
	}
}

// nextSeverity is the way of the key v.
var nextSeverity = map[string]string{"": "low+", "low+": "medium+", "medium+": "high+", "high+": "critical", "critical": ""}

func (m *model) setFilter(text string) { m.filter = activity.ParseFilter(text) }

// enter shows more of what is chosen.
func (m *model) enter() {
	if m.focus == paneSessions {
		if id := m.chosenSession(); id != "" {
			m.setFilter(m.filter.With("session", id))
			m.focus = paneEvents
			m.follow()
		}
		return
	}
	if e := m.chosen(); e != nil {
		if m.focus == paneEvents {
			m.pause()
		}
		m.show(e)
	}
}
