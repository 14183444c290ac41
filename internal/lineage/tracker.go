package lineage

import (
	"cmp"
	"container/list"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Limits bound a Tracker. Zero values are replaced by the defaults.
type Limits struct {
	Sessions int           // followed at a time; default 10000
	Agents   int           // of one session, and calls without proof; default 2000
	All      int           // the same of all sessions; default 20000
	Idle     time.Duration // how long a silent session is remembered; default 24h
	Ended    time.Duration // how long one is remembered that has ended; default 1h
}

// Bounds that nobody needs to choose.
const (
	maxCorrections = 16 // of one agent
	maxAhead       = int64(2 * time.Minute)
	// A session with as many agents and calls that nothing is proven of is matched at
	// most so often while its events pass: the work for an event must not grow with
	// what an agent makes up.
	largeMatch   = 300
	pauseOfLarge = 5 * time.Millisecond
	// Nor may such matchings, of all sessions, take more than one part in largeShare of
	// the time: one of thousands takes longer than the pause.
	largeShare = 5
)

func (l Limits) withDefaults() Limits {
	l.Sessions, l.Agents, l.All = cmp.Or(l.Sessions, 10_000), cmp.Or(l.Agents, 2_000), cmp.Or(l.All, 20_000)
	l.Idle, l.Ended = cmp.Or(l.Idle, 24*time.Hour), cmp.Or(l.Ended, time.Hour)
	return l
}

// Tracker follows the agents of sessions. It is safe for concurrent use.
type Tracker struct {
	limits Limits
	now    func() time.Time

	mu       sync.Mutex
	sessions map[string]*list.Element // of *named
	order    *list.List               // the longest silent first
	waiting  map[string]*session      // those with agents to correct
	dirty    map[string]*named        // those to be matched anew
	matcher  matcher
	rest     int64 // until when large sessions are not matched for an event
	agents   int   // of all sessions
	calls    int   // without proof, of all sessions
	looks    looks
	changed  bool
	counts   Totals
}

type named struct {
	id string
	*session
}

// Totals count what became of events and agents since the start.
type Totals struct {
	Unfollowed int64 // events whose agent is not followed, because a session has too many or its id is none
	Forgotten  int64 // agents that were forgotten before their time
}

// NewTracker returns a Tracker.
func NewTracker(l Limits) *Tracker {
	return &Tracker{
		limits: l.withDefaults(), now: time.Now, sessions: map[string]*list.Element{}, order: list.New(), waiting: map[string]*session{}, dirty: map[string]*named{},
	}
}

// Observe takes an event and returns where the agent that acts in it stands, as its
// record will say: what becomes known otherwise later is a correction.
func (t *Tracker) Observe(e *Event) Place {
	unknown := Place{ID: e.Agent, Type: e.Type, Depth: -1}
	if e.Agent == "" {
		unknown.Depth = 0
	}
	if !sane(e.Session) {
		return unknown
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sessions[e.Session] == nil && e.Agent == "" && (e.Kind == Other || e.Kind == Idle || e.Kind == End) {
		return unknown // many sessions call no agents
	}
	now := t.now().UnixNano()
	at := *e
	if at.At <= 0 || at.At > now+maxAhead {
		at.At = now
	}
	s := t.session(e.Session)
	s.Seen, s.Ended = now, e.Kind == End
	if s.Project == "" {
		s.Project = bounded(e.Project)
	}
	if s.Transcript == "" && len(e.Transcript) <= maxTranscript {
		s.Transcript = e.Transcript
	}
	return t.take(s, &at, now, unknown)
}

func (t *Tracker) take(s *named, e *Event, now int64, unknown Place) Place {
	changed := false
	var acts *agent
	if e.Agent != "" {
		if acts = t.agent(s, e.Agent, e.At); acts == nil {
			t.counts.Unfollowed++
			return unknown
		}
		changed = s.came(acts, e)
		t.look(s, acts, e, now)
	}
	if acts != nil || e.Kind != Other {
		t.changed = true
	}
	changed = t.learn(s, e) || changed
	t.weigh(s)
	if changed || acts != nil && acts.fresh {
		t.dirty[s.id] = s
	}
	if acts == nil {
		return unknown
	}
	acts.fresh = false
	if large := len(s.loose)+len(s.open) >= largeMatch; !s.certain(acts) && (!large || now >= t.rest && now-s.matched >= int64(pauseOfLarge)) {
		t.settle(s, now)
		if large {
			end := t.now().UnixNano()
			t.rest = end + (largeShare-1)*max(end-now, 0)
		}
	}
	if e.Kind != Span { // what comes from elsewhere is no record of ours
		if !acts.Stamped || acts.Link.same(acts.Told) {
			acts.Told, acts.Stamped = acts.Link, true
		}
	}
	return s.place(acts)
}

// settle matches a session anew when something has become known since.
func (t *Tracker) settle(s *named, now int64) {
	if t.dirty[s.id] == nil {
		return
	}
	delete(t.dirty, s.id)
	s.matched = now
	t.matcher.match(s.session)
	t.compare(s, now)
	t.weigh(s)
}

func (t *Tracker) settleAll(now int64) {
	for _, s := range t.dirty {
		t.settle(s, now)
	}
}

// learn takes what an event tells of who called whom.
func (t *Tracker) learn(s *named, e *Event) (changed bool) {
	switch e.Kind {
	case Call, Denied, Failed:
		return s.made(e, t.limits.Agents)
	case Answer:
		if e.Child == "" { // of a version or a kind of agent that is not named
			end := *e
			end.Kind = Failed
			return s.made(&end, t.limits.Agents)
		}
		if child := t.agent(s, e.Child, e.At); child != nil {
			link := Link{Parent: caller(e), How: semconv.LinkConfirmed}
			if sane(e.Call) {
				link.Call = e.Call
			}
			changed = s.prove(child, link, e.At)
			if child.Type == "" && e.Asked != "" {
				child.Type = bounded(e.Asked)
			}
		}
	case Notification:
		if child := t.agent(s, e.Child, e.At); child != nil && sane(e.Call) && child.Notified == "" {
			child.Notified, changed = e.Call, true
		}
	case Span:
		if acts := s.Agents[e.Agent]; acts != nil && sane(e.Parent) {
			changed = s.prove(acts, Link{Parent: e.Parent, How: semconv.LinkSpan}, e.At)
		}
	case Idle:
		if child := s.Agents[e.Child]; child != nil {
			child.Idle = max(child.Idle, e.At)
		}
	}
	return changed
}

// compare looks which agents' records say something else than is known now.
func (t *Tracker) compare(s *named, now int64) {
	for _, list := range [][]*agent{s.loose, s.touched} {
		for _, a := range list {
			switch {
			case !a.Stamped || a.Link.same(a.Told):
				a.Changed = 0
			case a.Changed == 0 && a.Corrected < maxCorrections:
				a.Changed = now
				t.waiting[s.id] = s.session
			}
		}
	}
	clear(s.touched)
	s.touched = s.touched[:0]
}

// Sweep forgets what is over, and counts the rest.
func (t *Tracker) Sweep() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now().UnixNano()
	t.settleAll(now)
	for e := t.order.Front(); e != nil; {
		next, s := e.Next(), e.Value.(*named)
		silent := time.Duration(now - s.Seen)
		if silent >= t.limits.Idle || s.Ended && silent >= t.limits.Ended {
			forgotten := t.counts.Forgotten
			t.drop(e)
			t.counts.Forgotten = forgotten
			t.changed = true
		}
		e = next
	}
	return t.count(now)
}
