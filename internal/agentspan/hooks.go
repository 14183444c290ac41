package agentspan

import (
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// hook takes a hook event.
func (t *Tracker) hook(s *session, e *event) {
	at := e.time
	s.Root.came(at)
	if len(s.Root.Attrs) == 0 && !s.Root.Sent {
		t.take(s.Root, e, forSession)
	}
	switch e.hook {
	case hookPre, hookPost, hookFailure, hookDenied: // the end of a call tells its beginning, and is sent at once
	default:
		t.urgent = true
	}
	switch e.hook {
	case hookSessionStart:
		s.Root.begins(at)
		s.Root.Act = max(s.Root.Act, at)
		return
	case hookSessionEnd:
		s.Root.ends(at)
		return
	case hookPrompt:
		t.prompt(s, e)
		return
	}
	turn := t.turn(s, s.turnOf(e), at)
	agent := t.agent(s, e, at)
	switch e.hook {
	case hookPre, hookPost, hookFailure, hookDenied:
		t.call(s, e, turn, agent)
	case hookStop, hookStopFailure:
		if turn != nil && e.agent == "" && t.fresh(turn) {
			t.take(turn, e, forTurn)
			if !turn.Ended || at >= turn.End {
				turn.Error = cut(e.errorType, maxListText)
			}
			turn.ends(at)
			t.weigh(turn)
		}
	case hookAgentStart:
		if agent != nil && t.fresh(agent) {
			agent.begins(at)
			agent.Act = max(agent.Act, at)
		}
	case hookAgentStop:
		if agent != nil && t.fresh(agent) {
			agent.ends(at)
		}
	case hookRequest, hookPreCompact:
		m := Moment{Name: semconv.EventNamePrefix + cut(e.typ, maxListText), At: at}
		m.Attrs = setText(m.Attrs, semconv.ToolName, cut(e.tool, maxListText))
		t.tell(s.bearer(e.agent, s.turnOf(e), at), m)
	}
}

// fresh reports whether a node may still change, and counts when it may not.
func (t *Tracker) fresh(n *node) bool {
	if n.Sent {
		t.late++
	}
	return !n.Sent
}

// prompt begins a turn.
func (t *Tracker) prompt(s *session, e *event) {
	key := e.prompt
	if key == "" { // of a version that does not name prompts
		if !sane(e.at) {
			return
		}
		key = "event " + e.at
		if c := s.Turns[s.Current]; c == nil || c.Start <= e.time {
			s.Current = key
		}
	}
	turn := t.turn(s, key, e.time)
	if turn == nil || !t.fresh(turn) {
		return
	}
	turn.begins(e.time)
	turn.Act = max(turn.Act, e.time)
	s.Root.Act = max(s.Root.Act, e.time)
	t.take(turn, e, forTurn)
	if sane(e.reports) {
		if id := AgentID(s.ID, e.reports); len(turn.Links) < maxList && !slices.Contains(turn.Links, id) {
			turn.Links = append(turn.Links, id)
		}
		if a := s.Agents[e.reports]; a != nil && !a.Sent {
			a.Background = true
			a.Reported = max(a.Reported, e.time)
		} else if a == nil { // the link needs a span
			t.add(s.Agents, &node{Kind: KindAgent, identity: identity{Key: e.reports, Background: true}, Start: e.time, Last: e.time, Reported: e.time})
		}
	}
	t.weigh(turn)
}

// turn returns a turn, and makes it when there is none; nil when it has no key.
func (t *Tracker) turn(s *session, key string, at int64) *node {
	if key == "" {
		return nil
	}
	n := s.Turns[key]
	if n == nil {
		n = t.add(s.Turns, &node{Kind: KindTurn, identity: identity{Key: key}, Start: at, Last: at})
	}
	if n.Sent {
		return n
	}
	if !n.Began && at < n.Start {
		n.Start = at
	}
	return n
}

// agent returns the agent that acts in an event, nil for the main agent.
func (t *Tracker) agent(s *session, e *event, at int64) *node {
	if e.agent == "" {
		return nil
	}
	n := s.Agents[e.agent]
	if n == nil {
		if !sane(e.agent) || e.agent == semconv.AgentMain {
			t.ignored++
			return nil
		}
		n = t.add(s.Agents, &node{Kind: KindAgent, identity: identity{Key: e.agent}, Start: at, Last: at})
	}
	if n.Sent {
		return n
	}
	n.came(at)
	n.place(e, at)
	if n.Name == "" {
		n.Name = cut(e.agentName, maxListText)
	}
	// An agent stays with the turn in which it began.
	if e.prompt != "" && (n.Turn == "" || e.hook == hookAgentStart) {
		n.Turn = e.prompt
	} else if n.Turn == "" {
		n.Turn = s.turnOf(e)
	}
	t.weigh(n)
	return n
}
