package screen

// keyHelp is what every key does. docs/watch.md lists the same.
var keyHelp = [][2]string{
	{"", "Everywhere"},
	{"q, ctrl+c", "quit"},
	{"?, f1", "this page, and back"},
	{"ctrl+l", "draw the screen anew"},
	{"ctrl+z", "suspend; fg comes back"},
	{"", "Panes"},
	{"tab, ←→", "the next pane, the one before"},
	{"1, 2, 3", "sessions, alerts, events"},
	{"↑↓, j k", "one row"},
	{"pgup pgdn, b f", "a page"},
	{"home end, g G", "the first, the last; G in events follows again"},
	{"space, p", "pause the events, and go on"},
	{"enter", "all of an event or alert; of a session: its events"},
	{"z", "only this pane, and back"},
	{"esc", "undo: zoom, then the filter, then the pause"},
	{"", "Filter"},
	{"/", "type one: enter keeps it, esc does not; ctrl+u, ctrl+w delete"},
	{"s", "only this session, and all again"},
	{"t", "only this tool, and all again"},
	{"e", "only what failed, and all again"},
	{"v", "only alerts: of low severity or worse, medium, high, critical, all again"},
	{"o", "only alerts that nobody acknowledged, and all again"},
	{"x", "no filter"},
	{"", "Words of a filter: all have to match, a - in front turns one round"},
	{"text", "an event that holds it"},
	{"session:5e55", "beginning with; so project: tool: type: level: agent:"},
	{"severity:high+", "alerts; without the +, of this severity alone"},
	{"is:error", "also is:alert, is:outside"},
	{"", "Signs"},
	{"▸ ✓ ✗ ⚠", "before a tool runs, after it, failed or denied, an alert"},
	{">12m", "a session that is older: its start was not seen"},
	{"skipped", "records that came faster than they could be shown"},
}

func (m *model) helpLines() []row {
	var out []row
	for _, k := range keyHelp {
		if k[0] == "" {
			if out != nil {
				out = append(out, row{})
			}
			out = append(out, row{{"  " + k[1], bold}})
			continue
		}
		out = append(out, m.field(k[0], k[1], plain)...)
	}
	return out
}

func (m *model) helpKey(name string) {
	size := max(m.height-3, 1)
	switch name {
	case "esc", "enter":
		m.page = pageMain
	case "up", "k":
		m.help--
	case "down", "j":
		m.help++
	case "pgup", "b", "ctrl+b":
		m.help -= size
	case "pgdown", "f", "ctrl+f", "space":
		m.help += size
	case "home", "g":
		m.help = 0
	case "end", "G":
		m.help = 1 << 30
	}
}

func (m *model) drawHelp() []string {
	lines := m.helpLines()
	size := max(m.height-2, 1)
	m.help = min(max(m.help, 0), max(len(lines)-size, 0))
	about := ""
	if m.help+size < len(lines) {
		about = "more below"
	}
	out := []string{title("Help", about, true, m.width).paint(m.width, false)}
	for _, l := range lines[m.help:min(m.help+size, len(lines))] {
		out = append(out, l.paint(m.width, false))
	}
	for len(out) < m.height-1 {
		out = append(out, row{}.paint(m.width, false))
	}
	return append(out, m.keyHints([][2]string{{"esc", "back"}, {"↑↓", "scroll"}, {"q", "quit"}}))
}
