package screen

// The smallest terminal that is drawn in, and from where on there is room for more.
const (
	minWidth  = 40
	minHeight = 8
	wide      = 100 // project and session of each event
	veryWide  = 130 // tools beside the sessions
	lowHeight = 16  // below it only the pane with the keys is shown
	toolsWide = 46
)

// layout is how many rows each pane has for its own. 0: it is not shown.
type layout struct {
	head int // lines over the panes
	rows [panes]int
}

// overhead is how many lines a pane has beside its rows: title, and heads of columns.
var overhead = [panes]int{paneSessions: 2, paneAlerts: 1, paneEvents: 1}

func (m *model) layout() layout {
	l := layout{head: 3}
	if m.height < lowHeight {
		l.head = 1
	}
	room := m.height - l.head - 1 // the last line has the keys
	if m.zoom || m.height < lowHeight {
		l.rows[m.focus] = max(room-overhead[m.focus], 1)
		return l
	}
	room -= overhead[paneSessions] + overhead[paneAlerts] + overhead[paneEvents]
	few := func(have, share int) int { return min(max(have, 1), max(share, 1)) }
	sessions := len(m.sessions)
	if m.width >= veryWide {
		sessions = max(sessions, len(m.tools))
	}
	l.rows[paneSessions] = few(sessions, min(room/4, 12))
	l.rows[paneAlerts] = few(len(m.alerts), min(room/4, 12))
	l.rows[paneEvents] = max(room-l.rows[paneSessions]-l.rows[paneAlerts], 1)
	return l
}

// pageRows is how many rows the pane with the keys shows.
func (m *model) pageRows() int { return m.layout().rows[m.focus] }
