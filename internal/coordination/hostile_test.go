package coordination

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func delegationOf(t *testing.T, s Session, id string) Delegation {
	t.Helper()
	for _, d := range s.Delegations {
		if d.ID == id {
			return d
		}
	}
	require.Fail(t, "no such delegation", id)
	return Delegation{}
}

// An agent of which only requests to the model tell has the time of its call, and none
// without a call.
func TestAgentsThatOnlyRequestsTellOf(t *testing.T) {
	var s script
	s.mark(0, Prompt)
	asked := &Asked{Type: "Plan", Tokens: -1, ToolCalls: -1, DurationMS: -1}
	s.add(1, Event{Kind: Begin, Call: "call", Action: Delegate, Asked: asked, Duration: -1})
	s.add(2, Event{Kind: Request, Agent: "named", Tokens: 10})
	s.add(3, Event{Kind: Request, Agent: "unheard", Tokens: 10})
	s.add(4, Event{Kind: Link, Agent: "linked", Parent: "main", Link: "confirmed"})
	done := *asked
	done.Child = "named"
	s.add(5, Event{Kind: End, Call: "call", Action: Delegate, Asked: &done, Duration: 4000})
	s.mark(6, TurnEnd)
	got := Build(s.events, Limits{})
	require.Len(t, got.Delegations, 1)
	d := delegationOf(t, got, "named")
	require.EqualValues(t, 4000, d.Duration)
	require.EqualValues(t, 10, d.Tokens)
	require.Equal(t, "Plan", d.AgentType)
	require.EqualValues(t, 6000, got.Efficiency.Work)
}

// Where there is no room for more texts, such as after a restart with a lower limit, what
// an agent does is not the main agent's.
func TestAFullSessionGivesNobodysWorkToTheMainAgent(t *testing.T) {
	a := NewAnalyzer(Limits{})
	for i := range 40 {
		agent := fmt.Sprint("a", i)
		for _, e := range []Event{
			{ID: agent, At: moment(1), Kind: AgentStart, Agent: agent},
			{ID: agent + "e", At: moment(3), Kind: End, Agent: agent, Call: agent, Action: Edit, Target: strings.Repeat("x", 300) + agent, Duration: -1},
		} {
			a.Add(&e)
		}
	}
	data, err := a.MarshalJSON()
	require.NoError(t, err)
	a, err = RestoreAnalyzer(data, Limits{Bytes: 4096})
	require.NoError(t, err)
	for i := range 40 { // their beginnings come later
		agent := fmt.Sprint("a", i)
		a.Add(&Event{ID: agent + "b", At: moment(2), Kind: Begin, Agent: agent, Call: agent, Action: Edit, Target: "y", Duration: -1})
	}
	s := a.Session()
	require.Len(t, s.Delegations, 40)
	for _, d := range s.Delegations {
		require.Equal(t, 1, d.ToolCalls, d.ID)
	}
}

// Times and numbers at their limits add up to no negative ones.
func TestNumbersThatAreTooLarge(t *testing.T) {
	var events []Event
	for i := range 8 {
		id := fmt.Sprint("a", i)
		asked := &Asked{Type: "Plan", Child: id, Tokens: math.MaxInt64, ToolCalls: math.MaxInt64, DurationMS: math.MaxInt64}
		events = append(events,
			Event{ID: id + "1", At: 1, Kind: AgentStart, Agent: id},
			Event{ID: id + "2", At: math.MaxInt64, Kind: AgentStop, Agent: id},
			Event{ID: id + "3", At: 5, Kind: End, Agent: id, Call: id + "x", Action: Read, Target: "f", Duration: math.MaxInt64},
			Event{ID: id + "4", At: math.MaxInt64, Kind: End, Call: id + "y", Action: Delegate, Asked: asked, Duration: -1},
			Event{ID: id + "5", At: math.MaxInt64 - 1, Kind: SessionEnd})
	}
	s := Build(events, Limits{})
	require.True(t, s.Ended)
	for _, d := range s.Delegations {
		for _, n := range []int64{d.Duration, d.Own, d.Waiting, d.Tools, d.Tokens, d.ReportedToolCalls, d.ReportedDuration} {
			require.GreaterOrEqual(t, n, int64(0))
		}
		require.False(t, d.Begin.IsZero())
	}
	for _, o := range s.Types {
		for _, n := range []int64{o.Own, o.Duration, o.Tokens, o.Critical} {
			require.GreaterOrEqual(t, n, int64(0))
		}
	}
	e := s.Efficiency
	require.Positive(t, e.Work)
	require.InDelta(t, 8, e.Parallelism, 0.01)
	require.InDelta(t, 1, e.Efficiency, 0.01)
}

// Of files without a name nobody knows whether they are the same.
func TestFilesWithoutANameAreNotTheSame(t *testing.T) {
	var s script
	s.agent(AgentStart, 0, "a1", "Explore", "main", "")
	s.agent(AgentStart, 0, "a2", "Explore", "main", "")
	for i, agent := range []string{"a1", "a2"} {
		at := float64(1 + 2*i)
		s.did(at, at+1, agent, agent+"-read", Read, "", "")
		s.did(at+10, at+11, agent, agent+"-edit", Edit, "", "")
	}
	got := Build(s.events, Limits{})
	require.Zero(t, got.RepeatCount)
	require.Zero(t, got.ConflictCount)
}

// A correction can say that nobody is known to have called an agent: the call that it
// was given to has turned out to be another's.
func TestACorrectionCanTakeAParentAway(t *testing.T) {
	var s script
	s.agent(AgentStart, 1, "a1", "Explore", "main", "call")
	s.add(2, Event{Kind: Link, Agent: "a1", AgentType: "Explore"})
	got := delegationOf(t, Build(s.events, Limits{}), "a1")
	require.Empty(t, got.ParentID)
	require.Empty(t, got.Call)
	require.Empty(t, got.Link)
	require.Equal(t, -1, got.Depth)

	s.add(3, Event{Kind: Link, Agent: "a1", Parent: "main", MadeBy: "other", Link: "sidecar"})
	got = delegationOf(t, Build(s.events, Limits{}), "a1")
	require.Equal(t, "main", got.ParentID)
	require.Equal(t, "other", got.Call)
}
