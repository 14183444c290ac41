package coordination_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// two sessions of two projects, with figures that can be added up by head.
func sessions() []coordination.Named {
	one := coordination.Session{
		Delegations: []coordination.Delegation{
			{ID: "a1", AgentID: "a1", AgentType: "Explore", Outcome: coordination.OutcomeCompleted, Duration: 100, Own: 100, ToolCalls: 4, Errors: 1, Tokens: 50, FilesRead: 2},
			{ID: "a2", AgentID: "a2", AgentType: "Explore", Outcome: coordination.OutcomeStopped, Duration: 300, Own: 300, ToolCalls: 2, Tokens: -1, Background: true, FilesChanged: 1},
			{ID: "toolu", AgentType: "Plan", Outcome: coordination.OutcomeDenied, Tokens: -1},
		},
		Types: []coordination.TypeShare{
			{Type: "Explore", Own: 400, ToolCalls: 6, Errors: 1}, {Type: "main", Own: 100, ToolCalls: 5}, {Type: "Plan"},
		},
		Efficiency:    coordination.Efficiency{Wall: 600, Active: 400, Work: 500, Peak: 2, Overlap: 0.25, Delegated: 0.8},
		CriticalPath:  coordination.CriticalPath{Length: 400, Delegated: 300},
		Conflicts:     []coordination.Conflict{{First: coordination.Touch{AgentID: "a1", AgentType: "Explore"}, Second: coordination.Touch{AgentID: "a2", AgentType: "Explore"}}, {Second: coordination.Touch{AgentID: "a2", AgentType: "Explore"}}},
		ConflictCount: 2,
		Repeated:      []coordination.Repeat{{First: coordination.Touch{AgentID: "a1", AgentType: "Explore"}}},
		RepeatCount:   1,
	}
	two := coordination.Session{
		Delegations: []coordination.Delegation{
			{ID: "a1", AgentID: "a1", AgentType: "Explore", Outcome: coordination.OutcomeFailed, Duration: 200, Own: 200, ToolCalls: 1, Errors: 1, Tokens: 7},
			{ID: "a3", AgentID: "a3", AgentType: "Plan", Outcome: coordination.OutcomeRunning, Duration: 900, Own: 300, Tokens: -1},
		},
		Types:      []coordination.TypeShare{{Type: "Plan", Own: 300}, {Type: "Explore", Own: 200, ToolCalls: 1, Errors: 1}},
		Efficiency: coordination.Efficiency{Wall: 1000, Active: 500, Work: 500, Peak: 1, Delegated: 1},
	}
	return []coordination.Named{{ID: "s1", Project: "shop", Session: one}, {ID: "s2", Project: "cart", Session: two}}
}

func TestTotalsByType(t *testing.T) {
	require.Equal(t, []coordination.Total{
		{
			Group: "Explore", AgentType: "Explore", Sessions: 2, Delegations: 3, Completed: 2, Failed: 1, Background: 1,
			Timed: 3, Duration: 600, DurationP50: 200, DurationP95: 300, DurationMax: 300, Own: 600, Share: 0.6, ToolCalls: 7, Errors: 2,
			Tokens: 57, TokensOf: 2, FilesRead: 2, FilesChanged: 1, Conflicts: 2,
		},
		{
			Group: "Plan", AgentType: "Plan", Sessions: 2, Delegations: 2, Denied: 1, Running: 1,
			DurationP50: -1, DurationP95: -1, DurationMax: -1, Own: 300, Share: 0.3,
		},
		{
			Group: "main", AgentType: "main", Sessions: 1, DurationP50: -1, DurationP95: -1, DurationMax: -1, Own: 100, Share: 0.1, ToolCalls: 5,
			Conflicts: 1, Repeated: 1,
		},
	}, coordination.Totals(sessions(), coordination.ByType))
}

