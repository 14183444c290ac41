package gantt

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Bounds of what is cut out of the time.
const (
	minBreak   = 2 * time.Minute // shorter silence stays
	breakShare = 0.05            // of the time that is shown: likewise
	maxBreaks  = 12              // the longest ones
	breakWidth = 0.012           // of the axis
)

// Span is a stretch of time.
type Span struct{ From, To time.Time }

// length is at most 292 years: sums of several are no durations.
func (s Span) length() time.Duration { return s.To.Sub(s.From) }

// Scale places times on an axis from 0 to 1.
type Scale struct {
	parts []part
}

// part is a stretch of time that is shown, and where.
type part struct {
	Span
	x0, x1 float64
}

// Break is time that is cut out.
type Break struct {
	Span
	X0, X1 float64
}

// newScale makes a scale of the time from the first to the last of some stretches, in
// which something was recorded or a call ran.
func newScale(busy []Span) (*Scale, []Break) {
	if len(busy) == 0 {
		return &Scale{}, nil
	}
	shown := merged(busy)
	parts, cuts := cut(shown)
	length := 0.0
	for _, p := range parts {
		length += float64(p.length())
	}
	room := 1 - breakWidth*float64(len(cuts))
	s := &Scale{}
	var breaks []Break
	x := 0.0
	for i, p := range parts {
		w := room / float64(len(parts)) // all of no length
		if length > 0 {
			w = room * float64(p.length()) / length
		}
		s.parts = append(s.parts, part{p, x, x + w})
		x += w
		if i < len(cuts) {
			breaks = append(breaks, Break{cuts[i], x, x + breakWidth})
			x += breakWidth
		}
	}
	return s, breaks
}

// merged returns the stretches in order, those that touch as one.
func merged(busy []Span) []Span {
	all := slices.Clone(busy)
	slices.SortFunc(all, func(a, b Span) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	out := all[:0]
	for _, s := range all {
		if s.To.Before(s.From) {
			s.To = s.From
		}
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			if s.To.After(out[n-1].To) {
				out[n-1].To = s.To
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// cut takes the longest stretches without anything out, as long as they are much of
// what is left.
func cut(busy []Span) (parts, cuts []Span) {
	var gaps []Span
	for i := 1; i < len(busy); i++ {
		gaps = append(gaps, Span{busy[i-1].To, busy[i].From})
	}
	slices.SortStableFunc(gaps, func(a, b Span) int { return cmp.Compare(b.length(), a.length()) })
	left := float64(busy[len(busy)-1].To.Sub(busy[0].From))
	for _, g := range gaps {
		if len(cuts) == maxBreaks || g.length() < minBreak || float64(g.length()) < breakShare*left {
			break
		}
		left -= float64(g.length())
		cuts = append(cuts, g)
	}
	slices.SortFunc(cuts, func(a, b Span) int { return a.From.Compare(b.From) })
	from := busy[0].From
	for _, c := range cuts {
		parts = append(parts, Span{from, c.From})
		from = c.To
	}
	return append(parts, Span{from, busy[len(busy)-1].To}), cuts
}

// X returns the place of a time: 0 for all in front of the axis, 1 for all behind it,
// and the middle of a break for those that are cut out.
func (s *Scale) X(t time.Time) float64 {
	i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].From.After(t) }) - 1
	if i < 0 {
		return 0
	}
	p := s.parts[i]
	switch {
	case !t.After(p.To):
		if p.length() <= 0 {
			return p.x0
		}
		return p.x0 + (p.x1-p.x0)*float64(t.Sub(p.From))/float64(p.length())
	case i == len(s.parts)-1:
		return 1
	}
	return (p.x1 + s.parts[i+1].x0) / 2
}
