package live

import (
	"cmp"
	"container/list"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// Limits bound a Tracker. What is 0 is the default.
type Limits struct {
	Sessions int           // followed at a time; default 1,000
	Bytes    int           // of all sessions; default 64 MiB
	Settle   time.Duration // how late events may be; default 1 minute
	Idle     time.Duration // how long a session is silent until it is told of; default 30 minutes
	Forget   time.Duration // how long a silent session is remembered; default 24 hours
	Ended    time.Duration // how long one that has ended is; default 1 hour
	Session  coordination.Limits
}

func (l Limits) withDefaults() Limits {
	l.Sessions, l.Bytes = cmp.Or(l.Sessions, 1_000), cmp.Or(l.Bytes, defaultBytes)
	l.Settle, l.Idle = cmp.Or(l.Settle, time.Minute), cmp.Or(l.Idle, 30*time.Minute)
	l.Forget, l.Ended = cmp.Or(l.Forget, 24*time.Hour), cmp.Or(l.Ended, time.Hour)
	return l
}

const defaultBytes = 64 << 20

// Bounds that nobody needs to choose.
const (
	// Sessions are looked at each time the events have gone on for so long.
	lookEvery = int64(5 * time.Second)
	// A session is worked out again when its events have become more by a third, or
	// after so long for each of them: the work for an event must not grow with the
	// session.
	workEach  = int64(700 * time.Millisecond)
	leastWork = int64(time.Minute)
	mostWork  = int64(10 * time.Minute)
	// Work that was done again is told of when there is something else, or so much later.
	repeatLater = int64(5 * time.Minute)
	// Clocks differ: an event may be so far ahead.
	maxAhead = 2 * time.Minute
	// Events that Quiet is told of are not older: the clock has been set back.
	mostBehind = 10 * time.Minute
	// Hooks run side by side: an event may seem to be so much later than the end.
	slack = int64(5 * time.Second)
	// Bytes of memory.
	perSession = 2048
	perTold    = 100
)

// Totals count what became of sessions and events since the start.
type Totals struct {
	Events  int64 // that were taken in
	Ahead   int64 // that claim to be of the future, and were not
	Evicted int64 // sessions that were forgotten before their time, to make room
	LeftOut int64 // events that were too many for their session
	Records int64 // that were made
	Worked  int64 // times that a session was worked out
}

// Tracker follows sessions. It is not safe for concurrent use.
type Tracker struct {
	limits   Limits
	sessions map[string]*list.Element // of *session
	order    *list.List               // the longest silent first
	mark     int64                    // the latest event
	looked   int64                    // the mark when sessions were looked at
	calm     bool                     // no events come: there is time for every session
	bytes    int
	records  []recorded.Record
	totals   Totals
}

// session is one that is followed.
type session struct {
	of    recorded.Of
	calls *coordination.Analyzer
	size  int // that is in Tracker.bytes
	last  int64
	ended int64 // when its last SessionEnd was
	// due is when the earliest thing happened that may have to be told; 0: none.
	due    int64
	since  int   // events since it was worked out
	events int   // in all
	worked int64 // the mark when it was worked out
	fresh  bool  // something came since the session as a whole was told of
	told   map[string]int64
}

// NewTracker returns a Tracker that follows nobody yet.
func NewTracker(l Limits) *Tracker {
	return &Tracker{limits: l.withDefaults(), sessions: map[string]*list.Element{}, order: list.New()}
}

// Totals are what was counted.
func (t *Tracker) Totals() Totals { return t.totals }

// Sessions is how many sessions are followed.
func (t *Tracker) Sessions() int { return len(t.sessions) }

// Bytes is about how much memory they take.
func (t *Tracker) Bytes() int { return t.bytes }

// Add takes an event. now is the time at which it cannot be later: the clock.
func (t *Tracker) Add(of recorded.Of, e *coordination.Event, now time.Time) {
	latest := now.Add(maxAhead).UnixNano()
	if e.At > latest {
		t.totals.Ahead++
		return
	}
	if t.mark > latest {
		t.rewind(e.At)
	}
	t.totals.Events++
	t.advance(e.At)
	s := t.session(of)
	left := s.calls.LeftOut
	switch s.calls.Add(e) {
	case coordination.Over:
		s.expect(e.At)
	case coordination.Repeated:
		s.expect(e.At + repeatLater)
	}
	t.totals.LeftOut += int64(s.calls.LeftOut - left)
	s.since++
	s.events++
	if e.Kind != coordination.Link && e.Kind != coordination.Request {
		s.last, s.fresh = max(s.last, e.At), true
	}
	if e.Kind == coordination.SessionEnd {
		s.ended = max(s.ended, e.At)
	}
	t.weigh(s)
	for t.bytes > t.limits.Bytes && t.order.Len() > 1 {
		t.evict()
	}
}

func (t *Tracker) weigh(s *session) {
	size := s.calls.Size() + len(s.told)*perTold + perSession
	t.bytes += size - s.size
	s.size = size
}

func (t *Tracker) session(of recorded.Of) *session {
	if e := t.sessions[of.Session]; e != nil {
		t.order.MoveToBack(e)
		s := e.Value.(*session)
		s.of.Project = cmp.Or(s.of.Project, of.Project)
		return s
	}
	for len(t.sessions) >= t.limits.Sessions {
		t.evict()
	}
	s := &session{of: of, calls: coordination.NewAnalyzer(t.limits.Session), told: map[string]int64{}}
	t.sessions[of.Session] = t.order.PushBack(s)
	return s
}

// evict makes room: what is known of the longest silent session is told.
func (t *Tracker) evict() {
	e := t.order.Front()
	t.finish(e.Value.(*session))
	t.drop(e)
	t.totals.Evicted++
}

func (t *Tracker) drop(e *list.Element) {
	s := e.Value.(*session)
	t.order.Remove(e)
	delete(t.sessions, s.of.Session)
	t.bytes -= s.size
}

// Quiet says that no events come, and none are on their way: all up to then have been
// added.
func (t *Tracker) Quiet(upTo time.Time) {
	if at := upTo.UnixNano(); t.mark-at > int64(mostBehind) {
		t.rewind(at)
	}
	t.mark = max(t.mark, upTo.UnixNano())
	t.calm = true
	t.look()
	t.calm = false
}

// Waits reports whether Quiet would tell of something.
func (t *Tracker) Waits(upTo time.Time) bool {
	mark := upTo.UnixNano()
	for e := t.order.Front(); e != nil; e = e.Next() {
		s := e.Value.(*session)
		silent := mark - s.last
		if s.due != 0 && mark-s.due >= int64(t.limits.Settle) || s.fresh && silent >= int64(t.limits.Settle) && (s.over() || silent >= int64(t.limits.Idle)) {
			return true
		}
	}
	return false
}

// over reports whether the session has ended.
func (s *session) over() bool { return s.ended != 0 && s.ended+slack >= s.last }

// rewind begins anew from a moment, when the clock was ahead and has been set right:
// until it were there again, nobody would be told of.
func (t *Tracker) rewind(to int64) {
	t.mark, t.looked = to, min(t.looked, to)
	for e := t.order.Front(); e != nil; e = e.Next() {
		s := e.Value.(*session)
		s.last, s.ended, s.due, s.worked = min(s.last, to), min(s.ended, to), min(s.due, to), min(s.worked, to)
	}
}

func (t *Tracker) advance(to int64) {
	if to <= t.mark {
		return
	}
	// Before the event is taken in: it must not change what is over already.
	if t.mark = to; to-t.looked >= lookEvery {
		t.look()
	}
}
