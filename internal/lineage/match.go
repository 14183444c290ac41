package lineage

import (
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Of the matching, in nanoseconds and calls.
const (
	// Clocks and hooks that overlap: an agent may seem to begin before its call.
	slack = 50_000_000
	// A call that was made this long before the agent began is asked after those
	// made since: most such calls were never carried out.
	recent = 60_000_000_000
	// Calls that are passed over for one agent because they cannot be its own.
	maxPassed = 32
)

// tier is a way of giving agents to calls. The earlier tiers are the surer ones.
type tier struct{ recent, prompt, kind bool }

var tiers = [...]tier{{true, true, true}, {false, true, true}, {false, false, true}, {false, true, false}, {}}

// matcher has the memory of a matching, to be used again.
type matcher struct {
	queues map[key]*queue
	spare  []*queue
}

type key struct{ prompt, kind string }

// queue has calls by their time, those before next being used or too old.
type queue struct {
	calls []*call
	next  int
}

// match gives every agent without proof the oldest call that can have made it and made
// nobody else: of the same prompt and type where there is one.
func (m *matcher) match(s *session) {
	s.notified()
	left := 0
	for _, a := range s.loose {
		a.Link = Link{}
		if a.Type != "" { // those without are Claude Code's own helpers
			left++
		}
	}
	calls := 0
	for _, c := range s.open {
		if c.used = c.Void || !c.Made; !c.used {
			calls++
		}
	}
	for _, t := range tiers {
		if left == 0 || calls == 0 {
			return
		}
		m.fill(s.open, t)
		for _, a := range s.loose {
			if a.Link.How != "" || a.Type == "" {
				continue
			}
			q := m.queues[keyOf(t, a.Prompt, a.Type)]
			if q == nil {
				continue
			}
			if c := q.take(s, a, t); c != nil {
				c.used = true
				a.Link = Link{Parent: c.Parent, Call: c.ID, How: semconv.LinkProvisional}
				left--
				calls--
			}
		}
	}
}

// notified proves what notifications told, once their calls are known.
func (s *session) notified() {
	for i := 0; i < len(s.loose); {
		a := s.loose[i]
		c := s.Calls[a.Notified]
		if a.Notified == "" || c == nil || !s.prove(a, Link{Parent: c.Parent, Call: c.ID, How: semconv.LinkConfirmed}, c.At) {
			i++
		}
	}
}

func keyOf(t tier, prompt, kind string) (k key) {
	if t.prompt {
		k.prompt = prompt
	}
	if t.kind {
		k.kind = kind
	}
	return k
}

func (m *matcher) fill(open []*call, t tier) {
	if m.queues == nil {
		m.queues = map[key]*queue{}
	}
	for _, q := range m.queues {
		clear(q.calls)
		q.calls, q.next = q.calls[:0], 0
		m.spare = append(m.spare, q)
	}
	clear(m.queues)
	for _, c := range open {
		if c.used {
			continue
		}
		k := keyOf(t, c.Prompt, c.Asked)
		q := m.queues[k]
		if q == nil {
			if n := len(m.spare); n > 0 {
				q, m.spare = m.spare[n-1], m.spare[:n-1]
			} else {
				q = &queue{}
			}
			m.queues[k] = q
		}
		q.calls = append(q.calls, c)
	}
}

// take returns the oldest call that can have made an agent. Agents ask in the order of
// their first events, so what is too old for one is so for all behind it.
func (q *queue) take(s *session, a *agent, t tier) *call {
	passed := 0
	for i := q.next; i < len(q.calls) && passed < maxPassed; i++ {
		c := q.calls[i]
		switch {
		case c.At > a.First+slack:
			return nil
		case c.used, c.Ended != 0 && c.Ended+slack < a.First, t.recent && c.At < a.First-recent:
			if i == q.next {
				q.next++
			}
		case s.descends(c.Parent, a.ID):
			passed++
		default:
			return c
		}
	}
	return nil
}

// descends reports whether an agent is another, or was called by it over however many
// others.
func (s *session) descends(id, from string) bool {
	for range maxWalk {
		if id == from {
			return true
		}
		a := s.Agents[id]
		if a == nil {
			return false
		}
		id = a.Link.Parent
	}
	return false // a circle that the other has no part in
}
