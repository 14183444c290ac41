package coordination

import (
	"cmp"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of lists in a Session.
const (
	MaxFiles    = 20
	MaxSteps    = 200
	MaxEvidence = 20
)

// Bounds that nobody needs to choose.
const (
	maxMarks    = 10_000 // prompts, ends of turns
	maxStops    = 64     // of an agent
	maxRequests = 20_000
	// maxDuration is the longest that is believed, in ms: 30 days.
	maxDuration = 30 * 24 * 3600 * 1000
	// maxCount is the most tokens, or tool calls, that are believed of an agent.
	maxCount = 1 << 50
)

// Limits bound what is held of a session. What is 0 is the default.
type Limits struct {
	Calls  int // tool calls; default 20,000
	Agents int // and delegations; default 2,000
	Bytes  int // of texts and calls; default 16 MiB
	Listed int // conflicts, and repeats, that Session lists; default 200 each
	// Window is within which two changes of a file are a conflict. Default 10 minutes.
	Window time.Duration
}

func (l Limits) withDefaults() Limits {
	l.Calls, l.Agents, l.Listed = cmp.Or(l.Calls, 20_000), cmp.Or(l.Agents, 2_000), cmp.Or(l.Listed, 200)
	l.Bytes, l.Window = cmp.Or(l.Bytes, 16<<20), cmp.Or(l.Window, 10*time.Minute)
	return l
}

// Analyzer takes the events of one session. It is not safe for concurrent use.
type Analyzer struct {
	limits Limits
	state
	store
	bytes int
	deeds map[deed]uint32 // numbers in store.doers
}

// deed is what two agents can both do.
type deed struct {
	action         Action
	target, detail uint32
}

// doers says who did it: the first agent, and whether there are others.
type doers struct {
	agent   uint32
	several bool
}

// state is what is known of the session, beside its calls. Nothing in it depends on the
// order in which the events came.
type state struct {
	First    int64
	Last     int64
	Over     int64             // the last SessionEnd
	Agents   map[string]*agent // without the main one
	Marks    []mark            // each once, in any order
	Requests map[uint64]bool   // those that were counted
	Asks     []ask             // each once, in any order
	LeftOut  int
	// Delegated says that a call of an agent was seen.
	Delegated bool

	marked map[mark]bool
	asked  map[ask]bool
}

// mark is a moment of the main agent: a Prompt, a Notification or a TurnEnd.
type mark struct {
	At    int64  `json:"t"`
	Kind  Kind   `json:"k"`
	Child string `json:"c,omitempty"`
}

// NewAnalyzer returns an Analyzer of a session that has no events yet.
func NewAnalyzer(l Limits) *Analyzer {
	a := &Analyzer{limits: l.withDefaults(), deeds: map[deed]uint32{}}
	a.fill()
	return a
}

func (s *state) fill() {
	if s.Agents == nil {
		s.Agents = map[string]*agent{}
	}
	if s.Requests == nil {
		s.Requests = map[uint64]bool{}
	}
	s.marked = map[mark]bool{}
	for _, m := range s.Marks {
		s.marked[m] = true
	}
	s.asked = map[ask]bool{}
	for _, k := range s.Asks {
		s.asked[k] = true
	}
}

// Build is what is known from all events of a session.
func Build(events []Event, l Limits) Session {
	a := NewAnalyzer(l)
	for i := range events {
		a.Add(&events[i])
	}
	return a.Session()
}

// News says what there may be to tell of.
type News uint8

// What there may be.
const (
	NoNews   News = iota
	Repeated      // work that was done again
	Over          // a delegation that is over, or a conflict
)

// Add takes an event of the session. It keeps no pointer to it. It returns what there
// may be to tell of now.
func (a *Analyzer) Add(e *Event) News {
	if e.At <= 0 {
		a.LeftOut++
		return NoNews
	}
	acts := a.acting(e)
	if e.Agent != "" && acts == nil {
		a.LeftOut++
		return NoNews
	}
	if e.Kind == Link || e.Kind == Request {
		if e.Kind == Request {
			a.request(acts, e)
		}
		return NoNews // told afterwards, and by others
	}
	a.spread(e.At)
	switch e.Kind {
	case Begin, End, Failed, Denied:
		return a.call(e)
	case AgentStop:
		return Over
	case Ask:
		a.ask(e, acts)
	case Prompt, Notification, TurnEnd:
		if e.Agent == "" {
			a.mark(e)
		}
	case SessionEnd:
		a.Over = max(a.Over, e.At)
	}
	return NoNews
}

// met notes that an agent has done something, and reports whether another one has, too.
func (a *Analyzer) met(c *call) bool {
	if c.target == 0 && (c.action != Search || c.detail == 0) {
		return false // nobody knows which file it was, or what for
	}
	d := deed{c.action, c.target, c.detail}
	if c.action == Edit {
		d.detail = 0
	}
	n := a.deeds[d]
	if n == 0 && len(a.doers) >= a.count() {
		c.doers = 0 // a call that became another one time and again
		return false
	}
	if n == 0 {
		a.doers = push(a.doers, doers{agent: c.agent})
		n = uint32(len(a.doers)) //nolint:gosec // at most one of a call
		a.deeds[d] = n
		a.bytes += perDeed
	}
	c.doers = n
	who := &a.doers[n-1]
	who.several = who.several || who.agent != c.agent
	return who.several
}

func (a *Analyzer) spread(at int64) {
	if a.First == 0 || at < a.First {
		a.First = at
	}
	a.Last = max(a.Last, at)
}

func (a *Analyzer) mark(e *Event) {
	m := mark{At: e.At, Kind: e.Kind}
	if e.Kind == Notification {
		m.Child = a.text(e.Child)
	}
	if a.marked[m] {
		return
	}
	if len(a.Marks) >= maxMarks || a.full() {
		a.LeftOut++
		return
	}
	a.bytes += perMark
	a.marked[m] = true
	a.Marks = append(a.Marks, m)
}

// request adds up tokens of requests that name an agent.
func (a *Analyzer) request(acts *agent, e *Event) {
	if acts == nil || e.Tokens <= 0 {
		return
	}
	id := digest(e.ID)
	if a.Requests[id] {
		return
	}
	if len(a.Requests) >= maxRequests || a.full() {
		a.LeftOut++
		return
	}
	a.bytes += perRequest
	a.Requests[id] = true
	sum := &acts.Tokens
	if e.Span {
		sum = &acts.SpanTokens
	}
	*sum = min(*sum+min(e.Tokens, 1<<40), maxCount)
}

// Delegates reports whether an agent was called, or seen.
func (a *Analyzer) Delegates() bool { return len(a.Agents) > 0 || a.Delegated }

// main is the name of the main agent where it stands for a parent.
const mainAgent = semconv.AgentMain
