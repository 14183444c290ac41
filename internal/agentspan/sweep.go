package agentspan

import (
	"container/list"
	"math"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Expire finishes what time has ended, and forgets sessions that nothing is left of.
func (t *Tracker) Expire() {
	now := t.now().UnixNano()
	var next *list.Element
	for e := t.order.Front(); e != nil; e = next {
		next = e.Next()
		s := e.Value.(*session)
		if now-s.seen < int64(settle) {
			break // those behind it have been seen later
		}
		t.sweep(s, true)
		if t.clock()-s.Clock >= int64(t.limits.SessionTimeout) && s.open() == 0 {
			t.forget(e)
		}
	}
}

// sweep finishes what is over in a session. When it is idle, the time of other sessions
// counts as well as its own.
func (t *Tracker) sweep(s *session, idle bool) {
	s.swept, s.events = s.Clock, 0
	w := sweeper{t: t, s: s, now: s.Clock}
	if idle {
		w.now = max(w.now, t.clock())
	}
	switch {
	case s.Root.over() && w.due(s.Root.End):
		t.end(s, semconv.NoEndSession)
		return
	case idle && w.now-s.Clock >= int64(t.limits.SessionTimeout):
		t.end(s, semconv.NoEndTimeout)
		return
	}
	w.turns()
	w.agents()
	w.calls()
}

type sweeper struct {
	t   *Tracker
	s   *session
	now int64

	busy map[string]bool // turns, once it was asked for
}

// due reports whether what belongs to a time is not waited for any more.
func (w *sweeper) due(at int64) bool { return w.now-at >= int64(w.t.limits.Grace) }

// isBusy reports whether the main agent has a call in a turn that has not ended.
func (w *sweeper) isBusy(turn string) bool {
	if w.busy == nil {
		w.busy = map[string]bool{}
		for _, c := range w.s.Calls {
			if c.Agent == "" && !c.Ended {
				w.busy[c.Turn] = true
			}
		}
	}
	return w.busy[turn]
}

func (w *sweeper) turns() {
	var newest *node
	for _, n := range w.s.Turns {
		if newest == nil || n.Start > newest.Start {
			newest = n
		}
	}
	for _, n := range w.s.Turns {
		switch {
		case n.Sent:
		case n.over():
			if w.due(n.End) {
				w.t.finish(w.s, n, "")
			}
		case newest.Start > n.Last && w.due(newest.Start):
			// A prompt may wait for the call that is running.
			if newest.Sent || newest.Ended || newest.Act > newest.Start || !w.isBusy(n.Key) {
				w.t.finish(w.s, n, semconv.NoEndNext)
			}
		}
	}
}

func (w *sweeper) agents() {
	for _, n := range w.s.Agents {
		switch {
		case n.Sent || !w.due(max(n.Last, n.End, n.Reported)):
		case n.over():
			w.t.finish(w.s, n, "")
		case n.Reported > 0:
			w.t.finish(w.s, n, semconv.NoEndCall)
		case w.s.background(n):
		case n.Turn != "" && w.closed(n.Turn):
			w.t.finish(w.s, n, semconv.NoEndTurn)
		}
	}
}

// closed reports whether a turn was finished.
func (w *sweeper) closed(turn string) bool {
	n := w.s.Turns[turn]
	return n == nil || n.Sent
}

func (w *sweeper) calls() {
	for _, c := range w.s.Calls {
		switch {
		case c.Ended:
			if w.due(c.End) { // its beginning was waited for
				w.call(c, c.End, "")
			}
		case c.Agent == "" && c.Turn != "" && w.closed(c.Turn) && w.due(c.Last):
			w.call(c, endOf(w.s.Turns[c.Turn]), semconv.NoEndTurn)
		case c.Agent != "" && w.gone(c.Agent) && w.due(c.Last):
			w.call(c, endOf(w.s.Agents[c.Agent]), semconv.NoEndAgent)
		case w.now-c.Start >= int64(w.t.limits.CallTimeout):
			w.call(c, min(c.Start+int64(w.t.limits.CallTimeout), w.s.Clock), semconv.NoEndTimeout)
		}
	}
}

// gone reports whether an agent was finished.
func (w *sweeper) gone(agent string) bool {
	n := w.s.Agents[agent]
	return n == nil || n.Sent
}

// call finishes a call that ends with another span.
func (w *sweeper) call(c *node, end int64, reason string) {
	if !c.Ended {
		c.End = max(c.Start, end)
	}
	w.t.finish(w.s, c, reason)
}

func endOf(n *node) int64 {
	if n == nil {
		return 0
	}
	return n.End
}

// background reports whether an agent, or one above it, works beside its caller.
func (s *session) background(n *node) bool {
	for i := 0; n != nil && i < maxWalk; i++ {
		if n.Background {
			return true
		}
		n = s.Agents[n.Parent]
	}
	return false
}

// end finishes all of a session, and the session.
func (t *Tracker) end(s *session, reason string) {
	w := sweeper{t: t, s: s, now: math.MaxInt64} // nothing is waited for any more
	w.turns()
	w.agents()
	for _, c := range s.Calls {
		switch {
		case c.Ended:
		case c.Agent == "" && c.Turn != "" && w.closed(c.Turn):
			w.call(c, endOf(s.Turns[c.Turn]), semconv.NoEndTurn)
		case c.Agent != "" && w.gone(c.Agent):
			w.call(c, endOf(s.Agents[c.Agent]), semconv.NoEndAgent)
		}
	}
	end := max(s.Root.Last, s.Root.End)
	if s.Root.over() {
		end = s.Root.End
	}
	for s.open() > 0 { // a span may need another above it
		for _, c := range s.Calls {
			w.call(c, end, reason)
		}
		for _, n := range s.Agents {
			t.finish(s, n, reason)
		}
		for _, n := range s.Turns {
			t.finish(s, n, reason)
		}
		t.finish(s, s.Root, reason)
	}
}
