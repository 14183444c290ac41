package agentspan

import (
	"cmp"
	"container/list"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Limits bound a Tracker. Zero values are replaced by the defaults.
type Limits struct {
	Sessions     int // followed at a time; default 1000
	SessionSpans int // turns, agents and calls of one session; default 2000
	Spans        int // turns, agents and calls of all; default 20000
	Bytes        int // about what is kept in memory; default 32 MiB

	Grace          time.Duration // how long what belongs to a span that ended is waited for; default 30s
	CallTimeout    time.Duration // how long a call may take of which no end comes; default 24h
	SessionTimeout time.Duration // how long a session may be silent; default 24h
	NoDetails      bool          // leave out commands, paths and addresses
}

// Bounds that nobody needs to choose.
const (
	maxAhead = int64(2 * time.Minute) // an event of a later time is taken for one of now
	// What time alone ends is not ended while its session's records still come in.
	settle = 2 * time.Second
)

func (l Limits) withDefaults() Limits {
	l.Sessions, l.SessionSpans = cmp.Or(l.Sessions, 1_000), cmp.Or(l.SessionSpans, 2_000)
	l.Spans, l.Bytes = cmp.Or(l.Spans, 20_000), cmp.Or(l.Bytes, 32<<20)
	l.Grace, l.CallTimeout, l.SessionTimeout = cmp.Or(l.Grace, 30*time.Second), cmp.Or(l.CallTimeout, 24*time.Hour), cmp.Or(l.SessionTimeout, 24*time.Hour)
	return l
}

// Counts say what a Tracker keeps, and what became of events since the start.
type Counts struct {
	Sessions int
	Open     int // spans that are not finished
	Bytes    int // about what they take in memory
	Pending  int // finished spans that were not delivered
	Late     int64
	Ignored  int64
}

// Tracker makes spans of events. It is not safe for concurrent use.
type Tracker struct {
	limits Limits
	now    func() time.Time

	sessions map[string]*list.Element // of *session
	order    *list.List               // the longest silent first
	nodes    int                      // turns, agents and calls of all sessions
	bytes    int
	event    event
	flush    []*session // with calls that ended since the last flush
	pending  []*Span

	newest   int64     // time of the newest event
	newestAt time.Time // since when time goes on without events
	late     int64     // events about what was finished
	ignored  int64     // events whose ids cannot be followed
	changed  bool
}

// NewTracker returns a Tracker. now is time.Now, but in tests.
func NewTracker(l Limits, now func() time.Time) *Tracker {
	return &Tracker{limits: l.withDefaults(), now: now, sessions: map[string]*list.Element{}, order: list.New()}
}

// Observe takes an event, in the record of a hook event or an alert, with its resource.
// Records of others are passed over.
func (t *Tracker) Observe(resource pcommon.Map, lr plog.LogRecord) {
	e := &t.event
	e.read(lr)
	if e.hook == "" && e.typ != semconv.EventSecurityAlert && e.typ != semconv.EventAgentLink {
		return
	}
	if !sane(e.session) {
		t.ignored++
		return
	}
	now := t.now()
	t.bound(e, now)
	if e.hook == "" && t.sessions[e.session] == nil {
		t.late++ // nothing is known of what it is about
		return
	}
	s := t.session(e.session, e.time)
	if s.Resource == nil {
		s.Resource = resourceOf(resource)
		t.bytes += sizeOf(s.Resource)
	}
	s.seen, s.Clock = now.UnixNano(), max(s.Clock, e.time)
	t.changed = true
	switch e.typ {
	case semconv.EventSecurityAlert:
		t.alert(s, e)
	case semconv.EventAgentLink:
		if a := s.Agents[e.agent]; a != nil && !a.Sent {
			a.place(e, e.time)
		}
	default:
		t.hook(s, e)
	}
	t.weigh(s.Root)
	t.makeRoom(s)
	// So that a sweep costs each event little, whatever times they tell.
	if s.events++; s.Clock-s.swept >= int64(t.limits.Grace)/2 && s.events >= s.nodes()/8 {
		t.sweep(s, false)
	}
}

// bound gives an event a time that can be.
func (t *Tracker) bound(e *event, now time.Time) {
	if e.time <= 0 || e.time > now.UnixNano()+maxAhead {
		e.time = now.UnixNano()
	}
	if e.time > t.newest {
		t.newest, t.newestAt = e.time, now
	}
}

// clock is the time that it is as far as events tell.
func (t *Tracker) clock() int64 {
	if t.newest == 0 {
		return 0
	}
	return t.newest + max(0, int64(t.now().Sub(t.newestAt)))
}

// Pause says that events cannot be taken: time does not go on until Resume.
func (t *Tracker) Pause() {
	t.newest, t.newestAt = t.clock(), t.now()
}

// Resume says that they can be taken again.
func (t *Tracker) Resume() { t.newestAt = t.now() }

// hook takes a hook event.
func (t *Tracker) hook(s *session, e *event) {
	at := e.time
	s.Root.came(at)
	if len(s.Root.Attrs) == 0 && !s.Root.Sent {
		s.Root.take(e, forSession, !t.limits.NoDetails)
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
			turn.take(e, forTurn, !t.limits.NoDetails)
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

// tell adds an event to a span.
func (t *Tracker) tell(n *node, m Moment) {
	if t.fresh(n) {
		n.moment(m)
		t.weigh(n)
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
	if !sane(key) { // of a version that does not name prompts
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
	turn.take(e, forTurn, !t.limits.NoDetails)
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
	if !sane(e.agent) || e.agent == semconv.AgentMain {
		t.ignored++
		return nil
	}
	n := s.Agents[e.agent]
	if n == nil {
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
	if sane(e.prompt) && (n.Turn == "" || e.hook == hookAgentStart) {
		n.Turn = e.prompt
	} else if n.Turn == "" {
		n.Turn = s.turnOf(e)
	}
	t.weigh(n)
	return n
}

// add begins to follow a node.
func (t *Tracker) add(of map[string]*node, n *node) *node {
	of[n.Key] = n
	t.nodes++
	t.weigh(n)
	return n
}

// weigh brings the count of bytes up to date after a change of a node.
func (t *Tracker) weigh(n *node) {
	size := n.size()
	t.bytes += size - n.bytes
	n.bytes = size
}

// alert makes an event of a span of an alert.
func (t *Tracker) alert(s *session, e *event) {
	m := Moment{Name: semconv.EventNamePrefix + semconv.EventSecurityAlert, At: e.time}
	m.Attrs = append(m.Attrs, e.alert...)
	m.Attrs = setText(m.Attrs, semconv.ToolCallID, cut(e.call, maxID))
	n := s.Calls[e.call]
	if n == nil {
		agent := e.agent
		if by, ok := s.sent[CallID(e.call)]; ok && e.call != "" {
			agent = by
		}
		n = s.bearer(agent, s.turnOf(e), e.time)
	}
	t.tell(n, m)
}
