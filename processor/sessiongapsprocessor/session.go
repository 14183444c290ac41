package sessiongapsprocessor

import (
	"cmp"
	"container/list"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxHoles is how many runs of missing numbers are waited for in a session.
// What is beyond is told at once. What arrives as it should has none for long.
const maxHoles = 64

// hole is a run of missing numbers.
type hole struct {
	from, to uint64
	since    time.Time
	told     *told // nil while it is waited for
}

// told is a number of missing events that a record told of.
type told struct {
	ranges []hole // as they were told
	left   uint64 // how many are still missing
	all    uint64
	since  time.Time
}

// session is what is known of one session's numbers.
type session struct {
	id, project string
	next        uint64 // the lowest number above all that came
	holes       []hole // in order
	excess      uint64 // missing numbers that could not be remembered
	heard       time.Time
	queued      *list.Element
}

// numbered is what the processor needs of an event.
type numbered struct {
	session, project string
	seq              uint64
	restarted        bool
}

// take notes that a number came. It returns the gap that is closed by it.
func (s *session) take(seq uint64, now time.Time) (closed *told, late bool) {
	switch {
	case seq < s.next:
		return s.fill(seq)
	case seq > s.next:
		s.miss(s.next, seq-1, now)
	}
	s.next = seq + 1
	return nil, false
}

func (s *session) miss(from, to uint64, now time.Time) {
	if len(s.holes) >= maxHoles {
		s.forgetTold()
	}
	if len(s.holes) >= maxHoles {
		s.excess += to - from + 1
		return
	}
	s.holes = append(s.holes, hole{from: from, to: to, since: now})
}

// forgetTold makes room: of what was told, only its coming later is not noticed.
func (s *session) forgetTold() {
	s.holes = slices.DeleteFunc(s.holes, func(h hole) bool { return h.told != nil })
}

// fill takes a number out of its hole.
func (s *session) fill(seq uint64) (closed *told, late bool) {
	i, _ := slices.BinarySearchFunc(s.holes, seq, func(h hole, seq uint64) int { return cmp.Compare(h.to, seq) })
	if i == len(s.holes) || s.holes[i].from > seq {
		return nil, false // it came before
	}
	h := &s.holes[i]
	t := h.told
	switch {
	case h.from == h.to:
		s.holes = slices.Delete(s.holes, i, i+1)
	case seq == h.from:
		h.from++
	case seq == h.to:
		h.to--
	default:
		rest := *h
		h.to, rest.from = seq-1, seq+1
		s.holes = slices.Insert(s.holes, i+1, rest)
	}
	if t == nil {
		return nil, false
	}
	if t.left--; t.left == 0 {
		return t, true
	}
	return nil, true
}

// due returns what has been missing since before the given time, without
// noting that it is told.
func (s *session) due(before time.Time) []hole {
	var due []hole
	for _, h := range s.holes {
		if h.told == nil && !h.since.After(before) {
			due = append(due, h)
		}
	}
	return due
}

// tell notes that holes are told.
func (s *session) tell(due []hole, t *told) {
	for _, d := range due {
		for i := range s.holes {
			// It may have become smaller or have been split meanwhile.
			if h := &s.holes[i]; h.told == nil && h.from >= d.from && h.to <= d.to {
				h.told = t
				t.left += h.to - h.from + 1
			}
		}
	}
}

// waiting reports whether something is missing that has not been told.
func (s *session) waiting() bool {
	return s.excess > 0 || slices.ContainsFunc(s.holes, func(h hole) bool { return h.told == nil })
}

// maxRanges bounds the runs of numbers that a record names.
const maxRanges = 32

// ranges writes runs of numbers, such as "3-5, 9", and how many were left out.
func ranges(holes []hole) (text string, omitted int) {
	var b strings.Builder
	for i, h := range holes {
		if i == maxRanges {
			return b.String(), len(holes) - i
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.FormatUint(h.from, 10))
		if h.to > h.from {
			b.WriteString("-" + strconv.FormatUint(h.to, 10))
		}
	}
	return b.String(), 0
}

func count(holes []hole) (n uint64) {
	for _, h := range holes {
		n += h.to - h.from + 1
	}
	return n
}
