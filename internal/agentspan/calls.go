package agentspan

import (
	"cmp"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// call takes an event of a tool call.
func (t *Tracker) call(s *session, e *event, turn, agent *node) {
	at := e.time
	begins := e.hook == hookPre
	for _, n := range []*node{turn, agent} {
		if n == nil || n.Sent || n == turn && agent != nil {
			continue
		}
		n.Last = max(n.Last, at)
		if begins {
			n.Act = max(n.Act, at)
		}
	}
	if begins {
		s.Root.Act = max(s.Root.Act, at)
	}
	if e.hook == hookPost && sane(e.child) && e.child != semconv.AgentMain {
		t.answer(s, e, at)
	}
	c := s.Calls[e.call]
	if c == nil {
		if !sane(e.call) {
			t.ignored++
			return
		}
		id := CallID(e.call)
		if _, done := s.Sent.get(id); done {
			t.late++
			return
		}
		c = t.spare.call()
		c.Kind, c.Key, c.id, c.Start, c.Last = KindCall, e.call, id, at, at
		t.add(s.Calls, c)
	}
	if c.Name == "" {
		c.Name = cut(e.tool, maxListText)
	}
	if agent != nil {
		c.Agent, c.Type = agent.Key, agent.Name
	}
	if turn != nil && c.Turn == "" {
		c.Turn = turn.Key
	}
	switch {
	case begins && !c.Began:
		// What was told at the end is not told by the beginning.
		end := c.Attrs
		c.Attrs = nil
		t.take(c, e, forCall)
		for i := range end {
			c.Attrs = set(c.Attrs, end[i])
		}
		c.begins(at)
		c.Denied = e.decision == semconv.DecisionDeny
	case begins:
		t.late++
	case c.Ended && c.End <= at: // of two ends the first counts
		t.late++
	default:
		c.Ended, c.End, c.Last = true, at, max(c.Last, at)
		c.Timed, c.Duration = e.timed, e.duration
		c.Error = cut(e.errorType, maxListText)
		t.take(c, e, forCall)
		s.ended = append(s.ended, c)
		if len(s.ended) == 1 {
			t.flush = append(t.flush, s)
		}
	}
	t.weigh(c)
}

// answer takes what the answer of a call tells of the agent that it made: whose it is,
// and whether it works on in the background or has done.
func (t *Tracker) answer(s *session, e *event, at int64) {
	n := s.Agents[e.child]
	if n == nil {
		n = t.add(s.Agents, &node{Kind: KindAgent, identity: identity{Key: e.child, Turn: s.turnOf(e)}, Start: at, Last: at})
	}
	if n.Sent {
		return
	}
	if n.Name == "" {
		n.Name = cut(e.childType, maxListText)
	}
	if e.async {
		n.Background = true
	} else {
		n.Reported = max(n.Reported, at)
	}
	if n.Link == "" && n.Key != e.agent && sane(e.call) { // else lineage has said it
		n.Parent, n.Delegation, n.Link = cmp.Or(e.agent, semconv.AgentMain), e.call, semconv.LinkConfirmed
	}
	t.weigh(n)
}

// Flush finishes the calls that ended. It is called when the events that come together
// have been observed: an alert stands behind the event that it is about.
func (t *Tracker) Flush() {
	for _, s := range t.flush {
		for _, c := range s.ended {
			// It may have been finished since, and be another one now.
			if s.Calls[c.Key] == c && c.Ended && (c.Began || c.Timed) {
				t.finish(s, c, "")
			}
		}
		clear(s.ended)
		s.ended = s.ended[:0]
	}
	clear(t.flush)
	t.flush = t.flush[:0]
}
