package lineage

import (
	"cmp"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxWalk bounds the ancestors that are looked at: deeper is taken for a circle.
const maxWalk = 64

// session is what is known of one session. Its fields are exported for encoding only.
type session struct {
	Agents map[string]*agent `json:"agents,omitempty"`
	// Calls that no agent is proven to have been made by, by tool_use_id.
	Calls map[string]*call `json:"calls,omitempty"`
	Seen  int64            `json:"seen"`            // the last event, in the tracker's time
	Ended bool             `json:"ended,omitempty"` // no event since its end

	Project    string `json:"project,omitempty"`    // its name
	Transcript string `json:"transcript,omitempty"` // the path of one of its transcripts

	proven  map[string]string // tool_use_id to the agent that is proven to come from it
	loose   []*agent          // without proof, by their first event
	open    []*call           // the values of Calls, by their time
	matched int64             // when it was matched last, in the tracker's time
	counted int               // calls that the tracker counts of it
	touched []*agent          // proven since the last comparison
}

// agent is one agent of a session.
type agent struct {
	ID      string `json:"id"`
	Type    string `json:"type,omitempty"`
	Prompt  string `json:"prompt,omitempty"`
	First   int64  `json:"first"`             // its start, else the first event of it
	Started bool   `json:"started,omitempty"` // First is its start
	Last    int64  `json:"last,omitempty"`    // its last event that is no stop
	Stopped int64  `json:"stopped,omitempty"` // its last stop
	Idle    int64  `json:"idle,omitempty"`    // when it said that it waits
	Active  bool   `json:"active,omitempty"`  // there was an event of it beside start and stop

	Link     Link   `json:"link"`
	Proof    int64  `json:"proof,omitempty"`    // time of what proves Link
	Notified string `json:"notified,omitempty"` // the call that a notification names for it

	Told      Link  `json:"told"`                // what its records say
	Stamped   bool  `json:"stamped,omitempty"`   // there are such records
	Changed   int64 `json:"changed,omitempty"`   // when Link began to differ, in the tracker's time
	Corrected int   `json:"corrected,omitempty"` // times
	fresh     bool  // not matched yet
	looked    uint8 // files looked for
}

// call is a call of Agent or Task.
type call struct {
	ID     string `json:"id"`
	Parent string `json:"parent"` // who calls; semconv.AgentMain for the main agent
	Prompt string `json:"prompt,omitempty"`
	Asked  string `json:"asked,omitempty"`
	At     int64  `json:"at"`
	Ended  int64  `json:"ended,omitempty"` // it ended without naming an agent
	Void   bool   `json:"void,omitempty"`  // it was not allowed
	Made   bool   `json:"made,omitempty"`  // the call itself has been seen, not its end alone

	used bool // in a matching
}

func newSession() *session {
	return &session{Agents: map[string]*agent{}, Calls: map[string]*call{}, proven: map[string]string{}}
}

// rank orders what tells of a parent.
func rank(how string) int {
	switch how {
	case semconv.LinkConfirmed:
		return 4
	case semconv.LinkSpan:
		return 3
	case semconv.LinkSidecar:
		return 2
	case semconv.LinkProvisional:
		return 1
	}
	return 0
}

func (a *agent) isLoose() bool { return rank(a.Link.How) <= rank(semconv.LinkProvisional) }

// byFirst and byTime are total orders, so that a matching does not depend on the
// order in which events came.
func byFirst(a, b *agent) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.ID, b.ID)) }
func byTime(a, b *call) int   { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) }

func insert[T any](list []T, v T, order func(a, b T) int) []T {
	i, _ := slices.BinarySearchFunc(list, v, order)
	return slices.Insert(list, i, v)
}

