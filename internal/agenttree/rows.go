package agenttree

import (
	"cmp"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Row is an agent that is shown, or several that are not.
type Row struct {
	Agent
	// Level is how far it is indented: 0 is the main agent, and who has no known caller.
	Level int
	// More, above 0, says that the row stands for so many agents, and Agent is their sum.
	More int
	// Caller is the type of who called it; "" when that is not known.
	Caller string
}

// Rows are limit agents, or one more below each of them, and, behind those that they were called by, rows that
// sum the others up. Those with alerts matter most, then those with errors, then those
// with most calls; who is between them and the main agent is shown, too.
type Rows struct {
	List []Row
	Left int            // agents that have no row of their own
	of   map[string]int // rows by agent
}

// Of returns the row of an agent, "" being the main one; ok is false when it has none
// and nobody has counted it.
func (r *Rows) Of(agent string) (row int, ok bool) {
	row, ok = r.of[cmp.Or(agent, semconv.AgentMain)]
	return row, ok
}

// Rows chooses what is shown.
func (t *Tree) Rows(limit int) *Rows {
	kept := t.keep(max(limit, 1))
	nearest := t.nearest(kept)
	alone := map[int]int{} // agents that are left out below another
	for i, n := range nearest {
		if n != i {
			alone[n]++
		}
	}
	for i, n := range nearest {
		if n != i && alone[n] == 1 { // a row of its own takes no more room
			kept[i], nearest[i] = true, i
		}
	}
	r := &Rows{of: make(map[string]int, len(t.Agents))}
	level := make([]int, len(t.Agents))
	left := map[int]*Row{} // sums of those that are left out, by who is the nearest
	for i := range t.Agents {
		if p := t.parent[i]; p >= 0 {
			level[i] = level[p] + 1
		}
		if kept[i] {
			continue
		}
		n := nearest[i]
		if left[n] == nil {
			left[n] = &Row{Caller: t.name(n)}
			if n >= 0 {
				left[n].Level = level[n] + 1
			}
		}
		left[n].More++
		left[n].add(&t.Agents[i])
		r.Left++
	}
	sums := map[int]int{}
	open := []int{} // kept agents whose subtree is not over
	end := func(n int) {
		if l := left[n]; l != nil {
			sums[n] = len(r.List)
			r.List = append(r.List, *l)
		}
	}
	for i := range t.Agents {
		for len(open) > 0 && !t.below(i, open[len(open)-1]) {
			end(open[len(open)-1])
			open = open[:len(open)-1]
		}
		if !kept[i] {
			continue
		}
		r.of[t.Agents[i].ID] = len(r.List)
		r.List = append(r.List, Row{Agent: t.Agents[i], Level: level[i], Caller: t.name(t.parent[i])})
		open = append(open, i)
	}
	for _, n := range slices.Backward(open) {
		end(n)
	}
	end(-1)
	for i := range t.Agents {
		if !kept[i] {
			r.of[t.Agents[i].ID] = sums[nearest[i]]
		}
	}
	return r
}

// nearest returns for each agent the nearest one above it that is kept, or itself; -1
// for none.
func (t *Tree) nearest(kept []bool) []int {
	all := make([]int, len(t.Agents))
	for i, p := range t.parent {
		switch {
		case kept[i]:
			all[i] = i
		case p >= 0:
			all[i] = all[p] // who is above stands in front
		default:
			all[i] = -1
		}
	}
	return all
}

func (t *Tree) name(i int) string {
	if i < 0 {
		return ""
	}
	return cmp.Or(t.Agents[i].Type, t.Agents[i].ID)
}

// below reports whether an agent stands below another in the tree.
func (t *Tree) below(i, top int) bool { return i > top && i <= top+t.Agents[top].Below }

// keep says which agents have rows of their own.
func (t *Tree) keep(limit int) []bool {
	kept := make([]bool, len(t.Agents))
	if len(t.Agents) <= limit {
		for i := range kept {
			kept[i] = true
		}
		return kept
	}
	kept[0] = true
	room := limit - 1
	order := make([]int, len(t.Agents))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, b := &t.Agents[x], &t.Agents[y]
		return cmp.Or(cmp.Compare(b.Alerts.Total(), a.Alerts.Total()), cmp.Compare(b.Errors, a.Errors), cmp.Compare(b.ToolCalls, a.ToolCalls))
	})
	for _, i := range order {
		if room == 0 {
			break
		}
		var way []int
		for n := i; n >= 0 && !kept[n] && len(way) <= room; n = t.parent[n] {
			way = append(way, n)
		}
		if len(way) > room {
			continue
		}
		for _, n := range way {
			kept[n] = true
		}
		room -= len(way)
	}
	return kept
}
