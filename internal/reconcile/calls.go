package reconcile

import (
	"maps"
	"slices"
	"time"
)

// runningFor is how long after a session's last event a call without a result
// may still be running.
const runningFor = 15 * time.Minute

// checkCalls compares announced calls with results. The sequence has been
// looked at.
func (c *Collector) checkCalls(r *Calls, until time.Time) {
	r.Open, r.List = map[Reason]int{}, []OpenCall{}
	for _, s := range c.chosen() {
		for _, id := range slices.Sorted(maps.Keys(s.calls)) {
			call := s.calls[id]
			switch {
			case !call.inWindow:
				continue
			case call.pre.IsZero() && call.denied && call.post.IsZero():
				continue // told by the denial alone
			case call.pre.IsZero():
				r.Unannounced++
				continue
			}
			r.Calls++
			switch {
			case call.failed:
				r.Failed++
				continue
			case !call.post.IsZero():
				r.Succeeded++
				continue
			}
			why := s.why(id, call, until)
			r.Open[why]++
			if why != Denied && why != Running && len(r.List) < maxListed {
				r.List = append(r.List, OpenCall{SessionID: s.id, ToolUseID: id, Tool: call.tool, Time: call.pre.UTC(), Reason: why})
			}
		}
	}
	slices.SortStableFunc(r.List, func(a, b OpenCall) int { return a.Time.Compare(b.Time) })
}

// why finds the reason why a call has no result.
func (s *session) why(id string, c *call, until time.Time) Reason {
	switch {
	case c.denied || s.native[id].denied:
		return Denied
	case s.holeAfter(c.pre):
		return ResultLost
	case c.agent != "" && s.stopped[c.agent].After(c.pre):
		return SubagentStopped
	case c.agent == "" && slices.ContainsFunc(s.turns, func(t time.Time) bool { return t.After(c.pre) }):
		return TurnEnded
	case s.ended.After(c.pre):
		return SessionEnded
	case until.Sub(s.last) < runningFor:
		return Running
	}
	return Unknown
}