func remove[T comparable](list []T, v T) []T {
	if i := slices.Index(list, v); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// index makes the lists of a session that was read from a file.
func (s *session) index() {
	s.proven, s.loose, s.open, s.touched = map[string]string{}, nil, nil, nil
	for _, a := range s.Agents {
		if a.isLoose() {
			s.loose = append(s.loose, a)
		} else if a.Link.Call != "" {
			s.proven[a.Link.Call] = a.ID
		}
		if a.Stamped && !a.isLoose() && !a.Link.same(a.Told) {
			s.touched = append(s.touched, a)
		}
	}
	for _, c := range s.Calls {
		s.open = append(s.open, c)
	}
	slices.SortFunc(s.loose, byFirst)
	slices.SortFunc(s.open, byTime)
}

// came notes that an event of an agent happened. It reports whether that changes what
// is matched.
func (s *session) came(a *agent, e *Event) (changed bool) {
	first := a.First
	switch {
	case e.Kind == Start && (!a.Started || e.At < a.First):
		first, a.Started = e.At, true
	case !a.Started && e.At < a.First:
		first = e.At
	}
	prompt, kind := a.Prompt, a.Type
	if prompt == "" || e.Kind == Start {
		prompt = cmp.Or(bounded(e.Prompt), prompt)
	}
	if kind == "" {
		kind = bounded(e.Type)
	}
	if first != a.First || prompt != a.Prompt || kind != a.Type {
		loose := a.isLoose()
		changed = loose
		if loose {
			s.loose = remove(s.loose, a)
		}
		a.First, a.Prompt, a.Type = first, prompt, kind
		if loose {
			s.loose = insert(s.loose, a, byFirst)
		}
	}
	switch e.Kind {
	case Stop:
		a.Stopped = max(a.Stopped, e.At)
	case Idle:
		a.Idle = max(a.Idle, e.At)
	case Start:
		a.Last = max(a.Last, e.At)
	default:
		a.Active = true
		a.Last = max(a.Last, e.At)
	}
	return changed
}

// prove ties an agent to its parent when l is better than what is known. Of two
// answers the earlier counts: an agent that is called again stays whose it is.
func (s *session) prove(a *agent, l Link, at int64) (changed bool) {
	if l.Parent == a.ID {
		return false
	}
	have, is := rank(a.Link.How), rank(l.How)
	if have > is || have == is && (a.Proof < at || a.Proof == at && a.Link.Call <= l.Call) {
		return false
	}
	switch {
	case a.isLoose():
		s.loose = remove(s.loose, a)
	case s.proven[a.Link.Call] == a.ID:
		delete(s.proven, a.Link.Call)
	}
	if l.Call != "" {
		if c := s.Calls[l.Call]; c != nil {
			s.forget(c)
		}
		s.proven[l.Call] = a.ID
	}
	a.Link, a.Proof = l, at
	s.touched = append(s.touched, a)
	return true
}

func (s *session) forget(c *call) {
	delete(s.Calls, c.ID)
	s.open = remove(s.open, c)
}

// made notes a call, or its end.
func (s *session) made(e *Event, limit int) (changed bool) {
	if !sane(e.Call) || s.proven[e.Call] != "" {
		return false
	}
	c := s.Calls[e.Call]
	if c == nil {
		for len(s.open) >= limit {
			s.forget(s.open[0])
		}
		c = &call{ID: e.Call, Parent: caller(e), Prompt: bounded(e.Prompt), Asked: cmp.Or(bounded(e.Asked), defaultType), At: e.At}
		s.Calls[c.ID] = c
		s.open = insert(s.open, c, byTime)
		changed = true
	}
	switch e.Kind {
	case Denied:
		changed, c.Void = changed || !c.Void, true
	case Failed:
		changed, c.Ended = changed || c.Ended != e.At, e.At
	default:
		if !c.Made || e.At < c.At {
			s.open = remove(s.open, c)
			c.Made, c.At, changed = true, e.At, true
			s.open = insert(s.open, c, byTime)
		}
	}
	return changed
}

// caller is who makes the call of an event.
func caller(e *Event) string { return cmp.Or(e.Agent, semconv.AgentMain) }

// certain reports whether an agent's place does not depend on a matching.
func (s *session) certain(a *agent) bool {
	for range maxWalk {
		if a.isLoose() {
			return false
		}
		if a = s.Agents[a.Link.Parent]; a == nil {
			return true
		}
	}
	return true
}

// place tells where an agent stands.
func (s *session) place(a *agent) Place {
	p := Place{ID: a.ID, Type: a.Type, Parent: a.Link.Parent, Call: a.Link.Call, Link: a.Link.How, Depth: -1}
	for at, depth := a, 1; depth <= maxWalk; depth++ {
		switch at.Link.Parent {
		case "":
			return p
		case semconv.AgentMain:
			p.Root, p.Depth = at.ID, depth
			return p
		}
		if at = s.Agents[at.Link.Parent]; at == nil {
			return p
		}
	}
	return p
}
