package lineagetest

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
)

// Disturbance is what happens to events on their way.
type Disturbance struct {
	Window  time.Duration // they overtake each other by at most this
	Shuffle bool          // they come in any order
	Missing int           // of 100
	Doubled int           // of 100
}

// Apply returns the events as they come.
func (d Disturbance) Apply(events []lineage.Event, seed uint64) []lineage.Event {
	rnd := rand.New(rand.NewPCG(seed, 11)) //nolint:gosec // the same every time
	type late struct {
		lineage.Event
		at int64
	}
	var out []late
	comes := func(e lineage.Event) int64 {
		switch {
		case d.Shuffle:
			return rnd.Int64()
		case d.Window > 0:
			return e.At + rnd.Int64N(int64(d.Window))
		}
		return e.At
	}
	for _, e := range events {
		if rnd.IntN(100) < d.Missing {
			continue
		}
		out = append(out, late{e, comes(e)})
		if rnd.IntN(100) < d.Doubled {
			out = append(out, late{e, comes(e)})
		}
	}
	slices.SortStableFunc(out, func(a, b late) int { return cmp.Compare(a.at, b.at) })
	came := make([]lineage.Event, len(out))
	for i := range out {
		came[i] = out[i].Event
	}
	return came
}

// Score is how much of the truth was found.
type Score struct {
	Agents  int
	Parents int // right
	Wrong   int // parents that are not right, and not unknown either
	Calls   int // right
	Depths  int // right
}

// Percent is the share of parents that are right.
func (s Score) Percent() float64 { return 100 * float64(s.Parents) / float64(max(s.Agents, 1)) }

// Add adds another score.
func (s *Score) Add(o Score) {
	s.Agents += o.Agents
	s.Parents += o.Parents
	s.Wrong += o.Wrong
	s.Calls += o.Calls
	s.Depths += o.Depths
}

// Compare holds what a tracker found to the truth. Calls are compared of agents whose
// call was answered or noticed; all have one.
func Compare(s Session, t *lineage.Tracker) (out Score) {
	for id, truth := range s.Truth {
		out.Agents++
		p, _, _ := t.Agent(s.ID, id)
		switch {
		case p.Parent == truth.Parent:
			out.Parents++
		case p.Parent != "":
			out.Wrong++
		}
		if p.Call == truth.Call {
			out.Calls++
		}
		if p.Depth == s.Depth[id] {
			out.Depths++
		}
	}
	return out
}
