package agents

import (
	"cmp"
	"slices"
	"time"
)

// link puts every agent below its caller. Records can claim a circle; then the agent
// of it that began first stands among those whose caller is not known.
func (t *agentTree) link() {
	order := make([]*node, 0, len(t.all))
	for _, n := range t.all {
		if n != t.main {
			order = append(order, n)
		}
	}
	slices.SortFunc(order, func(a, b *node) int {
		return cmp.Or(began(a).Compare(began(b)), cmp.Compare(a.ID, b.ID))
	})
	for _, n := range order {
		if n.Parent != "" {
			parent := t.all[n.Parent]
			parent.children = append(parent.children, n)
			parent.Children++
		}
	}
	placed := map[*node]bool{}
	t.place(t.main, 0, placed)
	for _, n := range order {
		if n.Parent == "" {
			t.unknown = append(t.unknown, n)
			t.place(n, -1, placed)
		}
	}
	for _, n := range order {
		if !placed[n] {
			t.unknown = append(t.unknown, n)
			t.place(n, -1, placed)
		}
	}
}

func began(n *node) time.Time {
	if n.Start == nil {
		return time.Time{}
	}
	return *n.Start
}

// place gives an agent and those below it their depth; below 0 it is not known. Those
// that have a place already are taken out of the children.
func (t *agentTree) place(n *node, depth int, placed map[*node]bool) {
	type step struct {
		n     *node
		depth int
	}
	placed[n] = true
	for todo := []step{{n, depth}}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		below := -1
		if at.depth >= 0 {
			at.n.Depth = &at.depth
			below = at.depth + 1
		}
		at.n.children = slices.DeleteFunc(at.n.children, func(c *node) bool { return placed[c] })
		for _, c := range at.n.children {
			placed[c] = true
			todo = append(todo, step{c, below})
		}
	}
}

// row is an agent at its place.
type row struct {
	*node
	last  []bool // of each level: nobody follows on it
	below int    // agents that are not shown, since they are deeper than asked for
}

// rows are the agents from the top on, without those that are deeper than depth below
// the top; 0 is all.
func rows(top *node, depth int) []row {
	var all []row
	type step struct {
		n    *node
		last []bool
	}
	for todo := []step{{n: top}}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r := row{node: at.n, last: at.last}
		if depth > 0 && len(at.last) >= depth {
			r.below = under(at.n)
			all = append(all, r)
			continue
		}
		all = append(all, r)
		for i, c := range slices.Backward(at.n.children) {
			last := append(slices.Clone(at.last), i == len(at.n.children)-1)
			todo = append(todo, step{c, last})
		}
	}
	return all
}

// under is how many agents are below one.
func under(n *node) int {
	count := 0
	for todo := slices.Clone(n.children); len(todo) > 0; {
		c := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], c.children...)
		count++
	}
	return count
}
