package coordination

import (
	"cmp"
	"time"
)

// Bounds of lists in a Session.
const (
	MaxFiles    = 20
	MaxSteps    = 200
	MaxEvidence = 20
)

// Limits bound what is held of a session. What is 0 is the default.
type Limits struct {
	Calls  int // tool calls; default 20,000
	Agents int // and delegations; default 2,000
	Listed int // conflicts, and repeats, that Session lists; default 200 each
	// Window is within which two changes of a file are a conflict. Default 10 minutes.
	Window time.Duration
}

func (l Limits) withDefaults() Limits {
	l.Calls, l.Agents, l.Listed = cmp.Or(l.Calls, 20_000), cmp.Or(l.Agents, 2_000), cmp.Or(l.Listed, 200)
	l.Window = cmp.Or(l.Window, 10*time.Minute)
	return l
}

// Analyzer takes the events of one session. It is not safe for concurrent use.
type Analyzer struct {
	limits Limits
}

// NewAnalyzer returns an Analyzer of a session that has no events yet.
func NewAnalyzer(l Limits) *Analyzer { return &Analyzer{limits: l.withDefaults()} }

// Add takes an event of the session. It keeps no pointer to it.
func (a *Analyzer) Add(*Event) {}

// Session is what is known by now. More may be added afterwards.
func (a *Analyzer) Session() Session { return Session{} }

// Build is what is known from all events of a session.
func Build(events []Event, l Limits) Session {
	a := NewAnalyzer(l)
	for i := range events {
		a.Add(&events[i])
	}
	return a.Session()
}
