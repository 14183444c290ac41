package eventgen

import (
	"container/heap"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
)

// Generator makes records. It is not safe for concurrent use.
type Generator struct {
	options Options
	waiting []*session // not begun, by start
	active  sessions   // a heap, by the time of the next event
	out     writer
	lineage stamper
}

// New returns a Generator of records that has made none yet.
func New(o Options) *Generator {
	o = o.complete()
	g := &Generator{options: o, out: newWriter(), lineage: newStamper()}
	g.waiting = plan(o)
	return g
}

// plan spreads events over sessions, and sessions over the time. Long sessions have
// more events.
func plan(o Options) []*session {
	r := rand.New(rand.NewPCG(o.Seed, 0))
	mean := float64(o.Span) * o.AtATime / float64(o.Sessions)
	all := make([]*session, o.Sessions)
	weights, sum := make([]float64, o.Sessions), 0.0
	for i := range all {
		length := min(logNormal(r, mean*math.Exp(-0.18), 0.6), float64(o.Span))
		from := r.Float64() * float64(o.Span) * 0.98
		to, open := from+length, false
		if to >= float64(o.Span) {
			to, open = float64(o.Span), true
		}
		s := newSession(o, i, o.Start.Add(time.Duration(from)), o.Start.Add(time.Duration(to)))
		s.open = open || r.Float64() < 0.03 // a few crash
		all[i] = s
		weights[i] = (to - from) / mean * logNormal(r, 1, 0.5)
		sum += weights[i]
	}
	share(all, weights, sum, o.Events)
	slices.SortStableFunc(all, func(a, b *session) int { return a.from.Compare(b.from) })
	return all
}

// share gives each session its number of events; together they are exactly total.
func share(all []*session, weights []float64, sum float64, total int) {
	rest := total - leastEvents*len(all)
	given := 0
	for i, s := range all {
		n := int(float64(rest) * weights[i] / sum)
		s.left = leastEvents + n
		given += n
	}
	for i := 0; given < rest; i = (i + 1) % len(all) {
		all[i].left++
		given++
	}
}

// All yields the batches that are left, in the order of time.
func (g *Generator) All() iter.Seq[plog.Logs] {
	return func(yield func(plog.Logs) bool) {
		for {
			ld, ok := g.Next()
			if !ok || !yield(ld) {
				return
			}
		}
	}
}

// Next returns the next batch, and false when there is none left. Records of one
// session come in the order of their numbers, an alert right behind its event.
func (g *Generator) Next() (plog.Logs, bool) {
	ld := plog.NewLogs()
	g.out.begin(ld)
	for {
		s := g.next()
		if s == nil || g.out.records > 0 && g.out.records+s.items[0].records() > g.options.Batch {
			break
		}
		g.out.write(s, s.pop())
		if s.more() {
			heap.Fix(&g.active, 0)
		} else {
			heap.Pop(&g.active)
		}
	}
	g.lineage.stamp(ld)
	return ld, g.out.records > 0
}

// next is the session whose event is next, nil when there is none.
func (g *Generator) next() *session {
	for len(g.waiting) > 0 && (len(g.active) == 0 || !g.waiting[0].from.After(g.active[0].at())) {
		s := g.waiting[0]
		g.waiting = g.waiting[1:]
		if s.more() {
			heap.Push(&g.active, s)
		}
	}
	if len(g.active) == 0 {
		return nil
	}
	return g.active[0]
}

// sessions is a heap of those that have an event, the earliest first.
type sessions []*session

func (h sessions) Len() int { return len(h) }
func (h sessions) Less(i, j int) bool {
	if a, b := h[i].at(), h[j].at(); !a.Equal(b) {
		return a.Before(b)
	}
	return h[i].index < h[j].index
}
func (h sessions) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push and Pop are for container/heap.
func (h *sessions) Push(x any) { *h = append(*h, x.(*session)) }

// Pop is for container/heap.
func (h *sessions) Pop() any {
	old := *h
	s := old[len(old)-1]
	*h = old[:len(old)-1]
	return s
}

func logNormal(r *rand.Rand, median, sigma float64) float64 {
	return median * math.Exp(r.NormFloat64()*sigma)
}
