package agentspan

import (
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// errDenied is error.type of a call that we said no to.
const errDenied = "permission_denied"

// finish makes a span of a node. reason says why its end is not known; it counts only
// when no event tells the end.
func (t *Tracker) finish(s *session, n *node, reason string) {
	if n.Sent {
		return
	}
	t.changed = true
	failed := n.Error
	switch {
	case n.over():
		reason = ""
	case n.Kind == KindCall && n.Denied:
		n.End, reason, failed = n.Start, "", errDenied
	case n.Kind == KindCall:
		n.End = max(n.End, n.Start)
	default:
		n.End = n.Last
	}
	start, end, known := n.times()
	span := &Span{
		Session: s.ID, Resource: s.Resource, Kind: n.Kind, ID: s.idOf(n), Name: n.title(), Start: start, End: end,
		Moments: n.Moments, Dropped: n.Dropped, Links: n.Links, Failed: failed != "", NoEnd: reason,
	}
	if n.Kind != KindSession {
		parent := t.parent(s, n)
		span.Parent = &parent
	}
	span.Attrs = n.described(s)
	span.Attrs = setText(span.Attrs, semconv.ErrorType, failed)
	span.Attrs = setText(span.Attrs, semconv.SpanNoEnd, reason)
	if !known {
		span.Attrs = set(span.Attrs, trueAttr(semconv.SpanNoStart))
	}
	if n.Kind == KindCall && n.Began && n.Timed && start-n.Start >= 1_000_000 {
		span.Attrs = set(span.Attrs, intAttr(semconv.ToolWaitMillis, (start-n.Start)/1_000_000))
	}
	t.pending = append(t.pending, span)
	t.retire(s, n)
}

// retire keeps of a node what is needed when something of it comes later.
func (t *Tracker) retire(s *session, n *node) {
	n.Sent = true
	n.Attrs, n.Moments, n.Links = nil, nil, nil
	t.weigh(n)
	if n.Kind != KindCall {
		return
	}
	if s.Calls[n.Key] == n {
		delete(s.Calls, n.Key)
		t.nodes--
		t.bytes -= n.bytes
	}
	before := len(s.Sent)
	s.remember(n)
	t.bytes += sentBytes * (len(s.Sent) - before)
}

// sentBytes is about what it takes to remember a finished call.
const sentBytes = 80

// title is the name of the span.
func (n *node) title() string {
	switch n.Kind {
	case KindSession:
		return semconv.SessionSpanName
	case KindTurn:
		return semconv.OperationInvokeAgent + " " + semconv.AgentMain
	case KindAgent:
		return named(semconv.OperationInvokeAgent, n.Name)
	}
	return named(semconv.OperationExecuteTool, n.Name)
}

func named(operation, name string) string {
	if name == "" {
		return operation
	}
	return operation + " " + name
}

// described are the attributes of the span, but for its status.
func (n *node) described(s *session) []Attr {
	list := make([]Attr, 0, len(n.Attrs)+14)
	list = append(list, textAttr(semconv.ProviderName, semconv.ProviderAnthropic), textAttr(semconv.SessionID, s.ID), textAttr(semconv.ConversationID, s.ID))
	add := func(key, value string) {
		if value != "" {
			list = append(list, textAttr(key, value))
		}
	}
	switch n.Kind {
	case KindTurn:
		add(semconv.OperationName, semconv.OperationInvokeAgent)
		add(semconv.AgentName, semconv.AgentMain)
		add(semconv.PromptID, n.Key)
	case KindAgent:
		add(semconv.OperationName, semconv.OperationInvokeAgent)
		add(semconv.AgentName, n.Name)
		add(semconv.GenAIAgentID, n.Key)
		add(semconv.PromptID, n.Turn)
		add(semconv.AgentParentID, n.Parent)
		add(semconv.AgentRootID, n.Root)
		add(semconv.AgentDelegationID, n.Delegation)
		add(semconv.AgentLink, n.Link)
		if n.Depth > 0 {
			list = append(list, intAttr(semconv.AgentDepth, n.Depth-1))
		}
		if n.Background {
			list = append(list, trueAttr(semconv.AgentBackground))
		}
	case KindCall:
		add(semconv.OperationName, semconv.OperationExecuteTool)
		add(semconv.ToolName, n.Name)
		add(semconv.ToolType, semconv.ToolTypeFunction)
		add(semconv.ToolCallID, n.Key)
		add(semconv.PromptID, n.Turn)
		if n.Agent == "" {
			add(semconv.AgentName, semconv.AgentMain)
			break
		}
		add(semconv.AgentName, n.Type)
		add(semconv.GenAIAgentID, n.Agent)
	}
	return append(list, n.Attrs...)
}

// parent is the span above a node. It is one that was finished, or will be.
func (t *Tracker) parent(s *session, n *node) ID {
	switch n.Kind {
	case KindCall:
		if n.Agent != "" {
			return t.parentAgent(s, n.Agent, n)
		}
	case KindAgent:
		by, known := s.caller(n)
		if !known {
			break
		}
		if id, ok := s.made(n.Delegation, by); ok {
			return id
		}
		if by != "" {
			return t.parentAgent(s, by, n)
		}
	case KindTurn:
		return SessionID(s.ID)
	}
	if n.Turn == "" {
		return SessionID(s.ID)
	}
	if s.Turns[n.Turn] == nil {
		t.add(s.Turns, &node{Kind: KindTurn, Key: n.Turn, Start: n.Start, Last: n.Last})
	}
	return TurnID(s.ID, n.Turn)
}

// parentAgent is the span of an agent, which is followed from now on if it was not.
func (t *Tracker) parentAgent(s *session, key string, below *node) ID {
	if s.Agents[key] == nil {
		t.add(s.Agents, &node{Kind: KindAgent, Key: key, Turn: below.Turn, Start: below.Start, Last: below.Last})
	}
	return AgentID(s.ID, key)
}

// made is the span of the call that made an agent, when there is one: it must have been
// made by whom lineage says.
func (s *session) made(call, by string) (ID, bool) {
	if call == "" {
		return ID{}, false
	}
	id := CallID(call)
	if c := s.Calls[call]; c != nil {
		return id, c.Agent == by
	}
	agent, ok := s.sent[id]
	return id, ok && agent == by
}

// Pending returns finished spans that were not delivered, at most most of them, the
// first first.
func (t *Tracker) Pending(most int) []*Span { return t.pending[:min(most, len(t.pending))] }

// Delivered notes that the first n of them were.
func (t *Tracker) Delivered(n int) {
	t.changed = true
	clear(t.pending[:n])
	if t.pending = t.pending[n:]; len(t.pending) == 0 {
		t.pending = nil
	}
}

// Counts says what is kept.
func (t *Tracker) Counts() Counts {
	c := Counts{Sessions: len(t.sessions), Bytes: t.bytes, Pending: len(t.pending), Late: t.late, Ignored: t.ignored}
	for e := t.order.Front(); e != nil; e = e.Next() {
		c.Open += e.Value.(*session).open()
	}
	return c
}
