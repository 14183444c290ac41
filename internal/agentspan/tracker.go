package agentspan

import (
	"container/list"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Tracker makes spans of events. It is not safe for concurrent use.
type Tracker struct {
	limits Limits
	now    func() time.Time

	sessions map[string]*list.Element // of *session
	order    *list.List               // the longest silent first
	nodes    int                      // turns, agents and calls of all sessions
	bytes    int
	event    event
	told     told
	flush    []*session // with calls that ended since the last flush
	pending  []*Span
	spare    spare

	newest   int64     // time of the newest event
	newestAt time.Time // since when time goes on without events
	late     int64     // events about what was finished
	ignored  int64     // events whose ids cannot be followed
	changed  bool
	urgent   bool // the change is one that nothing else tells
	encoded  int  // length of the last state
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
	defer e.release()
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
		t.correct(s, e)
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

// take takes over attributes of an event into a node. A call has room for those that
// its end brings, too.
func (t *Tracker) take(n *node, e *event, who audience) {
	if n.Attrs == nil {
		n.Attrs = t.spare.list(len(e.rest) + 4)
	}
	for i := range e.rest {
		f := &e.rest[i]
		if f.who&who == 0 || t.limits.NoDetails && f.who&forDetail != 0 {
			continue
		}
		if a, ok := attrOf(f.key, f.value); ok {
			n.Attrs = set(n.Attrs, a)
		}
	}
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
