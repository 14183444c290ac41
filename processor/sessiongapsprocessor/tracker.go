package sessiongapsprocessor

import (
	"container/list"
	"sync"
	"time"
)

// tracker follows the sessions. It is safe for concurrent use.
type tracker struct {
	max  int
	idle time.Duration

	mu        sync.Mutex
	sessions  map[string]*session
	queue     *list.List        // of sessions, the silent longest first
	missing   map[*session]bool // with something to tell
	closed    []report          // gaps to tell the end of
	recovered int64             // late events since the last look
	forgotten int64             // sessions since the last look
}

// maxClosed bounds the ends of gaps that wait to be told.
const maxClosed = 1000

// report is one record to be sent.
type report struct {
	session *session // only for settle
	id      string
	project string
	holes   []hole // what is told to be missing, or has come
	missing uint64
	since   time.Time
	closed  bool
}

func newTracker(limit int, idle time.Duration) *tracker {
	return &tracker{max: limit, idle: idle, sessions: map[string]*session{}, queue: list.New(), missing: map[*session]bool{}}
}

// add notes events that are safe.
func (t *tracker) add(events []numbered, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range events {
		t.one(&events[i], now)
	}
}

func (t *tracker) one(e *numbered, now time.Time) {
	s := t.sessions[e.session]
	if s != nil && e.restarted && e.seq < s.next {
		t.drop(s) // what it lacks is still told
		s = nil
	}
	if s == nil {
		// What came before a collector's start is not known to it.
		s = &session{id: e.session, next: e.seq}
		if len(t.sessions) >= t.max {
			oldest := t.queue.Front().Value.(*session)
			t.drop(oldest)
			t.forgotten++
			if len(t.missing) > t.max {
				delete(t.missing, oldest)
			}
		}
		s.queued = t.queue.PushBack(s)
		t.sessions[s.id] = s
	} else {
		t.queue.MoveToBack(s.queued)
	}
	s.heard = now
	if e.project != "" && e.project != s.project {
		s.project = e.project
	}
	closed, late := s.take(e.seq, now)
	if late {
		t.recovered++
	}
	if closed != nil && len(t.closed) < maxClosed {
		t.closed = append(t.closed, report{session: s, id: s.id, project: s.project, holes: closed.ranges, missing: closed.all, since: closed.since, closed: true})
	}
	if s.waiting() {
		t.missing[s] = true
	} else {
		delete(t.missing, s)
	}
}

// drop stops following a session.
func (t *tracker) drop(s *session) {
	t.queue.Remove(s.queued)
	if t.sessions[s.id] == s {
		delete(t.sessions, s.id)
	}
}

// due returns at most limit reports about what is missing since before a time,
// and about gaps that have closed. What is returned is to be settled.
func (t *tracker) due(before time.Time, limit int) []report {
	t.mu.Lock()
	defer t.mu.Unlock()
	var reports []report
	for s := range t.missing {
		if len(reports) == limit {
			return reports
		}
		holes := s.due(before)
		if n := count(holes) + s.excess; n > 0 {
			r := report{session: s, id: s.id, project: s.project, holes: holes, missing: n, since: before}
			if len(holes) > 0 {
				r.since = holes[0].since
			}
			reports = append(reports, r)
		}
	}
	n := min(len(t.closed), limit-len(reports))
	return append(reports, t.closed[:n]...)
}

// settle notes that a report has been taken.
func (t *tracker) settle(r report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.closed {
		t.closed = t.closed[1:] // they are settled in their order
		return
	}
	told := &told{ranges: r.holes, all: r.missing, since: r.since}
	told.left = r.missing - count(r.holes) // of the excess nobody will know whether it comes
	r.session.tell(r.holes, told)
	if told.left == 0 && len(t.closed) < maxClosed { // it has come since the report was made
		r.closed = true
		t.closed = append(t.closed, r)
	}
	r.session.excess -= min(r.session.excess, r.missing-count(r.holes))
	if !r.session.waiting() {
		delete(t.missing, r.session)
	}
}

// sweep forgets sessions that have been silent, and returns what is known.
func (t *tracker) sweep(now time.Time) (sessions, waiting int, recovered, forgotten int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for front := t.queue.Front(); front != nil; front = t.queue.Front() {
		s := front.Value.(*session)
		if now.Sub(s.heard) < t.idle {
			break
		}
		t.drop(s)
	}
	recovered, forgotten = t.recovered, t.forgotten
	t.recovered, t.forgotten = 0, 0
	return len(t.sessions), len(t.missing), recovered, forgotten
}
