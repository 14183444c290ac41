package coordination

import (
	"cmp"
	"slices"
)

// times finds out from when to when everybody was at work.
func (v *view) times() {
	for _, id := range v.order {
		if l := v.actors[id]; !l.ghost {
			v.lifetime(l, v.Agents[id])
		}
	}
	slices.SortFunc(v.order, func(x, y string) int {
		return cmp.Or(cmp.Compare(v.actors[x].from, v.actors[y].from), cmp.Compare(x, y))
	})
	for _, id := range v.order {
		l := v.actors[id]
		l.alive = union([]interval{{l.from, l.to}})
		v.share(l)
	}
}

// share takes what an agent waited out of the time in which it was alive.
func (v *view) share(l *life) {
	l.work = without(l.alive, v.waiting(l))
	if held := v.held(l); held != nil {
		l.held, l.work = intersect(l.work, held), without(l.work, held)
	}
}

// slack is how much later than an agent's stop another event of it may seem to be, in
// nanoseconds: hooks run side by side.
const slack = 2_000_000_000

// lifetime is from its start to its last stop, and within the call that waited for it.
func (v *view) lifetime(l *life, one *agent) {
	if one != nil && one.First == 0 {
		one = nil
	}
	if one != nil {
		l.from, l.to = cmp.Or(one.Start, one.First), one.Last
		l.from = min(l.from, one.First)
		if n := len(one.Stops); n > 0 && one.Last-one.Stops[n-1] <= slack {
			l.stopped = one.Last
		}
	}
	c := l.made
	if c == nil || l.background || c.end == 0 {
		return
	}
	l.stopped = c.end // the hook of a stop may be slower than that of the answer
	if one == nil || len(one.Stops) == 0 || l.to > c.end {
		l.to = max(c.end, l.from)
	}
}

// waiting is when an agent waited for others, as a union.
func (v *view) waiting(l *life) []interval {
	var list []interval
	for _, c := range l.mine {
		if c.action != Delegate || v.askedOf(c).background() || c.denied() {
			continue
		}
		if c.end == 0 && v.child(c) == nil {
			continue
		}
		i := interval{c.from(), v.answered(c)}
		l.waits = append(l.waits, wait{i, c})
		list = append(list, i)
	}
	slices.SortFunc(l.waits, func(x, y wait) int {
		return cmp.Or(cmp.Compare(x.to, y.to), cmp.Compare(x.from, y.from), cmp.Compare(v.id(x.call), v.id(y.call)))
	})
	return union(list)
}

// answered is when a call of an agent had ended, or whom it made.
func (v *view) answered(c *call) int64 {
	if c.end != 0 {
		return c.end
	}
	if l := v.child(c); l != nil {
		return max(l.to, c.from())
	}
	return c.from()
}

// child is the agent that a call made; nil when none is known.
func (v *view) child(c *call) *life {
	if q := v.askedOf(c); q != nil && q.Child != "" {
		return v.actors[q.Child]
	}
	return v.kids[v.id(c)]
}

// turns are the intervals in which the main agent was at work, as a union.
func (v *view) turns(main *life) []interval {
	marks := slices.Clone(v.Marks)
	slices.SortFunc(marks, func(x, y mark) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(y.Kind, x.Kind), cmp.Compare(x.Child, y.Child))
	})
	var list []interval
	open, next := int64(0), 0
	last := int64(0) // what it was last seen to do
	upTo := func(t int64) {
		for next < len(main.mine) && main.mine[next].done() <= t {
			last = max(last, main.mine[next].done())
			next++
		}
	}
	for _, m := range marks {
		upTo(m.At)
		switch {
		case m.Kind == TurnEnd && open != 0:
			list = append(list, interval{open, m.At})
			open = 0
		case m.Kind != TurnEnd:
			if open != 0 {
				list = append(list, interval{open, max(open, last)})
			}
			open, last = m.At, m.At
		}
	}
	if open != 0 {
		upTo(v.Last)
		list = append(list, interval{open, max(open, last)})
	}
	for _, c := range main.mine {
		list = append(list, interval{c.from(), c.done()})
	}
	return union(list)
}
