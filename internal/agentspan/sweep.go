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
	s.swept = s.Clock
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
}

// due reports whether what belongs to a time is not waited for any more.
func (w *sweeper) due(at int64) bool { return w.now-at >= int64(w.t.limits.Grace) }

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
				w.turn(n, "")
			}
		case newest.Start > n.Last && w.due(newest.Start):
			// A prompt may wait for the call that is running.
			if newest.Sent || newest.Ended || newest.Act > newest.Start || !w.busy(n) {
				w.turn(n, semconv.NoEndNext)
			}
		}
	}
}

// busy reports whether the main agent has a call of the turn that has not ended.
func (w *sweeper) busy(turn *node) bool {
	for _, c := range w.s.Calls {
		if c.Agent == "" && c.Turn == turn.Key && !c.Ended {
			return true
		}
	}
	return false
}

// turn finishes a turn, and what ends with it.
func (w *sweeper) turn(n *node, reason string) {
	w.t.finish(w.s, n, reason)
	for _, a := range w.s.Agents {
		if a.Turn == n.Key && !a.Sent && !w.s.background(a) {
			w.agent(a, semconv.NoEndTurn)
		}
	}
	for _, c := range w.s.Calls {
		if c.Agent == "" && c.Turn == n.Key {
			w.call(c, n.End, semconv.NoEndTurn)
		}
	}
}

func (w *sweeper) agents() {
	for _, n := range w.s.Agents {
		switch {
		case n.Sent || !w.due(max(n.Last, n.End)):
		case n.over():
			w.agent(n, "")
		case n.Reported:
			w.agent(n, semconv.NoEndCall)
		case w.s.background(n):
		case w.finished(n.Delegation) && !w.works(n):
			w.agent(n, semconv.NoEndCall)
		case n.Turn != "" && w.closed(n.Turn):
			w.agent(n, semconv.NoEndTurn)
		}
	}
}

// works reports whether an agent has a call that has not ended.
func (w *sweeper) works(agent *node) bool {
	for _, c := range w.s.Calls {
		if c.Agent == agent.Key && !c.Ended {
			return true
		}
	}
	return false
}

func (w *sweeper) finished(call string) bool {
	if call == "" {
		return false
	}
	_, ok := w.s.sent[CallID(call)]
	return ok
}

// closed reports whether a turn was finished.
func (w *sweeper) closed(turn string) bool {
	n := w.s.Turns[turn]
	return n == nil || n.Sent
}

// agent finishes an agent, and its calls.
func (w *sweeper) agent(n *node, reason string) {
	w.t.finish(w.s, n, reason)
	for _, c := range w.s.Calls {
		if c.Agent == n.Key {
			w.call(c, n.End, semconv.NoEndAgent)
		}
	}
}

// call finishes a call that ends with another span.
func (w *sweeper) call(c *node, end int64, reason string) {
	if !c.Ended {
		c.End = max(c.Start, end)
	}
	w.t.finish(w.s, c, reason)
}

func (w *sweeper) calls() {
	for _, c := range w.s.Calls {
		switch {
		case c.Ended:
			if w.due(c.End) { // its beginning was waited for
				w.call(c, c.End, "")
			}
		case w.now-c.Start >= int64(w.t.limits.CallTimeout):
			w.call(c, min(c.Start+int64(w.t.limits.CallTimeout), w.s.Clock), semconv.NoEndTimeout)
		case !w.due(c.Last):
		case c.Agent == "" && c.Turn != "" && w.closed(c.Turn):
			w.call(c, endOf(w.s.Turns[c.Turn]), semconv.NoEndTurn)
		case c.Agent != "" && (w.s.Agents[c.Agent] == nil || w.s.Agents[c.Agent].Sent):
			w.call(c, endOf(w.s.Agents[c.Agent]), semconv.NoEndAgent)
		}
	}
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
