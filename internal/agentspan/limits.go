package agentspan

import (
	"cmp"
	"time"
)

// Limits bound a Tracker. Zero values are replaced by the defaults.
type Limits struct {
	Sessions     int // followed at a time; default 1000
	SessionSpans int // turns, agents and calls of one session; default 2000
	Spans        int // turns, agents and calls of all; default 20000
	Bytes        int // about what is kept in memory; default 32 MiB

	Grace          time.Duration // how long what belongs to a span that ended is waited for; default 30s
	CallTimeout    time.Duration // how long a call may take of which no end comes; default 24h
	SessionTimeout time.Duration // how long a session may be silent; default 24h
	NoDetails      bool          // leave out commands, paths and addresses
}

// Bounds that nobody needs to choose.
const (
	maxAhead = int64(2 * time.Minute) // an event of a later time is taken for one of now
	// What time alone ends is not ended while its session's records still come in.
	settle = 2 * time.Second
)

func (l Limits) withDefaults() Limits {
	l.Sessions, l.SessionSpans = cmp.Or(l.Sessions, 1_000), cmp.Or(l.SessionSpans, 2_000)
	l.Spans, l.Bytes = cmp.Or(l.Spans, 20_000), cmp.Or(l.Bytes, 32<<20)
	l.Grace, l.CallTimeout, l.SessionTimeout = cmp.Or(l.Grace, 30*time.Second), cmp.Or(l.CallTimeout, 24*time.Hour), cmp.Or(l.SessionTimeout, 24*time.Hour)
	return l
}

// Counts say what a Tracker keeps, and what became of events since the start.
type Counts struct {
	Sessions int
	Open     int // spans that are not finished
	Bytes    int // about what they take in memory
	Pending  int // finished spans that were not delivered
	Late     int64
	Ignored  int64
}
