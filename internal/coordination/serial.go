package coordination

import (
	"cmp"
	"fmt"
	"slices"
)

// doing is what an agent, and those below it, did to files.
type doing struct {
	read, changed, searched map[string]bool
	commands                int // that can have done anything
}

// serial finds delegations by one agent, one after the other in one turn, that did not
// need what the others changed.
func (v *view) serial(delegations []Delegation) []Recommendation {
	byParent := map[string][]*life{}
	for i := range delegations {
		d := &delegations[i]
		l := v.actors[d.AgentID]
		if d.AgentID == "" || d.Background || d.Outcome != OutcomeCompleted || l == nil || l.made == nil || !l.parentKnown {
			continue
		}
		byParent[l.parent] = append(byParent[l.parent], l)
	}
	parents := make([]string, 0, len(byParent))
	for id := range byParent {
		parents = append(parents, id)
	}
	slices.Sort(parents)
	var all []run
	below := v.below()
	for _, id := range parents {
		list := byParent[id]
		slices.SortFunc(list, func(x, y *life) int {
			return cmp.Or(cmp.Compare(x.made.from(), y.made.from()), cmp.Compare(x.id, y.id))
		})
		all = append(all, v.runs(id, list, below)...)
	}
	slices.SortStableFunc(all, func(x, y run) int { return cmp.Compare(y.saving(), x.saving()) })
	out := []Recommendation{}
	for _, r := range all[:min(len(all), maxSerial)] {
		out = append(out, v.recommendRun(r))
	}
	return out
}

// run is several agents that worked one after the other.
type run struct {
	parent string
	agents []*life
	sum    int64 // of their calls' durations, ms
	most   int64
	doing
}

func (r *run) saving() int64 { return r.sum - r.most }

// maxRun bounds the agents of a run.
const maxRun = 100

// runs cuts the delegations of an agent into runs whose members did not depend on each
// other, as far as files tell.
func (v *view) runs(parent string, list []*life, below map[string][]string) (out []run) {
	turns := v.actors[""].alive
	turn := func(t int64) int {
		i, _ := slices.BinarySearchFunc(turns, t, func(i interval, t int64) int { return cmp.Compare(i.to, t) })
		return i
	}
	var cur run
	end := func() {
		if len(cur.agents) > 1 && cur.saving() >= leastSaving {
			out = append(out, cur)
		}
		cur = run{}
	}
	for _, l := range list {
		c := l.made
		d := v.doing(l.id, below, 0)
		if n := len(cur.agents); n > 0 {
			last := cur.agents[n-1].made
			if c.from() < last.done() || turn(c.from()) != turn(last.from()) || cur.needed(d) || n >= maxRun {
				end()
			}
		}
		if len(cur.agents) == 0 {
			cur = run{parent: parent, doing: doing{read: map[string]bool{}, changed: map[string]bool{}, searched: map[string]bool{}}}
		}
		took := millis(c.done() - c.from())
		cur.agents, cur.sum, cur.most = append(cur.agents, l), cur.sum+took, max(cur.most, took)
		cur.add(d)
	}
	end()
	return out
}

func (w *doing) add(o doing) {
	for f := range o.read {
		w.read[f] = true
	}
	for f := range o.changed {
		w.changed[f] = true
	}
	for f := range o.searched {
		w.searched[f] = true
	}
	w.commands += o.commands
}

// needed reports whether the later one read, searched or changed what the earlier ones
// changed, or changed what they read.
func (w *doing) needed(later doing) bool {
	for f := range later.changed {
		if w.changed[f] || w.read[f] || under(f, w.searched) {
			return true
		}
	}
	for f := range w.changed {
		if later.read[f] || under(f, later.searched) {
			return true
		}
	}
	return false
}

// under reports whether a file is in one of the places that were searched. "" is
// everywhere.
func under(file string, searched map[string]bool) bool {
	if len(searched) == 0 {
		return false
	}
	if searched[file] {
		return true
	}
	found := false
	above(file, func(place string) bool {
		found = searched[place]
		return !found
	})
	return found
}

// below is whom each agent called.
func (v *view) below() map[string][]string {
	kids := map[string][]string{}
	for _, id := range v.order {
		if l := v.actors[id]; l.parentKnown && l.parent != id {
			kids[l.parent] = append(kids[l.parent], id)
		}
	}
	return kids
}

func (v *view) doing(id string, below map[string][]string, depth int) doing {
	d := doing{read: map[string]bool{}, changed: map[string]bool{}, searched: map[string]bool{}}
	for _, c := range v.actors[id].mine {
		switch {
		case c.denied():
		case c.command:
			d.commands++
		case c.action == Read:
			d.read[v.name(c.target)] = true
		case c.action == Edit:
			d.changed[v.name(c.target)] = true
		case c.action == Search:
			d.searched[v.name(c.target)] = true
		}
	}
	if depth < maxBelow {
		for _, kid := range below[id] {
			d.add(v.doing(kid, below, depth+1))
		}
	}
	return d
}

// maxBelow is how deep below an agent is looked for what was done for it.
const maxBelow = 4

func (v *view) recommendRun(r run) Recommendation {
	ids := []string{RuleSerialDelegations}
	var evidence []Evidence
	for _, l := range r.agents {
		ids = append(ids, l.id)
		took := millis(l.made.done() - l.made.from())
		evidence = append(evidence, Evidence{
			Text: fmt.Sprintf("took %d ms", took), AgentID: l.id, AgentType: l.typ, Call: v.id(l.made), Time: at(l.made.from()),
		})
	}
	return Recommendation{
		ID: join(ids...), Rule: RuleSerialDelegations,
		Title: fmt.Sprintf("%d delegations ran one after the other for %d ms, and none read or changed a file that another one changed", len(r.agents), r.sum),
		Numbers: []Number{
			{"delegations", float64(len(r.agents)), unitDelegations},
			{"serial", float64(r.sum), unitMillis},
			{"longest", float64(r.most), unitMillis},
			{"saving_at_most", float64(r.saving()), unitMillis},
			{"commands", float64(r.commands), unitCalls},
		},
		Unknown: []string{
			"Whether a later task was made of what an earlier agent answered: answers and prompts are not recorded.",
			fmt.Sprintf("What the %d commands and other tool calls among them read and changed: only Claude Code's own file tools tell.", r.commands),
			"Whether they would have been slower side by side.",
		},
	}.with(evidence)
}
