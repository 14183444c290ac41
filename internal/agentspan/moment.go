package agentspan

import (
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// alert makes an event of a span of an alert.
func (t *Tracker) alert(s *session, e *event) {
	m := Moment{Name: semconv.EventNamePrefix + semconv.EventSecurityAlert, At: e.time}
	for i := range e.rest {
		f := &e.rest[i]
		if a, ok := attrOf(f.key, f.value); ok && f.who&forAlert != 0 {
			m.Attrs = set(m.Attrs, a)
		}
	}
	m.Attrs = setText(m.Attrs, semconv.ToolCallID, cut(e.call, maxID))
	if !t.told.once(s.ID, alertID(m.Attrs)) {
		t.late++
		return
	}
	n := s.Calls[e.call]
	if n == nil {
		agent := e.agent
		if by, ok := s.Sent.get(CallID(e.call)); ok && e.call != "" {
			agent = by
		}
		n = s.bearer(agent, s.turnOf(e), e.time)
	}
	t.tell(n, m)
}

// correct takes a record which says that an agent has another place than its records
// said, or, without a link, that it is not known who called it. A span that was sent stays
// where it is: an event of what goes on tells it.
func (t *Tracker) correct(s *session, e *event) {
	a := s.Agents[e.agent]
	if a == nil {
		t.late++
		return
	}
	if !a.Sent {
		if e.link == "" {
			a.unplace(e.time)
		} else {
			a.place(e, e.time)
		}
		return
	}
	var now node
	now.place(e, e.time)
	same := now.Parent == a.Parent && now.Delegation == a.Delegation && !a.Corrected
	if e.link != "" && now.Link == "" || same { // a place that cannot be, or the one it has
		return
	}
	if !t.told.once(s.ID, e.at) {
		t.late++
		return
	}
	a.Corrected = true
	m := Moment{Name: semconv.EventNamePrefix + semconv.EventAgentLink, At: e.time}
	for _, x := range [][2]string{
		{semconv.GenAIAgentID, a.Key},
		{semconv.AgentName, a.Name},
		{semconv.AgentParentID, now.Parent},
		{semconv.AgentRootID, now.Root},
		{semconv.AgentDelegationID, now.Delegation},
		{semconv.AgentLink, now.Link},
	} {
		m.Attrs = setText(m.Attrs, x[0], x[1])
	}
	if now.Depth > 0 {
		m.Attrs = set(m.Attrs, intAttr(semconv.AgentDepth, now.Depth-1))
	}
	t.tell(s.bearer("", s.turnOf(e), e.time), m)
}

// tell adds an event to a span.
func (t *Tracker) tell(n *node, m Moment) {
	if t.fresh(n) {
		n.moment(m)
		t.weigh(n)
	}
}

// moment adds an event to the span, once.
func (n *node) moment(m Moment) {
	id := alertID(m.Attrs)
	for i := range n.Moments {
		have := &n.Moments[i]
		if have.Name == m.Name && (id != "" && alertID(have.Attrs) == id || have.At == m.At && slices.EqualFunc(have.Attrs, m.Attrs, Attr.equal)) {
			return
		}
	}
	if len(n.Moments) >= maxMoments {
		n.Dropped = min(n.Dropped+1, 1<<30)
		return
	}
	n.Moments = append(n.Moments, m)
}

func alertID(list []Attr) string {
	for i := range list {
		if list[i].Key == semconv.AlertID {
			return list[i].Str
		}
	}
	return ""
}

// maxTold is how many records are remembered as told.
const maxTold = 1024

// told remembers which records became events of spans, the last ones: when they come
// again, the span that has them may have been sent.
type told struct {
	known map[ID]bool
	order []ID
	next  int
}

// once reports whether a record is not known yet, and remembers it. One without an id
// never is.
func (o *told) once(session, record string) bool {
	if record == "" {
		return true
	}
	id := idOf("record", session, record)
	if o.known[id] {
		return false
	}
	if o.known == nil {
		o.known = map[ID]bool{}
	}
	if o.known[id] = true; len(o.order) < maxTold {
		o.order = append(o.order, id)
		return true
	}
	delete(o.known, o.order[o.next])
	o.order[o.next] = id
	o.next = (o.next + 1) % maxTold
	return true
}
