package agentspan

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan/spantest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

type fields = recorded.Fields

// play is a session that is written step by step.
type play struct {
	*bench
	*recorded.Script
	fed int
}

func newPlay(t *testing.T, l Limits) *play {
	b := newBench(t, l)
	return &play{bench: b, Script: &recorded.Script{Session: "play", Project: "/home/dev/shop", At: b.at}}
}

// come has what was written come, in batches of one, some time after it happened.
func (p *play) come() *play {
	for ; p.fed < len(p.Logs); p.fed++ {
		p.at = p.At
		p.feed(flat(p.Logs[p.fed])...)
	}
	return p
}

// stamp puts an attribute into the last record.
func (p *play) stamp(key string, value any) {
	for _, r := range flat(p.Logs[len(p.Logs)-1]) {
		_ = r.lr.Attributes().PutEmpty(key).FromRaw(value) // a text or a number
	}
}

// lineage says in the last record who called its agent.
func (p *play) lineage(parent, call string) {
	p.stamp(semconv.AgentParentID, parent)
	p.stamp(semconv.AgentDelegationID, call)
	p.stamp(semconv.AgentLink, semconv.LinkConfirmed)
}

// one is the span of a name.
func (p *play) one(name string) *spantest.Span {
	p.t.Helper()
	list := p.store.Named(name)
	require.Len(p.t, list, 1, name)
	return list[0]
}

func (p *play) finish() {
	p.t.Helper()
	p.come()
	p.pass(50 * time.Hour)
	p.pass(50 * time.Hour)
	require.NoError(p.t, p.store.Check())
	require.Zero(p.t, p.nodes)
	require.Zero(p.t, p.bytes)
}

func turn(id string, more fields) fields {
	f := fields{"prompt_id": id}
	for k, v := range more {
		f[k] = v
	}
	return f
}

func TestAnEndThatComesTooLateChangesNothing(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	p.Begin("Bash", fields{"command": "ls"}, nil)
	call := p.Call()
	p.Hook("Stop", nil)
	stopped := p.At.Add(-time.Second).UnixNano()
	p.come().pass(time.Minute)
	sp := p.one("execute_tool Bash")
	require.Equal(t, semconv.NoEndTurn, sp.Text(semconv.SpanNoEnd))
	require.EqualValues(t, stopped, sp.EndTimeUnixNano)
	require.Empty(t, p.one("invoke_agent main").Text(semconv.SpanNoEnd))
	p.At = p.at
	p.End(call, fields{}, 5)
	p.come()
	require.EqualValues(t, 1, p.Counts().Late)
	p.finish()
}

func TestEndsMayComeFirst(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	for range 3 {
		p.Begin("Bash", fields{"command": "ls"}, nil)
		p.End(nil, fields{}, 5)
	}
	p.Begin("Bash", fields{"command": "rm x"}, nil)
	p.Deny(nil, "no") // without a duration
	p.Hook("Stop", nil)
	l := p.Logs
	l[1], l[2] = l[2], l[1]
	l[7], l[8] = l[8], l[7]
	l = append(l[:3], l[4:]...) // the beginning of the second call
	p.Logs = l
	p.finish()
	list := p.store.Named("execute_tool Bash")
	require.Len(t, list, 4)
	for _, sp := range list {
		require.Nil(t, sp.Attr[semconv.SpanNoStart])
		require.Empty(t, sp.Text(semconv.SpanNoEnd))
	}
	require.EqualValues(t, 1000, p.store.ByID()[CallID("toolu_play0004").String()].Millis())
}

func TestACallWithoutItsBeginning(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	p.Begin("Bash", fields{"command": "rm x"}, nil)
	p.Logs = p.Logs[:1]
	p.Deny(nil, "no")
	p.finish()
	sp := p.one("execute_tool Bash")
	require.Equal(t, true, sp.Attr[semconv.SpanNoStart])
	require.Zero(t, sp.Millis())
	require.Equal(t, errDenied, sp.Text(semconv.ErrorType))
}

func TestACallThatWeDeniedHasFailed(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	p.Begin("Bash", fields{"command": "rm -rf /"}, nil)
	p.stamp(semconv.EnforcementDecision, semconv.DecisionDeny)
	p.Hook("Stop", nil)
	p.finish()
	sp := p.one("execute_tool Bash")
	require.True(t, sp.Failed())
	require.Equal(t, errDenied, sp.Text(semconv.ErrorType))
	require.Empty(t, sp.Text(semconv.SpanNoEnd))
	require.Zero(t, sp.Millis())
}

func TestATurnThatIsInterruptedEndsWithTheNext(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Hook("UserPromptSubmit", turn("p1", fields{"prompt": "x"}))
	p.Begin("Bash", fields{"command": "sleep 1000"}, turn("p1", nil))
	began := p.At.Add(-time.Second).UnixNano()
	p.Hook("UserPromptSubmit", turn("p2", fields{"prompt": "y"}))
	p.Begin("Read", fields{"file_path": "/x"}, turn("p2", nil))
	p.End(nil, fields{}, 5)
	p.Hook("Stop", turn("p2", nil))
	p.finish()
	first := p.store.ByID()[TurnID("play", "p1").String()]
	require.Equal(t, semconv.NoEndNext, first.Text(semconv.SpanNoEnd))
	require.EqualValues(t, began, first.EndTimeUnixNano)
	require.Equal(t, semconv.NoEndTurn, p.one("execute_tool Bash").Text(semconv.SpanNoEnd))
	require.Equal(t, TurnID("play", "p2").String(), p.one("execute_tool Read").Parent())
}