func TestTotalsByAgentAndProject(t *testing.T) {
	all := coordination.Totals(sessions(), coordination.ByAgent)
	require.Len(t, all, 6, "agents of two sessions are others, whatever their ids")
	require.Equal(t, "a2", all[0].Group)
	require.Equal(t, "s1", all[0].Session)
	require.Equal(t, "Explore", all[0].AgentType)
	require.Equal(t, 2, all[0].Conflicts)

	all = coordination.Totals(sessions(), coordination.ByProject)
	require.Len(t, all, 2)
	require.Equal(t, "shop", all[0].Group)
	require.Equal(t, "cart", all[1].Group)
	require.EqualValues(t, 500, all[0].Own)
	require.Equal(t, 11, all[0].ToolCalls, "those of the main agent, too")
	require.Equal(t, 2, all[0].Conflicts, "each once")
	require.Empty(t, coordination.Totals(nil, coordination.ByType))
	all = coordination.Totals(sessions(), coordination.All)
	require.Len(t, all, 1)
	require.EqualValues(t, 1000, all[0].Own)
	require.Equal(t, 2, all[0].Conflicts)
}

func TestLook(t *testing.T) {
	o := coordination.Look(sessions())
	require.Equal(t, 2, o.Sessions)
	require.Equal(t, 4, o.Agents)
	require.Equal(t, 5, o.Delegations)
	require.Equal(t, 1, o.Failed)
	require.Equal(t, 12, o.ToolCalls)
	require.Equal(t, 2, o.Errors)
	require.EqualValues(t, 57, o.Tokens)
	require.InDelta(t, 1000.0/900, o.Parallelism, 1e-9)
	require.InDelta(t, 1000.0/(400*2+500), o.ParallelEfficiency, 1e-9)
	require.InDelta(t, 100.0/900, o.Overlap, 1e-9)
	require.InDelta(t, 0.9, o.Delegated, 1e-9)
	require.Equal(t, 2, o.Conflicts)
	o = coordination.Look(nil)
	require.InDelta(t, -1, o.ParallelEfficiency, 0)
}

func TestTypesThatStandOutInSeveralSessions(t *testing.T) {
	one := coordination.Session{
		Delegations: []coordination.Delegation{{ID: "a1", AgentID: "a1", AgentType: "Plan", ToolCalls: 20, Errors: 10}},
		Types:       []coordination.TypeShare{{Type: "Plan", ToolCalls: 20, Errors: 10}, {Type: "Explore", ToolCalls: 20}},
	}
	two := coordination.Session{Types: []coordination.TypeShare{{Type: "Explore", ToolCalls: 50, Errors: 1}}}
	all := coordination.StandOut([]coordination.Named{{ID: "s1", Session: one}, {ID: "s2", Session: two}})
	require.Len(t, all, 1)
	require.Equal(t, coordination.RuleFailureOutlier, all[0].Rule)
	require.Contains(t, all[0].Title, "10 of 20")
	require.Contains(t, all[0].Title, "1 of 70")
	require.Equal(t, "a1", all[0].Evidence[0].AgentID)
	require.Empty(t, coordination.StandOut([]coordination.Named{{ID: "s2", Session: two}}))
}

// A sub-agent can have any type.
func TestAnAgentThatIsCalledAsTheMainOneIs(t *testing.T) {
	s := coordination.Session{
		Delegations: []coordination.Delegation{{ID: "a1", AgentID: "a1", AgentType: "main", Own: 70, ToolCalls: 3, Errors: 1}},
		Types:       []coordination.TypeShare{{Type: "main", Own: 100, ToolCalls: 5, Errors: 1}},
	}
	all := coordination.Totals([]coordination.Named{{ID: "s1", Session: s}}, coordination.ByAgent)
	require.Len(t, all, 2)
	require.EqualValues(t, 70, all[0].Own)
	require.EqualValues(t, 30, all[1].Own)
	require.Equal(t, 2, all[1].ToolCalls)
}
