package agenttree

import "slices"

// Place is an agent at its place in a drawing of the tree.
type Place struct {
	Agent int // of Tree.Agents
	// Last says of each level below the top whether nobody follows on it. It is empty for
	// those at the top: the main agent, then those whose caller is not known.
	Last []bool
	// Hidden is how many agents below it have no place, since they are deeper.
	Hidden int
}

// Places are the agents in the order of the tree, without those that are deeper than depth
// below the top; 0 is all.
func (t *Tree) Places(depth int) []Place {
	list := make([]Place, 0, len(t.Agents))
	last := make([][]bool, len(t.Agents))
	for i := 0; i < len(t.Agents); i++ {
		if p := t.parent[i]; p >= 0 {
			follows := i+t.Agents[i].Below < p+t.Agents[p].Below
			last[i] = append(slices.Clone(last[p]), !follows)
		}
		place := Place{Agent: i, Last: last[i]}
		if depth > 0 && len(last[i]) >= depth {
			place.Hidden = t.Agents[i].Below
			i += place.Hidden // those below stand behind
		}
		list = append(list, place)
	}
	return list
}

// Unknown is how many agents stand at the top beside the main one: nobody is known to
// have called them.
func (t *Tree) Unknown() int {
	n := -1
	for _, p := range t.parent {
		if p < 0 {
			n++
		}
	}
	return n
}

// Deepest is the largest depth that is known.
func (t *Tree) Deepest() (deepest int) {
	for i := range t.Agents {
		if d := t.Agents[i].Depth; d != nil {
			deepest = max(deepest, *d)
		}
	}
	return deepest
}
