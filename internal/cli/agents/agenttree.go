package agents

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// States of an agent.
const (
	stateComplete   = "complete"   // its stop was recorded, and nothing after it
	stateActive     = "active"     // its last record is not older than idleAfter
	stateIdle       = "idle"       // it is
	stateNoEnd      = "no_end"     // the session has ended, and no stop of it was recorded
	stateUnrecorded = "unrecorded" // others name it, and there are no records of itself
)

// slack is how much later than its stop another record of an agent may seem to be:
// hooks run side by side.
const slack = 2 * time.Second

// idleAfter is for how long nothing comes from an agent that is idle.
const idleAfter = 2 * time.Minute

// Agent is an agent as agents tree --json prints it.
type Agent struct {
	Kind         string            `json:"kind"` // agent
	ID           string            `json:"agent_id"`
	Type         string            `json:"agent_type"`
	Parent       string            `json:"parent_id"`
	Depth        *int              `json:"depth"`
	DelegationID string            `json:"delegation_id"`
	Link         string            `json:"link"`
	Description  string            `json:"description"`
	Background   bool              `json:"background"`
	Status       string            `json:"status"`
	State        string            `json:"state"`
	Start        *time.Time        `json:"start"`
	End          *time.Time        `json:"end"`
	Duration     *int64            `json:"duration_ms"`
	ToolCalls    int               `json:"tool_calls"`
	Errors       int               `json:"errors"`
	Denied       int               `json:"denied"`
	NoEnd        int               `json:"no_end"`
	Tokens       *int64            `json:"tokens"`
	TokensFrom   string            `json:"tokens_from"`
	FilesRead    int               `json:"files_read"`
	FilesChanged int               `json:"files_changed"`
	LinesAdded   int64             `json:"lines_added"`
	LinesRemoved int64             `json:"lines_removed"`
	Alerts       story.AlertCounts `json:"alerts"`
	Children     int               `json:"children"`
}

// agentTree is the agents of a session.
type agentTree struct {
	*agenttree.Tree
	read   *sessionRead
	agents []Agent // as Tree.Agents, the main one first
}

func newAgentTree(r *sessionRead, now time.Time) *agentTree {
	t := &agentTree{read: r, Tree: agenttree.BuildWithUnrecorded(&r.Session, r.Agents, r.Entries)}
	t.agents = make([]Agent, len(t.Agents))
	for i := range t.Agents {
		t.agents[i] = t.agent(&t.Agents[i], now)
	}
	return t
}

// agent says what is printed of an agent.
func (t *agentTree) agent(a *agenttree.Agent, now time.Time) Agent {
	n := Agent{
		Kind: "agent", ID: a.ID, Type: a.Type, Parent: a.Parent, Depth: a.Depth, DelegationID: a.DelegationID, Link: a.Link, Description: a.Description,
		Background: a.Background, Status: t.read.status[a.ID], State: t.state(a, now),
		ToolCalls: a.ToolCalls, Errors: a.Errors, Denied: a.Denied, NoEnd: a.NoResult,
		FilesRead: a.FilesRead, FilesChanged: a.FilesChanged, LinesAdded: a.LinesAdded, LinesRemoved: a.LinesRemoved,
		Alerts: a.Alerts, Children: a.Children,
	}
	if !a.Unrecorded {
		n.Start, n.End, n.Duration = &a.Start, &a.End, &a.Duration
	}
	if used, ok := t.read.tokens[a.ID]; ok {
		n.Tokens, n.TokensFrom = &used.tokens, used.from
	}
	return n
}

func (t *agentTree) state(a *agenttree.Agent, now time.Time) string {
	ended := t.read.Session.Ended
	switch {
	case a.Unrecorded:
		return stateUnrecorded
	case a.Main() && ended, !a.LastStop.IsZero() && a.End.Sub(a.LastStop) <= slack:
		return stateComplete
	case ended:
		return stateNoEnd
	case now.Sub(a.End) > idleAfter:
		return stateIdle
	}
	return stateActive
}
