package agents

import (
	"cmp"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
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

// node is an agent with those that it called.
type node struct {
	Agent
	children      []*node
	stopped       time.Time // the last stop
	read, changed map[string]struct{}
}

// agentTree is the agents of a session.
type agentTree struct {
	read    *sessionRead
	main    *node
	unknown []*node // whose caller is not known, and those that the main agent cannot be reached from
	all     map[string]*node
	// unplaced is how many entries of the story are of agents that it could not keep.
	unplaced int
}

func newAgentTree(r *sessionRead, now time.Time) *agentTree {
	t := &agentTree{read: r, all: map[string]*node{}}
	t.main = t.node(semconv.AgentMain)
	t.main.Type = semconv.AgentMain
	for i := range r.Agents {
		t.agent(&r.Agents[i])
	}
	for i := range r.Entries {
		t.count(&r.Entries[i])
	}
	s := &r.Session
	t.main.spans(s.Start, s.End)
	for _, n := range t.all {
		t.finish(n, now)
	}
	t.link()
	return t
}

func (t *agentTree) node(id string) *node {
	n := t.all[id]
	if n == nil {
		n = &node{Agent: Agent{Kind: "agent", ID: id}, read: map[string]struct{}{}, changed: map[string]struct{}{}}
		t.all[id] = n
	}
	return n
}

// agent takes in what the story says of an agent.
func (t *agentTree) agent(a *story.Agent) {
	if a.ID == semconv.AgentMain {
		return // nobody's id: it would stand in the place of the main agent
	}
	n := t.node(a.ID)
	n.Type, n.DelegationID, n.Link, n.Description = a.Type, a.ToolUseID, a.Link, a.Description
	switch {
	case a.Parent != "" && a.Parent != semconv.AgentMain:
		n.Parent = a.Parent
		t.node(a.Parent)
	case a.Link != "":
		n.Parent = semconv.AgentMain
	}
	n.spans(a.Start, a.End)
	n.Background, n.Status = a.Background, t.read.status[a.ID]
	if t, ok := t.read.tokens[a.ID]; ok {
		n.Tokens, n.TokensFrom = &t.tokens, t.from
	}
}

func (n *node) spans(start, end time.Time) {
	ms := max(end.Sub(start).Milliseconds(), 0)
	n.Start, n.End, n.Duration = &start, &end, &ms
}

// count takes in an entry of the story.
func (t *agentTree) count(e *story.Entry) {
	n := t.all[cmp.Or(e.AgentID, semconv.AgentMain)]
	if n == nil { // there are too many of them
		t.unplaced++
		return
	}
	switch e.Kind {
	case story.KindAgent:
		if e.Event == semconv.EventSubagentStop && e.Time.After(n.stopped) {
			n.stopped = e.Time
		}
	case story.KindAlert:
		n.alert(e.Alert)
	case story.KindTool:
		n.call(e)
	}
}

func (n *node) alert(a *story.Alert) {
	if a == nil {
		return
	}
	switch a.Severity {
	case semconv.SeverityCritical:
		n.Alerts.Critical++
	case semconv.SeverityHigh:
		n.Alerts.High++
	case semconv.SeverityMedium:
		n.Alerts.Medium++
	default:
		n.Alerts.Low++
	}
	n.Alerts.Suppressed += int(min(max(a.Suppressed, 0), 1<<31))
}

func (n *node) call(e *story.Entry) {
	n.ToolCalls++
	switch e.Tool.Outcome {
	case story.OutcomeFailed, story.OutcomeInterrupted, story.OutcomeTimeout:
		n.Errors++
	case story.OutcomeDenied:
		n.Denied++
		return
	case story.OutcomeUnknown:
		n.NoEnd++
	}
	switch {
	case e.Tool.File == "":
	case e.Tool.Change:
		n.changed[e.Tool.File] = struct{}{}
		n.LinesAdded += e.Tool.Added
		n.LinesRemoved += e.Tool.Removed
	case e.Event == semconv.EventFileRead:
		n.read[e.Tool.File] = struct{}{}
	}
}

func (t *agentTree) finish(n *node, now time.Time) {
	n.FilesRead, n.FilesChanged = len(n.read), len(n.changed)
	s := &t.read.Session
	switch {
	case n.Start == nil:
		n.State = stateUnrecorded
	case n == t.main && s.Ended, !n.stopped.IsZero() && n.End.Sub(n.stopped) <= slack:
		n.State = stateComplete
	case s.Ended:
		n.State = stateNoEnd
	case now.Sub(*n.End) > idleAfter:
		n.State = stateIdle
	default:
		n.State = stateActive
	}
}
