package activity

import (
	"cmp"
	"slices"
	"time"
)

// maxTools bounds how many tools are told apart; OtherTools stands for the rest.
const (
	maxTools   = 100
	OtherTools = "(others)"
)

// Tool is what is known of one tool.
type Tool struct {
	Name   string
	Errors int
	Recent Series        // calls, in steps of RecentStep
	Took   time.Duration // of all timed calls together
	Timed  int

	before, after int
}

// Calls is how many calls were made.
func (t *Tool) Calls() int { return max(t.before, t.after) }

// Average is how long a call took.
func (t *Tool) Average() time.Duration {
	if t.Timed == 0 {
		return 0
	}
	return t.Took / time.Duration(t.Timed)
}

type tools map[string]*Tool

func (ts tools) apply(e *Event, now time.Time) {
	if e.Tool == "" || e.Phase == PhaseNone || e.Ack != nil {
		return
	}
	t, ok := ts[e.Tool]
	if !ok {
		named := e.Tool
		if len(ts) >= maxTools {
			named = OtherTools
		}
		if t = ts[named]; t == nil {
			t = &Tool{Name: named, Recent: Series{Step: RecentStep}}
			ts[named] = t
		}
	}
	switch e.Phase {
	case PhaseBefore:
		t.before++
		t.Recent.Add(e.Time, now, 1)
	case PhaseFailed:
		t.Errors++
		t.after++
	case PhaseDone:
		t.after++
	case PhaseNone:
	}
	if e.Duration > 0 && e.Phase != PhaseBefore {
		t.Took = min(t.Took+e.Duration, maxDuration*1000)
		t.Timed++
	}
}

// sorted are the tools, the one with most calls first.
func (ts tools) sorted() []Tool {
	all := make([]Tool, 0, len(ts))
	for _, t := range ts {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b Tool) int {
		return cmp.Or(cmp.Compare(b.Calls(), a.Calls()), cmp.Compare(a.Name, b.Name))
	})
	return all
}
