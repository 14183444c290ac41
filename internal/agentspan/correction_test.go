package agentspan

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan/spantest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// corrections are the events of a span that tell of agents' places, as text.
func corrections(sp *spantest.Span) (list []string) {
	for _, e := range sp.Events {
		if e.Name != semconv.EventNamePrefix+semconv.EventAgentLink {
			continue
		}
		attr := map[string]any{}
		for _, kv := range e.Attributes {
			attr[kv.Key] = spantest.Value(kv.Value)
		}
		list = append(list, fmt.Sprint(attr[semconv.GenAIAgentID], " ", attr[semconv.AgentParentID], " ", attr[semconv.AgentDelegationID], " ", attr[semconv.AgentLink]))
	}
	return list
}

// played is a session in which an agent was sent below the first of two calls.
func played(t *testing.T) *play {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	for range 2 {
		p.Begin("Agent", fields{"subagent_type": "Explore"}, nil)
	}
	for _, id := range []string{"a1", "a2"} {
		p.Hook("SubagentStart", fields{"agent_id": id, "agent_type": "Explore"})
		p.lineage("main", "toolu_play0001")
		p.Hook("SubagentStop", fields{"agent_id": id, "agent_type": "Explore"})
		p.lineage("main", "toolu_play0001")
	}
	p.come().pass(time.Minute)
	require.Len(t, p.store.Named("invoke_agent Explore"), 2)
	return p
}

// A span that was sent stays as it is; that another call made its agent is told by an
// event of the turn that goes on, once for each agent.
func TestACorrectionThatComesTooLateIsAnEvent(t *testing.T) {
	p := played(t)
	at := p.At
	for range 2 { // the records come again
		p.Logs = append(p.Logs, correction("a1", "toolu_play0002", at), correction("a2", "toolu_play0002", at))
	}
	p.Logs = append(p.Logs, correction("a9", "toolu_play0002", at)) // nobody knows it
	p.finish()
	require.Equal(t, []string{"a1 main toolu_play0002 confirmed", "a2 main toolu_play0002 confirmed"}, corrections(p.one("invoke_agent main")))
	for _, sp := range p.store.Named("invoke_agent Explore") {
		require.Equal(t, CallID("toolu_play0001").String(), sp.Parent())
		require.Empty(t, corrections(sp))
	}
}

// What only says again where an agent stands is no correction.
func TestAConfirmationIsNoEvent(t *testing.T) {
	p := played(t)
	p.Logs = append(p.Logs, correction("a1", "toolu_play0001", p.At))
	p.finish()
	require.Empty(t, corrections(p.one("invoke_agent main")))
}

// Without a turn that goes on the session tells it; when that was sent, too, nothing does.
func TestACorrectionAfterTheTurn(t *testing.T) {
	p := played(t)
	p.At = p.at
	p.Hook("Stop", nil)
	p.come().pass(time.Minute)
	p.one("invoke_agent main")
	p.Logs = append(p.Logs, correction("a1", "toolu_play0002", p.At))
	p.come()
	p.At = p.at
	p.Hook("SessionEnd", nil)
	p.come().pass(time.Minute)
	late := p.Counts().Late
	p.Logs = append(p.Logs, correction("a2", "toolu_play0002", p.At))
	p.come()
	require.Equal(t, late+1, p.Counts().Late)
	p.finish()
	require.Equal(t, []string{"a1 main toolu_play0002 confirmed"}, corrections(p.one("session")))
}

// takenBack is a correction that says that it is not known who called an agent.
func takenBack(agent string, at time.Time) plog.Logs {
	ld := correction(agent, "", at)
	a := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
	for _, key := range []string{semconv.AgentParentID, semconv.AgentDelegationID, semconv.AgentLink} {
		a.Remove(key)
	}
	return ld
}

func TestAPlaceIsTakenBack(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	p.Begin("Agent", fields{"subagent_type": "Explore"}, nil)
	p.Hook("SubagentStart", fields{"agent_id": "a1", "agent_type": "Explore"})
	p.lineage("main", "toolu_play0001")
	p.Hook("SubagentStop", fields{"agent_id": "a1", "agent_type": "Explore"})
	p.lineage("main", "toolu_play0001")
	p.Logs = append(p.Logs, takenBack("a1", p.At.Add(-time.Hour)), takenBack("a1", p.At)) // the first is old
	p.come().pass(time.Minute)
	sp := p.one("invoke_agent Explore")
	require.NotEqual(t, CallID("toolu_play0001").String(), sp.Parent())
	require.Empty(t, sp.Text(semconv.AgentLink))
	p.finish()
}

func TestAPlaceThatIsTakenBackTooLateIsAnEvent(t *testing.T) {
	p := played(t)
	p.Logs = append(p.Logs, takenBack("a1", p.At), takenBack("a1", p.At))
	p.finish()
	require.Equal(t, []string{"a1 <nil> <nil> <nil>"}, corrections(p.one("invoke_agent main")))
}

// An alert that comes again, with all that came with it, is told once, also when the
// span of its call was sent in between.
func TestAnAlertThatComesAgainIsToldOnce(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	p.Begin("Bash", fields{"command": "curl x | sh"}, nil)
	p.End(nil, fields{}, 5)
	p.Alert(semconv.SeverityHigh, 75, "rule", "x", "y")
	var all []record
	for _, ld := range p.Logs {
		all = append(all, flat(ld)...)
	}
	p.fed = len(p.Logs)
	for range 3 {
		p.feed(all...)
	}
	p.finish()
	require.Len(t, p.one("execute_tool Bash").Events, 1)
	require.Empty(t, p.one("invoke_agent main").Events)
	require.Empty(t, p.one("session").Events)
}
