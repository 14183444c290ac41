package lineage

import (
	"cmp"
	"container/list"
	"slices"
)

// session returns a session, and makes it the one used last.
func (t *Tracker) session(id string) *named {
	if e := t.sessions[id]; e != nil {
		t.order.MoveToBack(e)
		return e.Value.(*named)
	}
	for t.order.Len() >= t.limits.Sessions {
		t.drop(t.order.Front())
	}
	s := &named{id, newSession()}
	t.sessions[id] = t.order.PushBack(s)
	return s
}

func (t *Tracker) drop(e *list.Element) {
	s := t.order.Remove(e).(*named)
	delete(t.sessions, s.id)
	delete(t.waiting, s.id)
	delete(t.dirty, s.id)
	t.agents -= len(s.Agents)
	t.calls -= s.counted
	t.counts.Forgotten += int64(len(s.Agents))
}

// agent returns an agent of a session, or nil when it cannot be followed.
func (t *Tracker) agent(s *named, id string, at int64) *agent {
	if a := s.Agents[id]; a != nil {
		return a
	}
	if !sane(id) || len(s.Agents) >= t.limits.Agents && !t.makeRoom(s) {
		return nil
	}
	for t.agents >= t.limits.All {
		oldest := t.order.Front()
		if oldest.Value.(*named) == s {
			return nil
		}
		t.drop(oldest)
	}
	a := &agent{ID: id, First: at, fresh: true}
	s.Agents[id] = a
	s.loose = insert(s.loose, a, byFirst)
	t.agents++
	return a
}

// roomShare is the part of a session's agents that makes room at once, so that the many
// that are looked at for it are so seldom.
const roomShare = 32

// makeRoom forgets the agents of a session that stopped first, of those which no other
// was called by.
func (t *Tracker) makeRoom(s *named) bool {
	var stopped []*agent
	for _, a := range s.Agents {
		if a.Stopped != 0 && a.Stopped >= a.Last {
			stopped = append(stopped, a)
		}
	}
	if len(stopped) == 0 {
		return false
	}
	parents := make(map[string]bool, len(s.Agents))
	for _, a := range s.Agents {
		parents[a.Link.Parent] = true
	}
	stopped = slices.DeleteFunc(stopped, func(a *agent) bool { return parents[a.ID] })
	slices.SortFunc(stopped, func(a, b *agent) int { return cmp.Or(cmp.Compare(a.Stopped, b.Stopped), cmp.Compare(a.ID, b.ID)) })
	stopped = stopped[:min(len(stopped), max(t.limits.Agents/roomShare, 1))]
	for _, a := range stopped {
		delete(s.Agents, a.ID)
		s.loose = remove(s.loose, a)
		if s.proven[a.Link.Call] == a.ID {
			delete(s.proven, a.Link.Call)
		}
		t.agents--
		t.counts.Forgotten++
	}
	return len(stopped) > 0
}

// weigh brings the number of calls up to date after a change of a session, which was
// used just now. Those that were silent longest make room.
func (t *Tracker) weigh(s *named) {
	t.calls += len(s.open) - s.counted
	s.counted = len(s.open)
	for t.calls > t.limits.All && t.order.Front().Value.(*named) != s {
		t.drop(t.order.Front())
	}
}