func TestAPromptThatWaitsEndsNothing(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Hook("UserPromptSubmit", turn("p1", fields{"prompt": "x"}))
	p.Begin("Bash", fields{"command": "make"}, turn("p1", nil))
	call := p.Call()
	p.Hook("UserPromptSubmit", turn("p2", fields{"prompt": "and then y"}))
	p.come()
	for range 20 {
		p.pass(30 * time.Second)
	}
	p.At = p.at
	p.End(call, fields{}, 600_000)
	p.finish()
	require.Empty(t, p.one("execute_tool Bash").Text(semconv.SpanNoEnd))
}

func TestCorrectionsOfLineageCountUntilASpanIsSent(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	for range 2 {
		p.Begin("Agent", fields{"subagent_type": "Explore"}, nil)
	}
	p.Hook("SubagentStart", fields{"agent_id": "a1", "agent_type": "Explore"})
	p.lineage("main", "toolu_play0001")
	p.Hook("SubagentStop", fields{"agent_id": "a1", "agent_type": "Explore"})
	p.lineage("main", "toolu_play0001")
	p.Logs = append(p.Logs, correction("a1", "toolu_play0002", p.At))
	p.come().pass(time.Minute)
	require.Equal(t, CallID("toolu_play0002").String(), p.one("invoke_agent Explore").Parent())
	p.Logs = append(p.Logs, correction("a1", "toolu_play0001", p.At.Add(time.Hour)))
	p.finish()
	require.Equal(t, CallID("toolu_play0002").String(), p.one("invoke_agent Explore").Parent())
}

func correction(agent, call string, at time.Time) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventAgentLink)
	a.PutStr(semconv.SessionID, "play")
	a.PutStr(semconv.AgentID, agent)
	a.PutStr(semconv.AgentParentID, semconv.AgentMain)
	a.PutStr(semconv.AgentDelegationID, call)
	a.PutStr(semconv.AgentLink, semconv.LinkConfirmed)
	return ld
}

func TestCirclesOfAgentsAreCut(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Prompt("x")
	for i := range 4 {
		a := fields{"agent_id": fmt.Sprint("a", i), "agent_type": "Explore"}
		p.Hook("SubagentStart", a)
		p.lineage(fmt.Sprint("a", (i+1)%4), fmt.Sprintf("toolu_play%04d", i+1))
		p.Begin("Agent", fields{}, a)
		p.lineage(fmt.Sprint("a", (i+1)%4), fmt.Sprintf("toolu_play%04d", i+1))
	}
	p.finish()
	require.Len(t, p.store.Named("invoke_agent Explore"), 4)
}

func TestAnAgentInTheBackgroundOutlivesItsTurn(t *testing.T) {
	p := newPlay(t, Limits{})
	a := turn("p1", fields{"agent_id": "a1", "agent_type": "Explore"})
	p.Hook("UserPromptSubmit", turn("p1", fields{"prompt": "x"}))
	p.Begin("Agent", fields{"subagent_type": "Explore", "run_in_background": true}, turn("p1", nil))
	p.End(nil, fields{"status": "async_launched", "agentId": "a1"}, 4)
	p.Hook("SubagentStart", a)
	p.lineage("main", "toolu_play0001")
	p.Hook("Stop", turn("p1", nil))
	p.come().pass(10 * time.Minute)
	require.Empty(t, p.store.Named("invoke_agent Explore"))
	p.one("invoke_agent main")
	p.At = p.at
	p.Begin("Read", fields{"file_path": "/x"}, a)
	p.End(nil, fields{}, 5)
	p.Hook("SubagentStop", a)
	stopped := p.At.Add(-time.Second).UnixNano()
	p.Hook("UserPromptSubmit", turn("p2", fields{"prompt": "<task-notification>\n<task-id>a1</task-id>\n<tool-use-id>toolu_play0001</tool-use-id>\n</task-notification>"}))
	p.Hook("Stop", turn("p2", nil))
	p.finish()
	sp := p.one("invoke_agent Explore")
	require.EqualValues(t, stopped, sp.EndTimeUnixNano)
	require.Equal(t, true, sp.Attr[semconv.AgentBackground])
	require.Equal(t, CallID("toolu_play0001").String(), sp.Parent())
	second := p.store.ByID()[TurnID("play", "p2").String()]
	require.Len(t, second.Links, 1)
	require.Equal(t, sp.SpanId, second.Links[0].SpanId)
}

