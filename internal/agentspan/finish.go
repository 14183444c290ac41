package agentspan

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
	span := t.spare.span()
	*span = Span{
		Session: s.ID, Resource: s.Resource, Kind: n.Kind, identity: n.identity, ID: s.idOf(n), Start: start, End: end, NoStart: !known, NoEnd: reason,
		Error: failed, Attrs: n.Attrs, Moments: n.Moments, Dropped: n.Dropped, Links: n.Links,
	}
	if n.Kind != KindSession {
		span.Above = t.above(s, n)
	}
	if n.Kind == KindCall && n.Began && n.Timed {
		span.Wait = max(0, (start-n.Start)/1_000_000)
	}
	t.pending = append(t.pending, span)
	t.retire(s, n)
}

// retire keeps of a node what is needed when something of it comes later. That of a call
// is not to be used any more.
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
	before := s.Sent.size()
	s.Sent.put(s.idOf(n), n.Agent)
	t.bytes += s.Sent.size() - before
	t.spare.usedCall(n)
}

// above is the span above a node. It is one that was finished, or will be.
func (t *Tracker) above(s *session, n *node) ID {
	switch n.Kind {
	case KindCall:
		if n.Agent != "" {
			return t.aboveAgent(s, n.Agent, n)
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
			return t.aboveAgent(s, by, n)
		}
	case KindTurn:
		return s.idOf(s.Root)
	}
	if n.Turn == "" {
		return SessionID(s.ID)
	}
	if s.Turns[n.Turn] == nil {
		t.add(s.Turns, &node{Kind: KindTurn, identity: identity{Key: n.Turn}, Start: n.Start, Last: n.Last})
	}
	return TurnID(s.ID, n.Turn)
}

// aboveAgent is the span of an agent, which is followed from now on if it was not.
func (t *Tracker) aboveAgent(s *session, key string, below *node) ID {
	agent := s.Agents[key]
	if agent == nil {
		agent = t.add(s.Agents, &node{Kind: KindAgent, identity: identity{Key: key, Turn: below.Turn}, Start: below.Start, Last: below.Last})
	}
	return s.idOf(agent)
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
	agent, ok := s.Sent.get(id)
	return id, ok && agent == by
}

// Counts says what is kept.
func (t *Tracker) Counts() Counts {
	c := Counts{Sessions: len(t.sessions), Bytes: t.bytes, Pending: len(t.pending), Late: t.late, Ignored: t.ignored}
	for e := t.order.Front(); e != nil; e = e.Next() {
		c.Open += e.Value.(*session).open()
	}
	return c
}
