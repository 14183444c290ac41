package agentspan

import (
	"cmp"
	"container/list"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// sessionBytes is about what a session takes beside its spans.
const sessionBytes = 1024

// session returns a session, and makes it the one that was seen last.
func (t *Tracker) session(id string, at int64) *session {
	if e := t.sessions[id]; e != nil {
		t.order.MoveToBack(e)
		return e.Value.(*session)
	}
	s := newSession(id, at)
	t.sessions[id] = t.order.PushBack(s)
	t.bytes += sessionBytes
	return s
}

// makeRoom keeps within the limits, after an event of a session.
func (t *Tracker) makeRoom(s *session) {
	if s.nodes() > t.limits.SessionSpans {
		t.trim(s)
	}
	for len(t.sessions) > t.limits.Sessions || t.nodes > t.limits.Spans || t.bytes > t.limits.Bytes {
		front := t.order.Front()
		if oldest := front.Value.(*session); oldest != s {
			t.evict(front)
			continue
		}
		nodes, bytes := t.nodes, t.bytes
		t.trim(s)
		if t.nodes >= nodes && t.bytes >= bytes {
			return // one event cannot take so much
		}
	}
}

func (s *session) nodes() int { return len(s.Turns) + len(s.Agents) + len(s.Calls) }

// evict finishes all of a session and forgets it.
func (t *Tracker) evict(e *list.Element) {
	s := e.Value.(*session)
	reason := semconv.NoEndEvicted
	switch {
	case s.Root.over():
		reason = semconv.NoEndSession
	case t.clock()-s.Clock >= int64(t.limits.SessionTimeout):
		reason = semconv.NoEndTimeout
	}
	t.end(s, reason)
	t.forget(e)
}

// forget forgets a session of which all is finished.
func (t *Tracker) forget(e *list.Element) {
	s := t.order.Remove(e).(*session)
	delete(t.sessions, s.ID)
	t.nodes -= s.nodes()
	t.bytes -= s.weight()
	t.changed = true
}

// weight is what the tracker counts of a session, in bytes.
func (s *session) weight() int {
	bytes := sessionBytes + sizeOf(s.Resource) + s.Root.bytes + s.Sent.size()
	for _, of := range []map[string]*node{s.Turns, s.Agents, s.Calls} {
		for _, n := range of {
			bytes += n.bytes
		}
	}
	return bytes
}

// trim makes room in a session: what was finished is forgotten, and when that is not
// enough, a quarter of what is open is finished, the longest silent first.
func (t *Tracker) trim(s *session) {
	before := s.Sent.size()
	s.Sent.forget(s.Sent.len() / 2)
	t.bytes -= before - s.Sent.size()
	nodes, bytes := s.nodes(), t.bytes
	t.clean(s)
	if s.nodes() <= nodes*3/4 && t.bytes <= bytes*3/4 {
		return
	}
	var open []*node
	for _, of := range []map[string]*node{s.Turns, s.Agents, s.Calls} {
		for _, n := range of {
			open = append(open, n)
		}
	}
	slices.SortFunc(open, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.Last, b.Last), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Key, b.Key))
	})
	for _, n := range open[:(len(open)+3)/4] {
		if n.Kind == KindCall && !n.Ended {
			n.End = max(n.Start, min(s.Clock, n.Last))
		}
		t.finish(s, n, semconv.NoEndEvicted)
	}
	t.clean(s)
}

// clean forgets the turns and agents of a session that are finished, but those that
// something open is below: they would be made again.
func (t *Tracker) clean(s *session) {
	above := map[*node]bool{}
	for _, of := range []map[string]*node{s.Agents, s.Calls} {
		for _, n := range of {
			if !n.Sent {
				above[s.Turns[n.Turn]], above[s.Agents[n.Agent]], above[s.Agents[n.Parent]] = true, true, true
			}
		}
	}
	for _, of := range []map[string]*node{s.Turns, s.Agents} {
		for key, n := range of {
			if n.Sent && !above[n] {
				delete(of, key)
				t.nodes--
				t.bytes -= n.bytes
			}
		}
	}
}
