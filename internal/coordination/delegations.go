package coordination

import (
	"cmp"
	"slices"
)

const maxDepth = 64 // records can claim anything

// depth is how far below the main agent an agent is; -1 when that is not known.
func (v *view) depth(l *life) int {
	for n := 0; l != nil && n <= maxDepth; n++ {
		if l.id == "" {
			return n
		}
		if !l.parentKnown {
			return -1
		}
		l = v.actors[l.parent]
	}
	return -1
}

// ancestor reports whether x is an ancestor of y, and everybody in between waited: x
// stood still while y worked.
func (v *view) ancestor(x, y string) bool {
	l := v.actors[y]
	for n := 0; l != nil && l.id != "" && n <= maxDepth; n++ {
		if !l.parentKnown || l.background {
			return false
		}
		if l.parent == x {
			return true
		}
		l = v.actors[l.parent]
	}
	return false
}

// typeOf is an agent's type, main of the main agent.
func (v *view) typeOf(id string) string {
	if l := v.actors[id]; l != nil {
		return l.typ
	}
	return ""
}

// delegations tells of every agent, and of every call that made none.
func (v *view) delegations() []Delegation {
	children := map[string]int{}
	for _, c := range v.calls {
		if c.action == Delegate && !c.denied() {
			children[v.name(c.agent)]++
		}
	}
	list := make([]Delegation, 0, len(v.order))
	for _, id := range v.order {
		d := v.delegation(v.actors[id])
		d.Children = children[id]
		list = append(list, d)
	}
	slices.SortFunc(list, func(x, y Delegation) int { return cmp.Or(x.Begin.Compare(y.Begin), cmp.Compare(x.ID, y.ID)) })
	return list
}

func (v *view) delegation(l *life) Delegation {
	if l.ghost {
		return v.fruitless(l)
	}
	d := Delegation{
		ID: l.id, AgentID: l.id, AgentType: l.typ, Depth: v.depth(l), Call: l.link.Call, Link: l.link.How, ParentID: l.link.Parent,
		Background: l.background, Begin: at(l.from), End: at(l.to), Over: at(l.stopped), Tokens: -1, ReportedToolCalls: -1, ReportedDuration: -1,
	}
	if l.parentKnown {
		d.ParentType = v.typeOf(l.parent)
	}
	d.Duration, d.Own, d.Approval = millis(length(l.alive)), millis(length(l.work)), millis(length(l.held))
	d.Waiting = max(d.Duration-d.Own-d.Approval, 0)
	d.Outcome = OutcomeRunning
	if l.stopped != 0 {
		d.Outcome = OutcomeStopped
	}
	if c := l.made; c != nil {
		v.asked(&d, c)
		if out := c.outcome(); out != OutcomeRunning && !l.background {
			d.Outcome = out
		}
	}
	one := v.Agents[l.id]
	if one != nil {
		d.Stops = len(one.Stops)
		switch {
		case d.Tokens >= 0:
		case one.Tokens > 0:
			d.Tokens, d.TokensFrom = one.Tokens, TokensRequests
		case one.SpanTokens > 0:
			d.Tokens, d.TokensFrom = one.SpanTokens, TokensSpans
		}
	}
	v.acts(&d, l)
	return d
}

// acts counts what the agent did.
func (v *view) acts(d *Delegation, l *life) {
	read, changed, tools := v.read, v.changed, v.tools[:0]
	clear(read)
	clear(changed)
	for _, c := range l.mine {
		d.ToolCalls++
		switch {
		case c.denied():
			d.DeniedCalls++
			continue
		case c.failed():
			d.Errors++
		}
		if c.action != Delegate {
			tools = append(tools, interval{c.from(), c.done()})
		}
		if c.action == Search {
			d.Searches++
		}
		if c.ok() && c.target != 0 {
			switch c.action {
			case Read:
				read[c.target] = true
			case Edit:
				changed[c.target] = true
			}
		}
	}
	v.tools = tools
	d.Tools = millis(common(union(tools), l.work))
	d.FilesRead, d.FilesChanged = len(read), len(changed)
	d.Read, d.Changed = v.some(read), v.some(changed)
}

// asked takes what the call says.
func (v *view) asked(d *Delegation, c *call) {
	q := v.askedOf(c)
	if q == nil {
		return
	}
	d.Description, d.Status = q.Description, q.Status
	if q.background() {
		return // the answer came before there was anything to tell
	}
	if d.ReportedToolCalls, d.ReportedDuration = max(q.ToolCalls, -1), max(q.DurationMS, -1); q.Tokens >= 0 && c.end != 0 {
		d.Tokens, d.TokensFrom = q.Tokens, TokensAnswer
	}
}

// fruitless tells of a call that made no agent as far as is known.
func (v *view) fruitless(l *life) Delegation {
	c := l.made
	d := Delegation{
		ID: l.id, Call: v.id(c), AgentType: l.typ, ParentID: l.link.Parent, ParentType: v.typeOf(l.parent), Depth: v.depth(l), Link: l.link.How,
		Background: l.background, Begin: at(l.from), End: at(max(l.to, c.done())), Outcome: c.outcome(), Tokens: -1, ReportedToolCalls: -1, ReportedDuration: -1,
	}
	v.asked(&d, c)
	d.Duration = millis(length(l.alive))
	d.Own = d.Duration
	if d.Background && d.Outcome == OutcomeCompleted {
		d.Outcome = OutcomeRunning
	}
	if d.Outcome != OutcomeRunning {
		d.Over = at(l.stopped)
	}
	return d
}

// outcome is what became of a call of an agent.
func (c *call) outcome() string {
	switch {
	case c.denied():
		return OutcomeDenied
	case c.failed():
		return OutcomeFailed
	case c.ok():
		return OutcomeCompleted
	}
	return OutcomeRunning
}

// some are the first names of a set.
func (v *view) some(set map[uint32]bool) []string {
	if len(set) == 0 {
		return nil
	}
	list := make([]string, 0, len(set))
	for n := range set {
		list = append(list, v.name(n))
	}
	slices.Sort(list)
	return slices.Clip(list[:min(len(list), MaxFiles)])
}
