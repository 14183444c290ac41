package activity

import "time"

const (
	slots = 60 // steps that a Series remembers
	// RecentStep is the step of the series of sessions and tools: they remember ten
	// minutes.
	RecentStep = 10 * time.Second
)

// Series counts what happens in each step of time. The zero Series counts nothing
// until Step is set.
type Series struct {
	Step  time.Duration
	count [slots]uint32
	head  int64 // number of the newest step
}

func (s *Series) step(t time.Time) int64 { return t.UnixNano() / int64(s.Step) }

// Add counts n at a time. What lies further back than the series remembers, is
// left out; what lies ahead of now counts now.
func (s *Series) Add(at, now time.Time, n uint32) {
	if at.After(now) || at.Year() > 2200 {
		at = now
	}
	s.advance(now)
	if step := s.step(at); at.Year() > 1970 && step > s.head-slots && step <= s.head {
		s.count[step%slots] += n
	}
}

// advance makes now the newest step.
func (s *Series) advance(now time.Time) {
	step := s.step(now)
	if step-s.head >= slots || s.head-step >= slots {
		s.count, s.head = [slots]uint32{}, step
	}
	for s.head < step {
		s.head++
		s.count[s.head%slots] = 0
	}
}

// Last returns the counts of the last n steps, the oldest first. The newest one
// is the step that now is in.
func (s *Series) Last(n int, now time.Time) []uint32 {
	s.advance(now)
	n = min(n, slots)
	out := make([]uint32, n)
	for i := range n {
		if step := s.head - int64(n-1-i); step >= 0 {
			out[i] = s.count[step%slots]
		}
	}
	return out
}

// Bars returns all that the series remembers as n sums, the oldest first; n
// divides 60.
func (s *Series) Bars(n int, now time.Time) []uint32 {
	out := make([]uint32, n)
	for i, c := range s.Last(slots, now) {
		out[i*n/slots] += c
	}
	return out
}

// PerMinute is how much the last minute had, of a series of RecentStep.
func (s *Series) PerMinute(now time.Time) (sum int) {
	for _, c := range s.Last(int(time.Minute/RecentStep), now) {
		sum += int(c)
	}
	return sum
}

// PerSecond is the average of the last n steps that are over.
func (s *Series) PerSecond(n int, now time.Time) float64 {
	sum := uint64(0)
	for _, c := range s.Last(n+1, now)[:n] {
		sum += uint64(c)
	}
	return float64(sum) / (float64(n) * s.Step.Seconds())
}
