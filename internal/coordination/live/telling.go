package live

import (
	"math"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// look tells what is over, and forgets who has been silent for long.
func (t *Tracker) look() {
	t.looked = t.mark
	for e := t.order.Front(); e != nil; {
		next, s := e.Next(), e.Value.(*session)
		silent := t.mark - s.last
		over := s.over()
		switch {
		case s.fresh && (over && silent >= int64(t.limits.Settle) || silent >= int64(t.limits.Idle)):
			t.finish(s)
		case !s.fresh && (over && silent >= int64(t.limits.Ended) || silent >= int64(t.limits.Forget)):
			t.drop(e)
		case s.due != 0 && t.mark-s.due >= int64(t.limits.Settle) && (t.calm || s.worth(t.mark)):
			t.tell(s, t.mark-int64(t.limits.Settle))
		}
		e = next
	}
}

// worth reports whether a session may be worked out again.
func (s *session) worth(mark int64) bool {
	pause := min(max(int64(min(s.events, 1<<20))*workEach, leastWork), mostWork)
	return 4*s.since >= s.events || mark-s.worked >= pause
}

// finish tells of a session as a whole, and of all in it that was not told yet.
func (t *Tracker) finish(s *session) {
	if !s.fresh {
		return
	}
	s.fresh = false
	if !s.calls.Delegates() {
		s.due, s.since = 0, 0
		return
	}
	all := t.tell(s, math.MaxInt64)
	t.made(recorded.Session(s.of, all)...)
}

// tell tells of what was over by then, and was not told yet.
func (t *Tracker) tell(s *session, by int64) *coordination.Session {
	var all coordination.Session
	if by == math.MaxInt64 {
		all = s.calls.Session()
	} else {
		all = s.calls.SoFar()
	}
	t.totals.Worked++
	s.due, s.since, s.worked = 0, 0, t.mark
	later := func(at time.Time) bool {
		n := at.UnixNano()
		if n <= by {
			return false
		}
		s.expect(n)
		return true
	}
	for i := range all.Delegations {
		d := &all.Delegations[i]
		if d.Over.IsZero() && by != math.MaxInt64 || !d.Over.IsZero() && later(d.Over) || !s.is(d.ID, d.End) {
			continue
		}
		t.made(recorded.Delegation(s.of, d))
	}
	for i := range all.Conflicts {
		if c := &all.Conflicts[i]; !later(c.Second.Time) && s.is(c.ID, c.Second.Time) {
			t.made(recorded.Conflict(s.of, c))
		}
	}
	for i := range all.Repeated {
		if r := &all.Repeated[i]; !later(r.Second.Time) && s.is(r.ID, r.Second.Time) {
			t.made(recorded.Repeat(s.of, r))
		}
	}
	t.weigh(s)
	return &all
}

// expect notes when the earliest thing happened that may have to be told.
func (s *session) expect(at int64) {
	if s.due == 0 || at < s.due {
		s.due = at
	}
}

// is reports whether a thing was not told of yet as it is: it ended later than was told.
func (s *session) is(id string, end time.Time) (news bool) {
	at := end.UnixNano()
	if told, known := s.told[id]; known && told >= at {
		return false
	}
	s.told[id] = at
	return true
}

func (t *Tracker) made(list ...recorded.Record) {
	t.records = append(t.records, list...)
	t.totals.Records += int64(len(list))
}

// Take returns the records that were made since it was last called.
func (t *Tracker) Take() []recorded.Record {
	list := t.records
	t.records = nil
	return list
}

// End tells of everything there is, as when all sessions had been silent for long.
func (t *Tracker) End() {
	for e := t.order.Front(); e != nil; e = e.Next() {
		t.finish(e.Value.(*session))
	}
}
