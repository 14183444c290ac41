package story

import (
	"cmp"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of a session's agents.
const (
	maxAgents      = 4096
	maxDelegations = 1024 // calls of agents that are open at a time
	maxDepth       = 16
)

// agents finds out who started whom. The collector says it in the agent's records,
// and in a record of its own when it was wrong. Where it does not, the oldest open call
// of an agent of that type is taken for it, until the end of a call names the agent
// that it was.
type agents struct {
	all   map[string]*Agent
	open  []delegation
	known map[string]int // how surely an agent's parent is known
}

// sure orders the ways by which a parent is known. What a record says that corrects
// others is above them all, but for the answer of a call, which names the agent.
var sure = map[string]int{semconv.LinkProvisional: 2, semconv.LinkSidecar: 3, semconv.LinkSpan: 4, semconv.LinkConfirmed: 5}

const (
	sureGuess      = 1 // our own
	sureCorrection = 6
	sureAnswer     = 7
)

// link takes in who called an agent, unless that is known more surely.
func (a *agents) link(one *Agent, how int, parent, toolUse, link string) {
	if how < a.known[one.ID] || parent == one.ID {
		return
	}
	if parent == semconv.AgentMain {
		parent = ""
	}
	a.known[one.ID] = how
	one.Parent, one.Link = parent, link
	if toolUse != "" && toolUse != one.ToolUseID {
		one.ToolUseID, one.Description = toolUse, a.described(toolUse)
	}
}

// unlink takes in that nobody is known any more to have called an agent: the call that
// it was given to has turned out to be another's.
func (a *agents) unlink(one *Agent) {
	if a.known[one.ID] <= sureCorrection {
		a.known[one.ID] = sureCorrection
		one.Parent, one.Link, one.ToolUseID, one.Description = "", "", "", ""
	}
}

// described is what an open call is for.
func (a *agents) described(toolUse string) string {
	for i := range a.open {
		if a.open[i].toolUse == toolUse {
			return a.open[i].description
		}
	}
	return ""
}

// delegation is a call of an agent that has not been seen to start.
type delegation struct {
	caller, kind, description, toolUse, prompt string
}

func newAgents() agents { return agents{all: map[string]*Agent{}, known: map[string]int{}} }

// get returns the agent, which is new when it was not known. It is nil for the
// main agent, and when there are too many.
func (a *agents) get(id, kind string, at time.Time) *Agent {
	if id == "" {
		return nil
	}
	one := a.all[id]
	if one == nil {
		if len(a.all) >= maxAgents {
			return nil
		}
		one = &Agent{ID: id, Start: at, End: at}
		a.all[id] = one
	}
	fill(&one.Type, kind)
	return one
}

// see takes in an event. Events come in the order of time.
func (a *agents) see(e *Event) {
	if e.Type == semconv.EventAgentLink {
		one := a.get(e.AgentID, e.AgentType, e.Time)
		switch {
		case one == nil:
		case e.Parent == "":
			a.unlink(one)
		default:
			a.link(one, sureCorrection, e.Parent, e.MadeBy, e.Link)
		}
		return
	}
	if !e.counted() {
		return
	}
	if one := a.get(e.AgentID, e.AgentType, e.Time); one != nil {
		one.End = e.Time
		if e.Parent != "" {
			a.link(one, sure[e.Link], e.Parent, e.MadeBy, e.Link)
		}
		switch {
		case e.Type == semconv.EventSubagentStart:
			a.started(one, e)
		case e.Type == semconv.EventSubagentStop:
			one.Stopped = true
		case e.begins():
			one.ToolCalls++
		}
		if e.Failed() {
			one.Errors++
		}
	}
	if e.Type != semconv.EventSubAgentDelegation {
		return
	}
	if e.begins() && len(a.open) < maxDelegations {
		a.open = append(a.open, delegation{e.AgentID, e.Delegate, e.Description, e.ToolUseID, e.PromptID})
	}
	if e.ends() {
		a.answered(e)
		a.open = slices.DeleteFunc(a.open, func(d delegation) bool { return d.toolUse != "" && d.toolUse == e.ToolUseID })
	}
}

// started links an agent to the call that made it, or is likely to have.
func (a *agents) started(one *Agent, e *Event) {
	i := slices.IndexFunc(a.open, func(d delegation) bool { return d.toolUse != "" && d.toolUse == one.ToolUseID })
	if i < 0 && a.known[one.ID] <= sureGuess && one.ToolUseID == "" {
		i = slices.IndexFunc(a.open, func(d delegation) bool {
			return d.kind == e.AgentType && d.caller != one.ID && (d.prompt == "" || e.PromptID == "" || d.prompt == e.PromptID)
		})
	}
	if i < 0 {
		return
	}
	d := a.open[i]
	a.open = slices.Delete(a.open, i, i+1)
	a.link(one, sureGuess, d.caller, d.toolUse, semconv.LinkProvisional)
	fill(&one.Description, d.description)
}

// statusLaunched is what the end of a call says that did not wait for its agent.
const statusLaunched = "async_launched"

// answered takes what the end of a call says: then nothing is guessed.
func (a *agents) answered(e *Event) {
	if e.DelegateID == "" || e.DelegateID == e.AgentID {
		return
	}
	if one := a.get(e.DelegateID, e.Delegate, e.Time); one != nil {
		a.link(one, sureAnswer, e.AgentID, e.ToolUseID, semconv.LinkConfirmed)
		one.Background = one.Background || e.Background || e.DelegateStatus == statusLaunched
		one.Tokens = max(one.Tokens, e.DelegateTokens)
		if one.ToolUseID == e.ToolUseID {
			one.Description = cmp.Or(e.Description, one.Description)
		}
	}
}

func (a *agents) alert(id string) {
	if one := a.all[id]; one != nil {
		one.Alerts++
	}
}

// depth is how far below the main agent an agent is. Records can claim a circle.
func (a *agents) depth(id string) int {
	n := 0
	for one := a.all[id]; one != nil && n < maxDepth; one = a.all[one.Parent] {
		n++
	}
	if n == 0 && id != "" {
		return 1
	}
	return n
}

// place says how deep the agent of an entry is, and of which type.
func (a *agents) place(n *Entry) {
	n.Depth = a.depth(n.AgentID)
	if one := a.all[n.AgentID]; one != nil {
		fill(&n.AgentType, one.Type)
		if n.Kind == KindAgent {
			fill(&n.Text, one.Description)
		}
	}
}

func (a *agents) list() []Agent {
	all := make([]Agent, 0, len(a.all))
	for _, one := range a.all {
		one.Depth = a.depth(one.ID)
		all = append(all, *one)
	}
	slices.SortFunc(all, func(x, y Agent) int { return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.ID, y.ID)) })
	return all
}
