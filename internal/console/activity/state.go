package activity

import (
	"cmp"
	"slices"
	"time"
)

// State is everything that the console shows of events.
type State struct {
	Since time.Time // what is older was not looked at

	ring     ring
	sessions sessions
	tools    tools
	alerts   alerts
	serial   uint64

	seconds, callSeconds Series

	events, calls, errors int
	open                  [5]int // alerts that nobody acknowledged, by rank
	skipped               uint64
	notice                string
}

// NewState returns a State that has seen nothing.
func NewState(since time.Time) *State {
	return &State{
		Since: since, sessions: newSessions(), tools: tools{}, alerts: alerts{byID: map[string]*AlertState{}},
		seconds: Series{Step: time.Second}, callSeconds: Series{Step: time.Second},
	}
}

// Apply takes in an event. now is when it came.
func (s *State) Apply(e *Event, now time.Time) {
	if e.Alert != nil {
		a := s.alerts.add(e)
		if a == nil {
			return // told again
		}
		s.open[e.Alert.Rank()]++
	}
	s.serial++
	e.serial = s.serial
	s.ring.add(e)
	s.events++
	s.seconds.Add(e.Time, now, 1)
	if e.Ack != nil { // it is no action of the session that it names
		s.acknowledge(e.Ack)
		return
	}
	session := s.sessions.of(e)
	if e.Alert != nil {
		if session != nil {
			session.Alerts[e.Alert.Rank()]++
		}
		return
	}
	switch e.Phase {
	case PhaseBefore:
		s.calls++
		s.callSeconds.Add(e.Time, now, 1)
	case PhaseFailed:
		s.errors++
	case PhaseNone, PhaseDone:
	}
	s.tools.apply(e, now)
	if session != nil {
		session.apply(e, now)
	}
}

func (s *State) acknowledge(k *Ack) {
	a := s.alerts.acknowledge(k)
	if a == nil {
		return
	}
	rank := a.Event.Alert.Rank()
	s.open[rank]--
	if session := s.sessions.known(a.Event.Session); session != nil && session.Alerts[rank] > 0 {
		session.Alerts[rank]--
		session.Acked++
	}
}

// Skip tells that n records were passed over, because there were too many.
func (s *State) Skip(n uint64) { s.skipped += n }

// Notice sets what the person should know of the source; "" for nothing.
func (s *State) Notice(text string) { s.notice = text }

// Totals are the numbers of everything since the start of the view.
type Totals struct {
	Events, Calls, Errors     int
	EventsPerSec, CallsPerSec float64
	Seconds                   []uint32 // events in each of the last seconds, the newest of which is not over
	Open                      [5]int   // alerts that nobody acknowledged, by rank
	Skipped                   uint64   // records that were passed over
	LostSessions, LostAlerts  int      // forgotten for newer ones
	Notice                    string
}

// rateSeconds is over how long rates are averaged.
const rateSeconds = 10

// Totals returns the numbers as of now.
func (s *State) Totals(now time.Time) Totals {
	return Totals{
		Events: s.events, Calls: s.calls, Errors: s.errors,
		EventsPerSec: s.seconds.PerSecond(rateSeconds, now), CallsPerSec: s.callSeconds.PerSecond(rateSeconds, now),
		Seconds: s.seconds.Last(slots, now), Open: s.open, Skipped: s.skipped,
		LostSessions: s.sessions.lost, LostAlerts: s.alerts.lost, Notice: s.notice,
	}
}

// Events returns the kept events that the filter chooses, oldest first.
func (s *State) Events(f *Filter) []*Event { return f.choose(s.ring.all()) }

// Alerts returns the kept alerts that the filter chooses, newest first.
func (s *State) Alerts(f *Filter, openOnly bool) []AlertState {
	out := make([]AlertState, 0, len(s.alerts.list))
	for _, a := range slices.Backward(s.alerts.list) {
		if (!openOnly || a.Ack == nil) && f.Match(a.Event) {
			out = append(out, *a)
		}
	}
	return out
}

// Sessions returns the known sessions: those at work first, and of them the one
// that began last.
func (s *State) Sessions(now time.Time) []Session {
	known := make([]*Session, 0, s.sessions.recent.Len())
	for at := s.sessions.recent.Front(); at != nil; at = at.Next() {
		if session := at.Value.(*Session); session.Action != nil {
			known = append(known, session)
		}
	}
	slices.SortFunc(known, func(a, b *Session) int {
		switch x, y := a.Active(now), b.Active(now); {
		case x != y && x:
			return -1
		case x != y:
			return 1
		case x:
			return cmp.Or(b.First.Compare(a.First), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID))
	})
	out := make([]Session, len(known))
	for i, session := range known {
		out[i] = *session
	}
	return out
}

// Tools returns what is known of tools, the most used first.
func (s *State) Tools() []Tool { return s.tools.sorted() }

// AckOf returns the acknowledgement of an alert, nil while there is none.
func (s *State) AckOf(alertID string) *Ack {
	if a := s.alerts.byID[alertID]; a != nil {
		return a.Ack
	}
	return nil
}
