package activity

import (
	"container/list"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxSessions bounds how many sessions are known: whoever may send events may
// name as many as they like.
const maxSessions = 500

// ActiveFor is how long after its last event a session that did not end counts as
// active.
const ActiveFor = 10 * time.Minute

// Session is what is known of one.
type Session struct {
	ID, Project string
	First, Last time.Time
	Begun       bool // its start was seen: First is its age, else it is older
	Ended       bool
	Events      int
	Errors      int
	Alerts      [5]int // open ones, by rank
	Acked       int
	Recent      Series // in steps of RecentStep
	Action      *Event // the last thing that it did

	before, after int // events before and after tool calls
}

// Calls is how many tool calls were made.
func (s *Session) Calls() int { return max(s.before, s.after) }

// Active reports whether it is at work.
func (s *Session) Active(now time.Time) bool { return !s.Ended && now.Sub(s.Last) < ActiveFor }

// WorstAlert is the highest rank of its open alerts.
func (s *Session) WorstAlert() int {
	for rank := len(s.Alerts) - 1; rank > 0; rank-- {
		if s.Alerts[rank] > 0 {
			return rank
		}
	}
	return 0
}

// OpenAlerts is how many of its alerts nobody has acknowledged.
func (s *Session) OpenAlerts() (n int) {
	for _, c := range s.Alerts {
		n += c
	}
	return n
}

func (s *Session) apply(e *Event, now time.Time) {
	s.Events++
	if e.Project != "" {
		s.Project = e.Project
	}
	if e.Time.Before(s.First) {
		s.First = e.Time
	}
	if e.Time.After(s.Last) {
		s.Last = e.Time
	}
	if s.Last.After(now) { // a clock that is ahead must not keep it active
		s.Last = now
	}
	s.Recent.Add(e.Time, now, 1)
	switch e.Phase {
	case PhaseBefore:
		s.before++
	case PhaseDone:
		s.after++
	case PhaseFailed:
		s.Errors++
		if e.Tool != "" && e.Hook != "PermissionDenied" {
			s.after++
		}
	case PhaseNone:
	}
	switch e.Type {
	case semconv.EventSessionStart:
		s.Begun, s.Ended = s.Begun || e.What == "startup" || e.What == "clear", false
	case semconv.EventSessionEnd:
		s.Ended = true
	default:
		s.Ended = false
	}
	s.Action = e
}

// sessions knows the sessions that had an event last.
type sessions struct {
	byID   map[string]*list.Element
	recent *list.List // of *Session, the one with the newest event first
	lost   int        // sessions that were forgotten for new ones
}

func newSessions() sessions { return sessions{byID: map[string]*list.Element{}, recent: list.New()} }

// of returns the session of an event, nil when the event has none.
func (s *sessions) of(e *Event) *Session {
	if e.Session == "" {
		return nil
	}
	if at, ok := s.byID[e.Session]; ok {
		s.recent.MoveToFront(at)
		return at.Value.(*Session)
	}
	if s.recent.Len() >= maxSessions {
		oldest := s.recent.Back()
		delete(s.byID, oldest.Value.(*Session).ID)
		s.recent.Remove(oldest)
		s.lost++
	}
	found := &Session{ID: e.Session, First: e.Time, Recent: Series{Step: RecentStep}}
	s.byID[e.Session] = s.recent.PushFront(found)
	return found
}

// known returns a session by its id, nil when there is none.
func (s *sessions) known(id string) *Session {
	if at, ok := s.byID[id]; ok {
		return at.Value.(*Session)
	}
	return nil
}
