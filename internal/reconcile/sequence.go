package reconcile

import (
	"cmp"
	"slices"
	"time"
)

// sequence finds the holes in the sessions' numbers. given returns the last
// number that a session was given, 0 when that is not known.
func (c *Collector) sequence(r *Sequence, given func(session string) uint64) {
	r.Holes = []Hole{}
	for _, s := range c.chosen() {
		c.holes(s, r, given(s.id))
	}
	slices.SortStableFunc(r.Holes, func(a, b Hole) int { return a.After.Compare(b.After) })
	r.Status = statusOf(r.Missing > 0)
}

// holes adds the session's holes. Numbers are compared as a set, so an event
// that came late, from the spool, fills its place. Where a session's state was
// lost its numbers began again: the parts are told apart by the time of capture.
func (c *Collector) holes(s *session, r *Sequence, given uint64) {
	slices.SortStableFunc(s.numbers, func(a, b number) int { return a.at.Compare(b.at) })
	start := 0
	for i := range s.numbers {
		if s.numbers[i].restarted && i > start {
			c.part(s, r, s.numbers[start:i], 0, c.pruned && start == 0)
			start = i
			r.Restarts++
		}
	}
	c.part(s, r, s.numbers[start:], given, c.pruned && start == 0)
}

// settling reports whether an event is so new, or so far behind the window,
// that what was numbered before it may still be on its way. One that claims to
// come from the future is not: else a forged time would hide a hole.
func (c *Collector) settling(at time.Time) bool {
	return !at.Before(c.options.Until) && (c.options.Now.IsZero() || at.Before(c.options.Now.Add(time.Minute)))
}

// part looks at numbers that were counted in one go. With cut, those at the
// beginning may have been pruned from the log.
func (c *Collector) part(s *session, r *Sequence, part []number, given uint64, cut bool) {
	slices.SortStableFunc(part, func(a, b number) int { return cmp.Compare(a.seq, b.seq) })
	var last uint64
	var at time.Time
	for i, n := range part {
		if n.waiting {
			r.Waiting++
		} else {
			r.Events++
		}
		switch {
		case n.seq == last && i > 0:
			if !n.waiting { // a file that is left in the spool after its event was taken is no second event
				r.Doubled++
			}
		case i == 0 && cut && n.seq > 1:
			r.Cut++
		case n.seq > last+1 && c.settling(n.at):
			r.Settling++
		case n.seq > last+1:
			s.hole(r, last+1, n.seq-1, at, n.at)
		}
		last, at = n.seq, n.at
	}
	if given > last && len(part) > 0 {
		s.hole(r, last+1, given, at, time.Time{})
	}
}

func (s *session) hole(r *Sequence, first, last uint64, after, before time.Time) {
	r.Missing += last - first + 1
	if len(r.Holes) < maxListed {
		r.Holes = append(r.Holes, Hole{SessionID: s.id, Project: s.project, First: first, Last: last, After: after.UTC(), Before: before.UTC()})
	}
	s.gaps = append(s.gaps, gap{after, before})
}

// gap is the time in which a hole's events happened.
type gap struct{ after, before time.Time }

// holeAfter reports whether events are missing that may have come after t.
func (s *session) holeAfter(t time.Time) bool {
	return slices.ContainsFunc(s.gaps, func(g gap) bool { return g.before.IsZero() || g.before.After(t) })
}
