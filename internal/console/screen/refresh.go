package screen

import (
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

// refresh takes over what is known now, and keeps what is chosen chosen.
func (m *model) refresh() {
	m.drawn = ""
	m.now = m.o.Now()
	m.o.Hub.Look(func(s *activity.State) {
		m.since = s.Since
		m.totals = s.Totals(m.now)
		m.sessions = s.Sessions(m.now)
		m.tools = s.Tools()
		m.alerts = s.Alerts(m.filter, m.open)
		if m.frozen == nil {
			m.events = s.Events(m.filter)
		} else {
			m.events = m.filter.Choose(m.frozen)
		}
		if m.detail.event != nil && m.detail.event.Alert != nil {
			m.detail.ack = s.AckOf(m.detail.event.Alert.ID)
		}
	})
	m.keepChoice()
}

// keepChoice finds the chosen rows again.
func (m *model) keepChoice() {
	m.lists[paneSessions].sel = max(0, slices.IndexFunc(m.sessions, func(s activity.Session) bool { return s.ID == m.session }))
	m.lists[paneAlerts].sel = max(0, slices.IndexFunc(m.alerts, func(a activity.AlertState) bool { return a.Event.Serial() == m.alert }))
	last := len(m.events) - 1
	at := last
	if m.event != 0 {
		// Events stand in the order of their serials.
		at, _ = slices.BinarySearchFunc(m.events, m.event, func(e *activity.Event, serial uint64) int {
			switch {
			case e.Serial() < serial:
				return -1
			case e.Serial() > serial:
				return 1
			}
			return 0
		})
	}
	m.lists[paneEvents].sel = max(0, min(at, last))
}

// rows is how many rows a pane has to choose from.
func (m *model) rows(p pane) int {
	switch p {
	case paneSessions:
		return len(m.sessions)
	case paneAlerts:
		return len(m.alerts)
	case paneEvents, panes:
	}
	return len(m.events)
}

// choose moves the choice of the pane that has the keys.
func (m *model) choose(by int) {
	n := m.rows(m.focus)
	if n == 0 {
		return
	}
	l := &m.lists[m.focus]
	before := l.sel
	l.move(by, n)
	switch m.focus {
	case paneSessions:
		m.session = m.sessions[l.sel].ID
	case paneAlerts:
		m.alert = m.alerts[l.sel].Event.Serial()
		if l.sel == 0 {
			m.alert = 0
		}
	case paneEvents, panes:
		switch {
		case by > 0 && before == n-1: // below the last one is what comes
			m.follow()
		default:
			m.pause()
			m.event = m.events[l.sel].Serial()
		}
	}
}

// pause keeps the events that are shown as they are.
func (m *model) pause() {
	if m.frozen != nil {
		return
	}
	m.frozenTotal = m.totals.Events
	m.o.Hub.Look(func(s *activity.State) { m.frozen = s.Events(nil) })
	if len(m.events) > 0 {
		m.event = m.events[m.lists[paneEvents].sel].Serial()
	}
}

// follow goes on with the newest events.
func (m *model) follow() { m.frozen, m.event = nil, 0 }

// chosen is the event, or the alert's, that is chosen; nil when none is.
func (m *model) chosen() *activity.Event {
	switch l := m.lists[m.focus]; m.focus {
	case paneAlerts:
		if l.sel < len(m.alerts) {
			return m.alerts[l.sel].Event
		}
	case paneEvents:
		if l.sel < len(m.events) {
			return m.events[l.sel]
		}
	case paneSessions, panes:
	}
	return nil
}

// chosenSession is the id of the session that is chosen, or that the chosen event
// is of.
func (m *model) chosenSession() string {
	if l := m.lists[paneSessions]; m.focus == paneSessions && l.sel < len(m.sessions) {
		return m.sessions[l.sel].ID
	}
	if e := m.chosen(); e != nil {
		return e.Session
	}
	return ""
}