func TestAnAgentWithoutAnEndEndsWithItsCall(t *testing.T) {
	p := newPlay(t, Limits{})
	a := fields{"agent_id": "a1", "agent_type": "Explore"}
	p.Prompt("x")
	p.Begin("Agent", fields{"subagent_type": "Explore"}, nil)
	call := p.Call()
	p.Hook("SubagentStart", a)
	p.lineage("main", "toolu_play0001")
	p.Begin("Read", fields{"file_path": "/x"}, a)
	p.lineage("main", "toolu_play0001")
	p.End(nil, fields{}, 5)
	worked := p.At.Add(-time.Second).UnixNano()
	p.End(call, fields{"status": "completed", "agentId": "a1"}, 3000)
	p.come().pass(time.Minute)
	sp := p.one("invoke_agent Explore")
	require.Equal(t, semconv.NoEndCall, sp.Text(semconv.SpanNoEnd))
	require.EqualValues(t, worked, sp.EndTimeUnixNano)
	p.finish()
}

func TestASessionThatGoesOnAfterItsEnd(t *testing.T) {
	p := newPlay(t, Limits{})
	p.Hook("SessionStart", nil)
	p.Prompt("x")
	p.Hook("SessionEnd", nil)
	p.come().pass(time.Minute)
	require.Equal(t, semconv.NoEndSession, p.one("invoke_agent main").Text(semconv.SpanNoEnd))
	p.one("session")
	p.At = p.at
	p.Hook("SessionStart", fields{"source": "resume"})
	p.Hook("UserPromptSubmit", turn("p2", fields{"prompt": "y"}))
	p.Begin("Read", fields{"file_path": "/x"}, turn("p2", nil))
	p.End(nil, fields{}, 5)
	p.Hook("Stop", turn("p2", nil))
	p.Hook("SessionEnd", nil)
	p.finish()
	require.Len(t, p.store.Named("invoke_agent main"), 2)
}

func TestAlertsAreEventsOfSpans(t *testing.T) {
	p := newPlay(t, Limits{})
	a := fields{"agent_id": "a1", "agent_type": "Explore"}
	p.Prompt("x")
	p.Hook("SubagentStart", a)
	p.Begin("Bash", fields{"command": "curl x | sh"}, nil)
	p.Alert(semconv.SeverityHigh, 75, "at-the-start", "x", "y")
	p.Begin("Read", fields{"file_path": "/x"}, a)
	p.End(nil, fields{}, 5)
	p.Alert(semconv.SeverityHigh, 75, "with-the-end", "x", "y")
	for range 2 {
		p.Logs = append(p.Logs, p.Logs[len(p.Logs)-1]) // it comes again
	}
	p.come()
	require.Empty(t, p.one("execute_tool Read").Events, "its alert came later")
	p.Begin("Grep", fields{"pattern": "x"}, nil)
	p.End(nil, fields{}, 5)
	p.Alert(semconv.SeverityHigh, 75, "together", "x", "y")
	n := len(p.Logs)
	p.feed(append(append(flat(p.Logs[n-3]), flat(p.Logs[n-2])...), flat(p.Logs[n-1])...)...)
	p.fed = n
	p.finish()
	rules := func(name string) (list []string) {
		for _, e := range p.one(name).Events {
			for _, kv := range e.Attributes {
				if kv.Key == semconv.RuleName {
					list = append(list, fmt.Sprint(spantest.Value(kv.Value)))
				}
			}
		}
		return list
	}
	require.Equal(t, []string{"at-the-start"}, rules("execute_tool Bash"))
	require.Equal(t, []string{"with-the-end"}, rules("invoke_agent Explore"))
	require.Equal(t, []string{"together"}, rules("execute_tool Grep"))
	require.Empty(t, rules("invoke_agent main"))
}

func TestWhatNeverEndsIsEndedByTime(t *testing.T) {
	p := newPlay(t, Limits{CallTimeout: time.Hour, SessionTimeout: 5 * time.Hour})
	p.Prompt("x")
	p.Begin("Bash", fields{"command": "ls"}, nil)
	p.come().pass(59 * time.Minute)
	require.Empty(t, p.store.All())
	p.pass(2 * time.Minute)
	require.Equal(t, semconv.NoEndTimeout, p.one("execute_tool Bash").Text(semconv.SpanNoEnd))
	require.Len(t, p.store.All(), 1)
	p.Pause() // what cannot be taken is not too late
	p.at = p.at.Add(100 * time.Hour)
	p.Resume()
	p.pass(3 * time.Hour)
	require.Len(t, p.store.All(), 1)
	p.pass(2 * time.Hour)
	require.Equal(t, semconv.NoEndTimeout, p.one("session").Text(semconv.SpanNoEnd))
	p.finish()
}

func TestEventsThatNameNoPrompt(t *testing.T) {
	p := newPlay(t, Limits{})
	none := fields{"prompt_id": ""}
	for range 2 {
		p.Hook("UserPromptSubmit", fields{"prompt": "x", "prompt_id": ""})
		p.Begin("Bash", fields{"command": "ls"}, none)
		p.End(nil, fields{}, 5)
		p.Hook("Stop", none)
	}
	p.finish()
	require.Len(t, p.store.Named("invoke_agent main"), 2)
	calls := p.store.Named("execute_tool Bash")
	require.Len(t, calls, 2)
	require.NotEqual(t, calls[0].Parent(), calls[1].Parent())
}
