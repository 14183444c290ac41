package auditverify

import (
	"cmp"
	"container/list"
	"fmt"
	"slices"
)

const (
	// maxSessions is how many sessions are followed at the same time. When there
	// are more, the one that was silent longest is closed: its holes are told.
	maxSessions = 20_000
	// maxSpans is how many runs of numbers are kept of a session.
	maxSpans = 64
)

// span is a run of numbers without a hole.
type span struct{ from, to uint64 }

// session is what is known of one session's numbers. Events may arrive in any
// order: a run closes when its neighbours arrive.
type session struct {
	id      string
	spans   []span
	doubles int64
	last    place
	queued  *list.Element
}

// sessions checks that the events of each session are numbered from 1 without holes.
type sessions struct {
	res    *results
	pruned bool // the beginning of the log is missing: sessions may begin anywhere
	by     map[string]*session
	queue  *list.List // silent longest first
	total  int64
	holes  int64
	missed int64
}

func newSessions(res *results, pruned bool) *sessions {
	return &sessions{res: res, pruned: pruned, by: make(map[string]*session), queue: list.New()}
}

func (s *sessions) line(at place, l *line) {
	if l.number == 0 || len(l.session) == 0 || len(l.session) > 1024 {
		return
	}
	one := s.by[string(l.session)]
	if one != nil && l.restart && l.number == 1 {
		s.end(one) // its state was lost, and it is numbered anew
		one = nil
	}
	if one == nil {
		if len(s.by) >= maxSessions {
			oldest, _ := s.queue.Front().Value.(*session)
			s.end(oldest)
		}
		one = &session{id: string(l.session)}
		one.queued = s.queue.PushBack(one)
		s.by[one.id] = one
		s.total++
	} else {
		s.queue.MoveToBack(one.queued)
	}
	one.last = at
	if !one.add(l.number) {
		one.doubles++
		s.res.warn(CheckSessions, at.finding("", "", "session %s has number %d twice", one.id, l.number))
	}
}

// add takes a number in; false when it is there.
func (s *session) add(n uint64) bool {
	i, _ := slices.BinarySearchFunc(s.spans, n, func(p span, n uint64) int { return cmp.Compare(p.to, n) })
	if i < len(s.spans) && s.spans[i].from <= n {
		return false
	}
	// It lies between the spans i-1 and i.
	left := i > 0 && s.spans[i-1].to+1 == n
	right := i < len(s.spans) && s.spans[i].from == n+1
	switch {
	case left && right:
		s.spans[i-1].to = s.spans[i].to
		s.spans = slices.Delete(s.spans, i, i+1)
	case left:
		s.spans[i-1].to = n
	case right:
		s.spans[i].from = n
	default:
		s.spans = slices.Insert(s.spans, i, span{n, n})
		if len(s.spans) > maxSpans { // never for what arrives as it should
			s.spans[0].to = s.spans[1].to
			s.spans = slices.Delete(s.spans, 1, 2)
		}
	}
	return true
}

// end tells of a session's holes and forgets it.
func (s *sessions) end(one *session) {
	next := uint64(1)
	for i, p := range one.spans {
		if i == 0 && s.pruned {
			next = p.from
		}
		if p.from > next {
			s.holes++
			s.missed += int64(p.from - next) //nolint:gosec // told to people
			s.res.warn(CheckSessions, one.last.finding("", "", "session %s lacks the numbers %d to %d", one.id, next, p.from-1))
		}
		next = p.to + 1
	}
	s.queue.Remove(one.queued)
	delete(s.by, one.id)
}

// finish tells of the holes of all sessions.
func (s *sessions) finish() {
	for s.queue.Len() > 0 {
		one, _ := s.queue.Front().Value.(*session)
		s.end(one)
	}
	if s.holes > 0 {
		s.res.by[CheckSessions].Summary = fmt.Sprintf("%d of the numbers of %d sessions are missing", s.missed, s.total)
	} else if s.total == 0 {
		s.res.skip(CheckSessions, "no record has a session's number")
	}
}
