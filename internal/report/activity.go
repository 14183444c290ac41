package report

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of what is remembered of activity.
const (
	maxBuckets = 60     // of the result
	maxCounted = 50_000 // base steps, five years of hours
	finePeriod = 48 * time.Hour
)

// activity counts by time.
type activity struct {
	since, until time.Time // zero since: from the first event on
	base         time.Duration
	counts       map[int64]*Bucket // by base steps since 1970
}

func newActivity(since, until time.Time) *activity {
	a := &activity{since: since, until: until, base: time.Hour, counts: map[int64]*Bucket{}}
	if !since.IsZero() && until.Sub(since) <= finePeriod {
		a.base = time.Minute
	}
	return a
}

// at returns the counts of a time; times behind the bound share theirs.
func (a *activity) at(t time.Time) *Bucket {
	step := t.Unix() / int64(a.base/time.Second)
	c := a.counts[step]
	if c == nil {
		if len(a.counts) >= maxCounted {
			return &Bucket{}
		}
		c = &Bucket{}
		a.counts[step] = c
	}
	return c
}

func (a *activity) event(t time.Time) { a.at(t).Events++ }

func (a *activity) add(t time.Time, c Counts) {
	n := a.at(t)
	n.Modifications += c.Modifications
	n.Outside += c.Outside
}

func (a *activity) alert(t time.Time, severity string) {
	n := a.at(t)
	switch severity {
	case semconv.SeverityCritical:
		n.Critical++
	case semconv.SeverityHigh:
		n.High++
	case semconv.SeverityMedium:
		n.Medium++
	default:
		n.Low++
	}
}

// steps are the widths of buckets, each a multiple of a base.
var steps = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour, 91 * 24 * time.Hour, 364 * 24 * time.Hour, 3640 * 24 * time.Hour,
}

// result makes buckets of what was counted, over the whole period.
func (a *activity) result() Activity {
	r := Activity{Buckets: []Bucket{}}
	from, to := a.since, a.until
	if from.IsZero() {
		first := int64(1<<63 - 1)
		for step := range a.counts {
			first = min(first, step)
		}
		if len(a.counts) == 0 {
			return r
		}
		from = time.Unix(first*int64(a.base/time.Second), 0)
	}
	width := steps[len(steps)-1]
	for _, s := range steps {
		// One more for a start that is not at a step's.
		if s >= a.base && int(to.Sub(from)/s)+2 <= maxBuckets {
			width = s
			break
		}
	}
	seconds := int64(width / time.Second)
	first, last := from.Unix()/seconds, (to.Unix()-1)/seconds
	if last < first || last-first >= 10*maxBuckets {
		return r
	}
	r.StepSeconds = seconds
	for i := first; i <= last; i++ {
		r.Buckets = append(r.Buckets, Bucket{Start: time.Unix(i*seconds, 0).UTC()})
	}
	for step, c := range a.counts {
		i := step*int64(a.base/time.Second)/seconds - first
		if i < 0 || i >= int64(len(r.Buckets)) {
			continue
		}
		b := &r.Buckets[i]
		b.Events += c.Events
		b.Modifications += c.Modifications
		b.Outside += c.Outside
		b.Critical += c.Critical
		b.High += c.High
		b.Medium += c.Medium
		b.Low += c.Low
	}
	return r
}
