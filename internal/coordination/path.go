package coordination

import (
	"cmp"
	"slices"
)

// path is the critical path while it is found.
type path struct {
	v     *view
	steps []step // the last first
}

type step struct {
	agent string
	interval
}

// path follows, from the end of each of the main agent's turns back to its beginning,
// whom was waited for.
func (v *view) path() *path {
	p := &path{v: v}
	main := v.actors[""]
	reports := map[int64]string{} // of agents, by when the main one went on for them
	for _, m := range v.Marks {
		if m.Kind == Notification && m.Child != "" && (reports[m.At] == "" || m.Child < reports[m.At]) {
			reports[m.At] = m.Child
		}
	}
	for i := len(main.alive) - 1; i >= 0; i-- {
		turn := main.alive[i]
		p.follow(main, turn.from, turn.to, 0)
		// Nobody asked for this turn: an agent in the background had done.
		if child := v.actors[reports[turn.from]]; child != nil && child.id != "" {
			before := child.from
			if i > 0 {
				before = max(before, main.alive[i-1].to)
			}
			if before < turn.from {
				p.follow(child, before, turn.from, 1)
			}
		}
	}
	return p
}

// follow adds what an agent did between two moments, the last first: where it waited,
// those that it waited for.
func (p *path) follow(l *life, from, to int64, depth int) {
	now := to
	waits := l.waits // by when they ended
	last, _ := slices.BinarySearchFunc(waits, to, func(w wait, t int64) int {
		if w.to <= t {
			return -1
		}
		return 1
	})
	for i := last - 1; i >= 0 && now > from && waits[i].to > from; i-- {
		c := waits[i].call
		begun, ended := max(waits[i].from, from), waits[i].to
		if ended > now || begun >= ended {
			continue
		}
		p.add(l, ended, now)
		child := p.v.child(c)
		if child == nil || depth >= maxDepth || child == l {
			p.add(l, begun, ended)
		} else {
			p.follow(child, begun, ended, depth+1)
		}
		now = begun
	}
	p.add(l, from, now)
}

// add adds what an agent did between two moments, without waiting for a person.
func (p *path) add(l *life, from, to int64) {
	if to <= from {
		return
	}
	whole := interval{from, to}
	for _, part := range slices.Backward(without([]interval{whole}, overlapping(l.held, whole))) {
		p.step(l.id, part.from, part.to)
	}
}

func (p *path) step(agent string, from, to int64) {
	if n := len(p.steps); n > 0 && p.steps[n-1].agent == agent && p.steps[n-1].from == to {
		p.steps[n-1].from = from
		return
	}
	p.steps = append(p.steps, step{agent, interval{from, to}})
}

// byType is how long the path is with agents of each type, in nanoseconds.
func (p *path) byType() map[string]int64 {
	sums := map[string]int64{}
	for _, s := range p.steps {
		sums[p.v.typeOf(s.agent)] += s.to - s.from
	}
	return sums
}

func (p *path) tell() CriticalPath {
	var all, delegated int64
	for _, s := range p.steps {
		all += s.to - s.from
		if s.agent != "" {
			delegated += s.to - s.from
		}
	}
	out := CriticalPath{Length: millis(all), Delegated: millis(delegated), StepsAll: len(p.steps)}
	longest := slices.Clone(p.steps)
	slices.SortFunc(longest, func(x, y step) int {
		return cmp.Or(cmp.Compare(y.to-y.from, x.to-x.from), cmp.Compare(x.from, y.from), cmp.Compare(x.agent, y.agent))
	})
	longest = longest[:min(len(longest), MaxSteps)]
	slices.SortFunc(longest, func(x, y step) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	out.Steps = make([]Step, 0, len(longest))
	for _, s := range longest {
		out.Steps = append(out.Steps, Step{AgentID: s.agent, AgentType: p.v.typeOf(s.agent), Begin: at(s.from), Length: millis(s.to - s.from)})
	}
	return out
}
