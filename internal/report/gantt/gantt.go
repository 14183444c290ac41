package gantt

import (
	"cmp"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Chart is a session over time.
type Chart struct {
	*Scale
	From, To time.Time
	Ticks    []Tick
	Breaks   []Break
	Turns    []Turn // those that are drawn
	Lanes    []Lane // one for each row of the tree
	Calls    int    // that are drawn
	Bars     int    // as so many
}

// Lane is a row of the tree over time.
type Lane struct {
	X0, X1 float64 // from its first record to its last
	Bars   []Bar   // those behind lie over those in front
}

// maxDrawnTurns bounds the marks of turns.
const maxDrawnTurns = 1000

// Build lays a session out; nil when there is no time in it.
func Build(entries []story.Entry, turns []Turn, rows *agenttree.Rows) *Chart {
	busy := busyTimes(entries, turns)
	c := &Chart{Lanes: make([]Lane, len(rows.List)), Turns: turns[:min(len(turns), maxDrawnTurns)]}
	c.Scale, c.Breaks = newScale(busy)
	n := len(c.parts)
	if n == 0 || !c.parts[n-1].To.After(c.parts[0].From) {
		return nil
	}
	c.From, c.To = c.parts[0].From.UTC(), c.parts[n-1].To.UTC()
	c.Ticks = c.ticks()
	for i := range rows.List {
		c.Lanes[i].X0, c.Lanes[i].X1 = c.X(rows.List[i].Start), c.X(rows.List[i].End)
	}
	calls := make([]call, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.Kind != story.KindTool || e.Tool == nil {
			continue
		}
		lane, known := rows.Of(e.AgentID)
		if !known {
			continue
		}
		from, to := ran(e)
		calls = append(calls, call{lane: lane, x0: c.X(from), x1: c.X(to), end: to, entry: e})
	}
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.x0, b.x0)) })
	c.Calls = len(calls)
	for i, list := range bars(calls, len(c.Lanes)) {
		c.Lanes[i].Bars = list
		c.Bars += len(list)
	}
	return c
}

// longSilence is from when on a turn's silence is no thinking.
const longSilence = 10 * time.Minute

// busyTimes are those of the records and calls, and in a turn the time between them.
func busyTimes(entries []story.Entry, turns []Turn) []Span {
	busy := make([]Span, 0, 2*len(entries))
	var last time.Time // the end of what came before in this turn
	for i := range entries {
		e := &entries[i]
		var s Span
		if s.From, s.To = ran(e); s.From.Sub(e.Time) < longSilence {
			s.From = e.Time
		} else {
			busy = append(busy, Span{e.Time, e.Time})
		}
		for len(turns) > 0 && e.Time.After(turns[0].End) {
			turns, last = turns[1:], time.Time{}
		}
		if len(turns) > 0 && !e.Time.Before(turns[0].Start) {
			if !last.IsZero() && e.Time.After(last) && e.Time.Sub(last) < longSilence {
				busy = append(busy, Span{last, e.Time})
			}
			if s.To.After(last) {
				last = s.To
			}
		}
		busy = append(busy, s)
	}
	return busy
}
