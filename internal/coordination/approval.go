package coordination

import (
	"cmp"
	"slices"
	"sort"
)

// ask is that a person was asked whether an agent may call a tool.
type ask struct {
	At    int64  `json:"t"`
	Agent string `json:"a,omitempty"`
	Tool  string `json:"o,omitempty"`
}

// Bounds of the search for how long a person took.
const (
	maxAsks = 10_000
	// Calls of one tool that are looked at for one question: fewer run side by side.
	maxAsked = 64
	// Hooks run side by side: a call may seem to begin so much after the question.
	askSlack = 1_000_000_000
)

// asksPerson reports whether a tool does nothing else.
func asksPerson(tool string) bool { return tool == "AskUserQuestion" || tool == "ExitPlanMode" }

func (a *Analyzer) ask(e *Event, acts *agent) {
	k := ask{At: e.At, Tool: a.text(e.Tool)}
	if acts != nil {
		k.Agent = a.text(e.Agent)
	}
	if a.asked[k] {
		return
	}
	if len(a.Asks) >= maxAsks {
		a.LeftOut++
		return
	}
	a.asked[k] = true
	a.Asks = append(a.Asks, k)
	a.bytes += perAsk
}

// questions are the asks by agent, by time.
func (v *view) questions() map[string][]ask {
	if len(v.Asks) == 0 {
		return nil
	}
	by := map[string][]ask{}
	for _, k := range v.Asks {
		by[k.Agent] = append(by[k.Agent], k)
	}
	for _, list := range by {
		slices.SortFunc(list, func(x, y ask) int { return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Tool, y.Tool)) })
	}
	return by
}

// held is when an agent stood still because a person was asked, as a union: from the
// question until the call ran or was not allowed, where that is known, but while another
// call of it ran.
func (v *view) held(l *life) []interval {
	var list []interval
	var byTool map[string][]*call
	asks := v.asks[l.id]
	if len(asks) > 0 {
		byTool = map[string][]*call{}
	}
	for _, c := range l.mine {
		switch {
		case asksPerson(v.name(c.tool)):
			list = append(list, interval{c.from(), c.done()})
		case byTool != nil:
			tool := v.name(c.tool)
			byTool[tool] = append(byTool[tool], c)
		}
	}
	var after []int64
	for _, k := range asks {
		to, known := allowed(byTool[k.Tool], k.At)
		if !known {
			if after == nil {
				after = v.begins(l)
			}
			if i, _ := slices.BinarySearch(after, k.At+askSlack+1); to == 0 && i < len(after) {
				to = after[i]
			}
		}
		list = append(list, interval{k.At, to})
	}
	if list = union(list); len(list) == 0 {
		return nil
	}
	var runs []interval
	for _, c := range l.mine {
		if c.end != 0 && !c.denied() && !asksPerson(v.name(c.tool)) {
			runs = append(runs, interval{c.ran(), c.end})
		}
	}
	return without(list, union(runs))
}

// allowed is when one of an agent's calls of a tool was allowed or denied after a
// question. Where it cannot be told, known is false: to is 0 where a call has no end, so that
// what came next may tell, and else the question's time.
func allowed(calls []*call, asked int64) (to int64, known bool) {
	first := sort.Search(len(calls), func(i int) bool { return calls[i].done() >= asked })
	open, dark := false, false
	for _, c := range calls[max(first-maxAsked, 0):min(first+maxAsked, len(calls))] {
		switch {
		case c.begin > asked+askSlack:
		case c.end == 0:
			open = true
		case c.end < asked:
		case !c.denied() && c.duration() < 0:
			dark = true
		case c.ran() >= asked-askSlack:
			if at := max(c.ran(), asked); to == 0 || at < to {
				to = at
			}
		}
	}
	switch {
	case to != 0:
		return to, true
	case dark || !open:
		return asked, false
	}
	return 0, false
}

// ran is when a call began to run, after whoever had to allowed it; of one that was
// denied, when it was.
func (c *call) ran() int64 {
	if c.denied() {
		return c.end
	}
	if c.duration() < 0 {
		return c.from()
	}
	return max(c.from(), c.end-c.duration()*1_000_000)
}

// begins are the moments at which an agent is known to go on, or to have stopped.
func (v *view) begins(l *life) []int64 {
	var list []int64
	for _, c := range l.mine {
		if c.begin != 0 {
			list = append(list, c.begin)
		}
	}
	if l.id == "" {
		for _, m := range v.Marks {
			list = append(list, m.At)
		}
	} else if one := v.Agents[l.id]; one != nil {
		list = append(list, one.Stops...)
	}
	slices.Sort(list)
	return list
}

// overlapping is the part of a union that is not all before or all behind i.
func overlapping(list []interval, i interval) []interval {
	from := sort.Search(len(list), func(n int) bool { return list[n].to > i.from })
	to := sort.Search(len(list), func(n int) bool { return list[n].from >= i.to })
	return list[from:max(from, to)]
}
