package agenttree

import (
	"cmp"
	"hash/maphash"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Tree has the agents in the order of a tree: the main agent, below it those that it
// called in the order in which they began, below each those that it called. Behind
// them stand those whose caller is not known.
type Tree struct {
	Agents []Agent
	// Strays is how many tool calls are of agents that are not among them: a story tells
	// of 4096.
	Strays int
	// Unplaced is how many entries are, tool calls and others.
	Unplaced int
	at       map[string]int // by id
	parent   []int          // of each agent, -1 for none
}

// Build makes the tree of a session.
func Build(session *story.Session, agents []story.Agent, entries []story.Entry) *Tree {
	return build(session, agents, entries).tree()
}

// BuildWithUnrecorded makes the tree of a session in which those stand, too, of whom only
// the agents tell that they called.
func BuildWithUnrecorded(session *story.Session, agents []story.Agent, entries []story.Entry) *Tree {
	b := build(session, agents, entries)
	for i := range b.all {
		if id := b.all[i].Parent; id != "" {
			if _, known := b.of[id]; !known {
				b.put(Agent{ID: id, Unrecorded: true})
			}
		}
	}
	return b.tree()
}

func build(session *story.Session, agents []story.Agent, entries []story.Entry) *builder {
	b := &builder{of: make(map[string]int, len(agents)+1)}
	b.put(Agent{ID: semconv.AgentMain, Type: semconv.AgentMain, Stopped: session.Ended})
	b.all[0].spans(session.Start, session.End)
	for i := range agents {
		b.agent(&agents[i])
	}
	for i := range entries {
		b.entry(&entries[i])
	}
	return b
}

type builder struct {
	all              []Agent
	of               map[string]int
	strays, unplaced int
	touched          map[uint64]struct{} // an agent, a file, and whether it was changed
}

func (b *builder) put(a Agent) {
	b.of[a.ID] = len(b.all)
	b.all = append(b.all, a)
}

func (b *builder) agent(s *story.Agent) {
	if _, known := b.of[s.ID]; known || s.ID == "" {
		return // main is nobody's id: it would stand in the place of the main agent
	}
	a := Agent{
		ID: s.ID, Type: s.Type, DelegationID: s.ToolUseID, Link: s.Link, Description: s.Description, Stopped: s.Stopped, Background: s.Background,
	}
	switch {
	case s.Parent != "":
		a.Parent = s.Parent
	case s.Link != "":
		a.Parent = semconv.AgentMain
	}
	if s.Tokens > 0 {
		n := min(s.Tokens, maxTokens)
		a.Tokens = &n
	}
	a.spans(s.Start, s.End)
	b.put(a)
}

func (b *builder) entry(e *story.Entry) {
	i, known := b.of[cmp.Or(e.AgentID, semconv.AgentMain)]
	if !known {
		b.unplaced++
		if e.Kind == story.KindTool {
			b.strays++
		}
		return
	}
	a := &b.all[i]
	switch {
	case e.Kind == story.KindAlert && e.Alert != nil:
		a.alert(e.Alert)
	case e.Kind == story.KindTool && e.Tool != nil:
		if a.call(e.Tool) && e.Tool.File != "" {
			b.file(a, e)
		}
	case e.Event == semconv.EventSubagentStop && e.Time.After(a.LastStop):
		a.LastStop = e.Time
	}
}

// file counts the file of a call that went well.
func (b *builder) file(a *Agent, e *story.Entry) {
	switch {
	case e.Tool.Change:
		a.LinesAdded += e.Tool.Added
		a.LinesRemoved += e.Tool.Removed
		if b.first(a.ID, e.Tool.File, true) {
			a.FilesChanged++
		}
	case e.Event == semconv.EventFileRead && b.first(a.ID, e.Tool.File, false):
		a.FilesRead++
	}
}

var seed = maphash.MakeSeed()

// first reports whether the agent has not changed the file before, or not read it.
func (b *builder) first(agent, file string, change bool) bool {
	var h maphash.Hash
	h.SetSeed(seed)
	_, _ = h.WriteString(agent) // a hash takes everything
	if change {
		_ = h.WriteByte(1)
	}
	_ = h.WriteByte(0)
	_, _ = h.WriteString(file)
	k := h.Sum64()
	if _, known := b.touched[k]; known {
		return false
	}
	if b.touched == nil {
		b.touched = map[uint64]struct{}{}
	}
	b.touched[k] = struct{}{} // at most one for an entry
	return true
}

// tree puts the agents in order. Those that claim to be below each other in a circle
// are taken apart where the one that began first is: its caller is not known.
func (b *builder) tree() *Tree {
	order := make([]int, 0, len(b.all))
	for i := 1; i < len(b.all); i++ {
		order = append(order, i)
	}
	slices.SortFunc(order, func(x, y int) int {
		return cmp.Or(b.all[x].Start.Compare(b.all[y].Start), cmp.Compare(b.all[x].ID, b.all[y].ID))
	})
	children := make([][]int, len(b.all))
	var tops []int
	for _, i := range order {
		a := &b.all[i]
		parent, known := b.of[a.Parent]
		if known && parent == i {
			a.Parent, known = "", false // story does not say so
		}
		if !known {
			tops = append(tops, i)
			continue
		}
		children[parent] = append(children[parent], i)
	}
	t := &Tree{Strays: b.strays, Unplaced: b.unplaced, Agents: make([]Agent, 0, len(b.all)), at: make(map[string]int, len(b.all)), parent: make([]int, 0, len(b.all))}
	placed := make([]bool, len(b.all))
	zero := 0
	t.place(b, children, placed, 0, &zero)
	for _, i := range append(tops, order...) {
		if placed[i] {
			continue
		}
		if _, known := b.of[b.all[i].Parent]; known {
			b.all[i].Parent = "" // of a circle
		}
		t.place(b, children, placed, i, nil)
	}
	for i := len(t.Agents) - 1; i > 0; i-- { // those below stand behind
		if p := t.parent[i]; p >= 0 {
			t.Agents[p].Children++
			t.Agents[p].Below += t.Agents[i].Below + 1
		}
	}
	return t
}

// place puts an agent and all below it at the end of the tree.
func (t *Tree) place(b *builder, children [][]int, placed []bool, top int, depth *int) {
	type step struct {
		i, parent int
		depth     *int
	}
	for todo := []step{{top, -1, depth}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if placed[s.i] {
			continue
		}
		placed[s.i] = true
		a := b.all[s.i]
		a.Depth = s.depth
		at := len(t.Agents)
		t.at[a.ID] = at
		t.Agents, t.parent = append(t.Agents, a), append(t.parent, s.parent)
		var below *int
		if s.depth != nil {
			n := *s.depth + 1
			below = &n
		}
		for _, c := range slices.Backward(children[s.i]) {
			todo = append(todo, step{c, at, below})
		}
	}
}

// Tokens takes in what agents used, by their id, where that is above 0.
func (t *Tree) Tokens(used map[string]int64) {
	for i := range t.Agents {
		if n := min(used[t.Agents[i].ID], maxTokens); n > 0 {
			t.Agents[i].Tokens = &n
		}
	}
}
