package coordination

import (
	"cmp"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// wait is an agent's wait for one that it called.
type wait struct {
	interval
	call *call
}

// view is a session while its figures are worked out.
type view struct {
	*state
	*store
	limits Limits
	calls  []*call          // by when they were done
	actors map[string]*life // by agent id; "" is the main agent
	order  []string         // ids of the sub-agents, by begin
	kids   map[string]*life // by the call that made it
	asks   map[string][]ask // by agent, by time

	// Memory that is used again for each agent.
	read, changed map[uint32]bool
	tools         []interval
}

// life is what is known of an agent's time and acts.
type life struct {
	id, typ     string
	parent      string // an agent's id, "" for the main agent
	parentKnown bool
	link        link
	made        *call   // the call that made it
	mine        []*call // its calls, by when they were done
	calls       int     // how many these are
	waits       []wait  // for agents, by when they ended
	from, to    int64
	stopped     int64 // when it was last known to have stopped; 0: it goes on
	alive       []interval
	held        []interval // alive and not waiting, while a person was asked
	work        []interval // the rest of alive
	background  bool
	ghost       bool // no agent was seen, only the call: its id is the call's
}

// Session is what is known by now. More may be added afterwards.
func (a *Analyzer) Session() Session {
	s, v := a.view()
	main := v.actors[""]
	main.alive = v.turns(main)
	v.share(main)
	path := v.path()
	s.CriticalPath = path.tell()
	s.Efficiency = v.efficiency()
	s.Types = v.types(s.Delegations, path)
	s.Recommendations = v.recommend(&s)
	return s
}

// SoFar is Session without CriticalPath, Efficiency, Types and Recommendations: what can
// be over while the session goes on. It takes less time.
func (a *Analyzer) SoFar() Session {
	s, _ := a.view()
	return s
}

func (a *Analyzer) view() (Session, *view) {
	v := &view{state: &a.state, store: &a.store, limits: a.limits, actors: map[string]*life{}, kids: map[string]*life{}, read: map[uint32]bool{}, changed: map[uint32]bool{}}
	v.gather()
	v.times()
	s := Session{Start: at(a.First), End: at(a.Last), Ended: a.Over != 0 && a.Last-a.Over <= slack, LeftOut: a.LeftOut}
	s.Delegations = v.delegations()
	s.Conflicts, s.ConflictCount = v.conflicts()
	s.Repeated, s.RepeatCount = v.repeats()
	return s, v
}

// gather gives every agent its calls, and finds out who made it.
func (v *view) gather() {
	main := &life{typ: mainAgent}
	v.actors[""] = main
	for id, one := range v.Agents {
		if one.First == 0 {
			continue // no event is of it: who called it may tell of its time
		}
		l := &life{id: id, typ: subType(one.Type), link: one.Link}
		v.actors[id] = l
	}
	v.sort()
	by := make([]*life, len(v.calls))
	known := map[uint32]*life{0: main} // by agent
	for i, c := range v.calls {
		l := known[c.agent]
		if l == nil {
			if l = v.actors[v.name(c.agent)]; l == nil {
				continue
			}
			known[c.agent] = l
		}
		by[i] = l
		l.calls++
		if c.action == Delegate {
			v.made(c)
		}
	}
	room := make([]*call, len(v.calls))
	for i, c := range v.calls {
		if l := by[i]; l != nil {
			if l.mine == nil {
				l.mine, room = room[:0:l.calls], room[l.calls:]
			}
			l.mine = append(l.mine, c)
		}
	}
	v.settle()
	v.ghosts()
	v.asks = v.questions()
}

// sort puts the calls in the order in which they were done. It is kept: the next time, it
// is nearly the right one.
func (v *view) sort() {
	v.calls = make([]*call, len(v.sorted))
	for i, n := range v.sorted {
		v.calls[i] = v.call(n)
	}
	slices.SortFunc(v.calls, v.byEnd)
	for i, c := range v.calls {
		v.sorted[i] = c.n
	}
}

// byEnd orders calls by when they were done. No two are equal.
func (v *view) byEnd(x, y *call) int {
	if c := cmp.Compare(x.done(), y.done()); c != 0 {
		return c
	}
	if c := cmp.Compare(x.from(), y.from()); c != 0 {
		return c
	}
	return cmp.Compare(v.id(x), v.id(y))
}

// ghosts stand for the agents of calls that made none which was seen.
func (v *view) ghosts() {
	for _, c := range v.calls {
		if c.action != Delegate || v.child(c) != nil || v.actors[v.id(c)] != nil {
			continue
		}
		agent, id := v.name(c.agent), v.id(c)
		caller := v.actors[agent]
		if caller == nil {
			continue
		}
		l := &life{id: id, ghost: true, parent: agent, parentKnown: true, made: c, background: v.askedOf(c).background(), from: c.from(), to: c.done()}
		l.link = link{Parent: cmp.Or(agent, mainAgent), Call: id, How: semconv.LinkConfirmed}
		if q := v.askedOf(c); q != nil {
			l.typ = subType(q.Type)
		}
		if l.background || c.denied() {
			l.to = l.from
		}
		if c.end != 0 || c.denied() {
			l.stopped = c.done()
		}
		v.actors[id], v.kids[id] = l, l
		v.order = append(v.order, id)
	}
}

// subType is the type of a sub-agent. None passes for the main agent.
func subType(typ string) string {
	if typ == mainAgent {
		return "main (agent)"
	}
	return typ
}

// made ties the agent that a call names in its answer to the call.
func (v *view) made(c *call) {
	q := v.askedOf(c)
	if q == nil || q.Child == "" {
		return
	}
	child := v.actors[q.Child]
	if child == nil {
		if len(v.actors) > v.limits.Agents {
			return
		}
		child = &life{id: q.Child, typ: subType(q.Type), from: c.from(), to: c.done()}
		v.actors[child.id] = child
	}
	id := v.id(c)
	l := link{Parent: cmp.Or(v.name(c.agent), mainAgent), Call: id, How: semconv.LinkConfirmed, Rank: rankAnswer, At: c.end, ID: id}
	if l.better(child.link) {
		child.link = l
	}
}

// settle resolves links once all of them are known.
func (v *view) settle() {
	for id := range v.actors {
		if id != "" {
			v.order = append(v.order, id)
		}
	}
	slices.Sort(v.order)
	for _, id := range v.order {
		l := v.actors[id]
		if p := l.link.Parent; p != "" {
			if p == mainAgent {
				p = ""
			}
			l.parent, l.parentKnown = p, v.actors[p] != nil
		}
		if c := v.find(l.link.Call); c != nil && c.action == Delegate {
			l.made = c
			id := v.id(c)
			if k := v.kids[id]; k == nil || k.link.Rank < l.link.Rank {
				v.kids[id] = l
			}
			l.background = v.askedOf(c).background()
			if q := v.askedOf(c); l.typ == "" && q != nil {
				l.typ = subType(q.Type)
			}
		}
	}
}

func at(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

func millis(ns int64) int64 { return ns / 1_000_000 }
