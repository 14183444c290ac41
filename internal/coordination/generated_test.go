package coordination

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
)

// fromLineage makes events of a session that was made to test lineage.
func fromLineage(s lineagetest.Session) []Event {
	stops := map[string]int64{}
	for _, e := range s.Events {
		if e.Kind == lineage.Stop {
			stops[e.Agent] = max(stops[e.Agent], e.At)
		}
	}
	kinds := map[lineage.Kind]Kind{
		lineage.Start: AgentStart, lineage.Stop: AgentStop, lineage.Call: Begin, lineage.Answer: End, lineage.Denied: Denied, lineage.Failed: Failed,
		lineage.Notification: Notification,
	}
	var out []Event
	for i, in := range s.Events {
		e := Event{ID: fmt.Sprint("e", i), At: in.At, Kind: kinds[in.Kind], Agent: in.Agent, AgentType: in.Type, Duration: -1}
		if truth, ok := s.Truth[in.Agent]; ok {
			e.Parent, e.MadeBy, e.Link = truth.Parent, truth.Call, "provisional"
		}
		switch {
		case in.Kind == lineage.Notification:
			e.Child = in.Child
		case in.Asked != "":
			e.Call, e.Action = in.Call, Delegate
			e.Asked = &Asked{Type: in.Asked, Child: in.Child, Tokens: -1, ToolCalls: -1, DurationMS: -1}
			if in.Kind == lineage.Answer {
				if e.Asked.Status = "completed"; stops[in.Child] > in.At {
					e.Asked.Status = statusLaunched
				}
			}
		case in.Call != "":
			e.Kind, e.Call, e.Action = Begin, in.Call, Read
		}
		out = append(out, e)
	}
	return out
}

// Sessions of many agents, three deep, some in the background: everybody is there with the
// right caller and depth, and the figures are those of looking at every 50th millisecond
// who is at work.
func TestGeneratedSessions(t *testing.T) {
	for seed := range uint64(3) {
		made := lineagetest.Generate(seed, lineagetest.Shape{Agents: 60, Depth: 3, Concurrent: 12, Types: 4, Background: 20, Denied: 5})
		events := fromLineage(made)
		a := NewAnalyzer(Limits{})
		for i := range events {
			a.Add(&events[i])
		}
		s := a.Session()
		agents := 0
		for _, d := range s.Delegations {
			truth, ok := made.Truth[d.AgentID]
			if !ok {
				require.NotEqual(t, OutcomeCompleted, d.Outcome, "it made nobody")
				continue
			}
			agents++
			require.Equal(t, truth.Parent, d.ParentID)
			require.Equal(t, truth.Call, d.Call)
			require.Equal(t, made.Depth[d.AgentID], d.Depth)
			require.Equal(t, d.Duration, d.Own+d.Waiting)
			require.LessOrEqual(t, d.Tools, d.Own+1)
		}
		require.Equal(t, len(made.Truth), agents)
		sampled(t, a, s)
	}
}

const tick = 50_000_000

func sampled(t *testing.T, a *Analyzer, s Session) {
	t.Helper()
	_, v := a.view()
	main := v.actors[""]
	main.alive = v.turns(main)
	v.waiting(main)
	calls := map[string][]*call{} // that are waited for
	for _, c := range v.calls {
		if c.action == Delegate && c.how == End && a.askedOf(c).Status != statusLaunched {
			agent := a.name(c.agent)
			calls[agent] = append(calls[agent], c)
		}
	}
	var work, active, two int64
	peak := 0
	for at := a.First; at < a.Last; at += tick {
		n := 0
		for _, l := range v.actors {
			alive, waits := false, false
			if l.id == "" {
				for _, i := range l.alive {
					alive = alive || i.from <= at && at < i.to
				}
			} else {
				alive = l.from <= at && at < l.to
			}
			for _, c := range calls[l.id] {
				waits = waits || c.begin <= at && at < c.end
			}
			if alive && !waits {
				n++
			}
		}
		work += int64(n) * tick
		if n > 0 {
			active += tick
		}
		if n > 1 {
			two += tick
		}
		peak = max(peak, n)
	}
	e := s.Efficiency
	near := func(want, got int64) {
		t.Helper()
		require.InEpsilon(t, float64(cmp.Or(want, 1)), float64(cmp.Or(got, 1)), 0.02)
	}
	near(millis(work), e.Work)
	near(millis(active), e.Active)
	require.GreaterOrEqual(t, e.Peak, peak)
	require.LessOrEqual(t, e.Peak, peak+2, "a peak can be shorter than a tick")
	require.InDelta(t, float64(two)/float64(active), e.Overlap, 0.02)
	require.InDelta(t, float64(e.Work)/float64(e.Active)/float64(e.Peak), e.Efficiency, 0.001)

	// The critical path covers the turns, and what agents in the background were waited
	// for, once.
	require.GreaterOrEqual(t, s.CriticalPath.Length, millis(length(main.alive)))
	require.LessOrEqual(t, s.CriticalPath.Length, e.Wall)
	var sum int64
	for _, ty := range s.Types {
		sum += ty.Critical
	}
	near(s.CriticalPath.Length, sum)
}
