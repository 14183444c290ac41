package coordination

import (
	"cmp"
	"slices"
)

// Named is a session and what it is called.
type Named struct {
	ID      string
	Project string
	Session
}

// Grouping says what is added up to one Total.
type Grouping string

// The groupings.
const (
	ByType    Grouping = "type"    // agents of a type, in all sessions
	ByAgent   Grouping = "agent"   // each agent of each session
	ByProject Grouping = "project" // everything in the sessions of a project
	All       Grouping = "all"     // everything
)

// Total is what the agents of a group did. Numbers of delegations are those of the
// lists in Session, so that what is beyond Limits is not in them.
type Total struct {
	Group     string `json:"group"`      // a type, an agent's id, or a project
	AgentType string `json:"agent_type"` // "" by project and of all
	Session   string `json:"session_id"` // by agent
	Sessions  int    `json:"sessions"`   // that have some of the group

	Delegations int `json:"delegations"`
	Completed   int `json:"completed"` // outcome completed or stopped
	Failed      int `json:"failed"`
	Denied      int `json:"denied"`
	Running     int `json:"running"` // no end was recorded
	Background  int `json:"background"`

	// Of the delegations that ended and were not denied, which are Timed. The
	// quantiles are nearest ranks: durations that there were. -1 without any.
	Timed       int   `json:"timed"`
	Duration    int64 `json:"duration_ms"` // together
	DurationP50 int64 `json:"duration_p50_ms"`
	DurationP95 int64 `json:"duration_p95_ms"`
	DurationMax int64 `json:"duration_max_ms"`

	Own       int64   `json:"own_ms"` // at work: without waiting for agents, or for a person
	Share     float64 `json:"share"`  // of Own of all groups, 0 to 1
	ToolCalls int     `json:"tool_calls"`
	Errors    int     `json:"errors"` // tool calls that failed
	Tokens    int64   `json:"tokens"`
	TokensOf  int     `json:"tokens_of"` // delegations of which something tells of tokens

	// Different files of each agent, added up; the main agent's are not known.
	FilesRead    int `json:"files_read"`
	FilesChanged int `json:"files_changed"`
	Conflicts    int `json:"conflicts"` // in which one of the group changed the file
	Repeated     int `json:"repeated"`  // reads and searches of the group that another agent had made

	Approval int64 `json:"approval_ms"` // while a person was asked
}

// Totals adds up sessions by group: the one that did most of its own comes first.
func Totals(sessions []Named, by Grouping) []Total {
	t := totals{by: by, groups: map[groupKey]*group{}}
	for i := range sessions {
		t.session(&sessions[i])
	}
	var all int64
	out := make([]Total, 0, len(t.groups))
	for _, g := range t.groups {
		all += g.Own
	}
	for _, g := range t.groups {
		if all > 0 {
			g.Share = float64(g.Own) / float64(all)
		}
		g.Sessions = len(g.in)
		g.quantiles()
		out = append(out, g.Total)
	}
	slices.SortFunc(out, func(a, b Total) int {
		return cmp.Or(cmp.Compare(b.Own, a.Own), cmp.Compare(b.Delegations, a.Delegations), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Session, b.Session))
	})
	return out
}

type groupKey struct{ group, session string }

type group struct {
	Total
	in        map[string]struct{} // sessions
	durations []int64
}

type totals struct {
	by     Grouping
	groups map[groupKey]*group
}

// of is the group of an agent; id is "" of the main agent.
func (t *totals) of(n *Named, id, kind string) *group {
	key := groupKey{group: kind}
	switch t.by {
	case ByAgent:
		key = groupKey{cmp.Or(id, mainAgent), n.ID}
	case ByProject:
		key.group, kind = n.Project, ""
	case All:
		key.group, kind = string(All), ""
	}
	g := t.groups[key]
	if g == nil {
		g = &group{Total: Total{Group: key.group, AgentType: kind, Session: key.session}, in: map[string]struct{}{}}
		t.groups[key] = g
	}
	g.in[n.ID] = struct{}{}
	return g
}

func (t *totals) session(n *Named) {
	var same TypeShare // of agents which are called as the main one is
	for i := range n.Delegations {
		d := &n.Delegations[i]
		t.of(n, d.ID, d.AgentType).delegation(d)
		if d.AgentType == mainAgent {
			same.Own, same.ToolCalls, same.Errors = same.Own+d.Own, same.ToolCalls+d.ToolCalls, same.Errors+d.Errors
			same.Approval += d.Approval
		}
	}
	for i := range n.Types {
		if s := &n.Types[i]; s.Type == mainAgent {
			g := t.of(n, "", mainAgent)
			g.Own += max(s.Own-same.Own, 0)
			g.Approval += max(s.Approval-same.Approval, 0)
			g.ToolCalls += max(s.ToolCalls-same.ToolCalls, 0)
			g.Errors += max(s.Errors-same.Errors, 0)
		}
	}
	for i := range n.Conflicts {
		c := &n.Conflicts[i]
		first, second := t.touched(n, &c.First), t.touched(n, &c.Second)
		first.Conflicts++
		if second != first {
			second.Conflicts++
		}
	}
	for i := range n.Repeated {
		t.touched(n, &n.Repeated[i].Second).Repeated++
	}
}

func (t *totals) touched(n *Named, by *Touch) *group {
	kind := by.AgentType
	if by.AgentID == "" {
		kind = mainAgent
	}
	return t.of(n, by.AgentID, kind)
}

func (g *group) delegation(d *Delegation) {
	g.Delegations++
	switch d.Outcome {
	case OutcomeCompleted, OutcomeStopped:
		g.Completed++
	case OutcomeFailed:
		g.Failed++
	case OutcomeDenied:
		g.Denied++
	default:
		g.Running++
	}
	if d.Background {
		g.Background++
	}
	if d.Outcome != OutcomeDenied && d.Outcome != OutcomeRunning {
		g.durations = append(g.durations, d.Duration)
		g.Duration += d.Duration
	}
	g.Own += d.Own
	g.Approval += d.Approval
	g.ToolCalls += d.ToolCalls
	g.Errors += d.Errors
	if d.Tokens >= 0 {
		g.Tokens += d.Tokens
		g.TokensOf++
	}
	g.FilesRead += d.FilesRead
	g.FilesChanged += d.FilesChanged
}

func (g *group) quantiles() {
	g.Timed = len(g.durations)
	if g.Timed == 0 {
		g.DurationP50, g.DurationP95, g.DurationMax = -1, -1, -1
		return
	}
	slices.Sort(g.durations)
	at := func(percent int) int64 { return g.durations[(g.Timed*percent+99)/100-1] }
	g.DurationP50, g.DurationP95, g.DurationMax = at(50), at(95), g.durations[g.Timed-1]
}

// StandOut recommends to look at agent types that fail more often than the others, in
// all of the sessions together: tested once, and not once for each of them.
func StandOut(sessions []Named) []Recommendation {
	types := make([][]TypeShare, len(sessions))
	var delegations []Delegation
	for i := range sessions {
		types[i] = sessions[i].Types
		delegations = append(delegations, sessions[i].Delegations...)
	}
	list := []Recommendation{}
	for _, o := range Outliers(Sum(types)) {
		list = append(list, o.recommend(delegations))
	}
	return list
}
