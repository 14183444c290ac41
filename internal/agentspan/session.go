package agentspan

import "github.com/agent-telemetry/agent-telemetry/internal/semconv"

// session is what is known of a session. Its fields are exported for encoding only.
type session struct {
	ID       string           `json:"id"`
	Resource []Attr           `json:"resource,omitempty"`
	Root     *node            `json:"root"`
	Turns    map[string]*node `json:"turns,omitempty"`
	Agents   map[string]*node `json:"agents,omitempty"`
	Calls    map[string]*node `json:"calls,omitempty"`
	// Sent are the calls that are finished.
	Sent sentCalls `json:"sent,omitzero"`
	// Current is the turn of events that name no prompt.
	Current string `json:"current,omitempty"`
	Clock   int64  `json:"clock"` // time of its newest event

	seen   int64   // when the last of its records came, in the tracker's time
	swept  int64   // Clock, when it was looked through last
	events int     // since then
	ended  []*node // calls that ended since the last flush
}

func newSession(id string, at int64) *session {
	return &session{
		ID: id, Root: &node{Kind: KindSession, Start: at, Last: at},
		Turns: map[string]*node{}, Agents: map[string]*node{}, Calls: map[string]*node{},
	}
}

// turnOf is the prompt id that an event belongs to, "" when none is known.
func (s *session) turnOf(e *event) string {
	if e.prompt != "" {
		return e.prompt
	}
	if t := s.Turns[s.Current]; t != nil && !t.Sent {
		return s.Current
	}
	return ""
}

// turnAt is the turn that began last before a time, nil when there is none that is not
// finished.
func (s *session) turnAt(at int64) (found *node) {
	for _, t := range s.Turns {
		if !t.Sent && t.Start <= at && (found == nil || t.Start > found.Start || t.Start == found.Start && t.Key > found.Key) {
			found = t
		}
	}
	return found
}

// bearer is the node that tells of what happened to an agent: the agent, the turn, or
// the session.
func (s *session) bearer(agent, turn string, at int64) *node {
	if n := s.Agents[agent]; agent != "" && n != nil && !n.Sent {
		return n
	}
	if n := s.Turns[turn]; turn != "" && n != nil && !n.Sent {
		return n
	}
	if n := s.turnAt(at); n != nil {
		return n
	}
	return s.Root
}

// open counts what is not finished.
func (s *session) open() int {
	n := len(s.Calls)
	if !s.Root.Sent {
		n++
	}
	for _, list := range []map[string]*node{s.Turns, s.Agents} {
		for _, x := range list {
			if !x.Sent {
				n++
			}
		}
	}
	return n
}

// idOf is the id of the span of a node.
func (s *session) idOf(n *node) ID {
	if n.id != (ID{}) {
		return n.id
	}
	switch n.Kind {
	case KindTurn:
		n.id = TurnID(s.ID, n.Key)
	case KindAgent:
		n.id = AgentID(s.ID, n.Key)
	case KindCall:
		n.id = CallID(n.Key)
	default:
		n.id = SessionID(s.ID)
	}
	return n.id
}

// maxWalk bounds the ancestors that are looked at: deeper is taken for a circle.
const maxWalk = 64

// caller is the agent that called another: its id, "" for the main agent, and false
// when that is not known or would be a circle.
func (s *session) caller(n *node) (string, bool) {
	if n.Parent == "" {
		return "", false
	}
	if n.Parent == semconv.AgentMain {
		return "", true
	}
	for at, i := n.Parent, 0; ; i++ {
		if at == n.Key || i > maxWalk {
			return "", false
		}
		next := s.Agents[at]
		if next == nil || next.Parent == "" || next.Parent == semconv.AgentMain {
			return n.Parent, true
		}
		at = next.Parent
	}
}
