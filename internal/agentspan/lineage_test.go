package agentspan

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan/spantest"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// hookOf is the hook event that lineage's event is of, and its type.
func hookOf(e *lineage.Event) (hook, typ, tool string) {
	switch e.Kind {
	case lineage.Start:
		return hookAgentStart, semconv.EventSubagentStart, ""
	case lineage.Stop:
		return hookAgentStop, semconv.EventSubagentStop, ""
	case lineage.Call:
		return hookPre, semconv.EventSubAgentDelegation, "Agent"
	case lineage.Answer:
		return hookPost, semconv.EventSubAgentDelegation, "Agent"
	case lineage.Failed:
		return hookFailure, semconv.EventSubAgentDelegation, "Agent"
	case lineage.Denied:
		return hookDenied, semconv.EventPermissionDenied, "Agent"
	case lineage.Notification:
		return hookPrompt, semconv.EventAgentNotification, ""
	}
	if e.Call == "" {
		return "Notification", semconv.EventNotification, ""
	}
	return hookPre, semconv.EventFileRead, "Read"
}

// recordOf is the record of an event, stamped with what was known when it came.
func recordOf(e *lineage.Event, p lineage.Place, async bool) record {
	hook, typ, tool := hookOf(e)
	call := e.Call
	if e.Kind == lineage.Notification {
		call = ""
	}
	r := made(time.Unix(0, e.At), map[string]string{
		semconv.HookEvent: hook, semconv.EventType: typ, semconv.SessionID: e.Session, semconv.PromptID: e.Prompt, semconv.AgentID: e.Agent,
		semconv.AgentName: e.Type, semconv.ToolName: tool, semconv.ToolCallID: call,
		semconv.AgentParentID: p.Parent, semconv.AgentRootID: p.Root, semconv.AgentDelegationID: p.Call, semconv.AgentLink: p.Link,
	})
	agent := r.lr.Body().SetEmptyMap().PutEmptyMap(semconv.BodyAgent)
	switch e.Kind {
	case lineage.Answer:
		d := agent.PutEmptyMap(semconv.AgentBodyCall)
		d.PutStr(semconv.CallBodyAgentID, e.Child)
		if async {
			d.PutStr(callStatus, statusAsync)
		}
	case lineage.Notification:
		agent.PutEmptyMap(semconv.AgentBodyNotification).PutStr(semconv.NotificationTaskID, e.Child)
	}
	return r
}

// Sessions of 500 agents, three deep and twenty at a time, give exactly the hierarchy
// that there was, in whatever order their events come.
func TestHierarchyOfManyAgents(t *testing.T) {
	shape := lineagetest.Large()
	shape.Unanswered = 0
	for name, d := range map[string]lineagetest.Disturbance{
		"in order": {}, "overtaking and doubled": {Window: 20 * time.Second, Doubled: 20}, "in any order": {Shuffle: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := lineagetest.Generate(11, shape)
			stopped := map[string]int64{}
			for i := range s.Events {
				if e := &s.Events[i]; e.Kind == lineage.Stop {
					stopped[e.Agent] = e.At
				}
			}
			limits := Limits{SessionSpans: 20_000, Bytes: 1 << 30}
			if d.Shuffle {
				limits.Grace = 48 * time.Hour
			}
			b, who := newBench(t, limits), lineage.NewTracker(lineage.Limits{})
			correct := func() {
				for _, c := range who.Corrections(0, 10_000) {
					r := recordOf(&lineage.Event{Session: c.Session, Agent: c.Agent.ID, At: b.newest}, c.Agent, false)
					r.lr.Attributes().Remove(semconv.HookEvent)
					r.lr.Attributes().PutStr(semconv.EventType, semconv.EventAgentLink)
					b.feed(r)
					who.Told(c)
				}
			}
			for i, e := range d.Apply(s.Events, 3) {
				async := e.Kind == lineage.Answer && e.At < stopped[e.Child]
				b.feed(recordOf(&e, who.Observe(&e), async))
				if i%20 == 0 {
					correct()
				}
			}
			correct()
			correct()
			b.pass(80 * time.Hour)
			b.pass(80 * time.Hour)
			require.NoError(t, b.store.Check())
			requireHierarchy(t, s, b.store.ByID(), stopped)
		})
	}
}

func requireHierarchy(t *testing.T, s lineagetest.Session, spans map[string]*spantest.Span, stopped map[string]int64) {
	t.Helper()
	for id, truth := range s.Truth {
		sp := spans[AgentID(s.ID, id).String()]
		require.NotNil(t, sp, id)
		require.Equal(t, CallID(truth.Call).String(), sp.Parent(), "the call that made %s", id)
		above := spans[spans[sp.Parent()].Parent()]
		require.Equal(t, truth.Parent, cmp.Or(above.Text(semconv.GenAIAgentID), semconv.AgentMain))
		require.Empty(t, sp.Text(semconv.SpanNoEnd), id)
		require.Equal(t, fmt.Sprint(stopped[id]), fmt.Sprint(sp.EndTimeUnixNano), id)
	}
}
