package agentmetricsconnector

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// follow is a connector whose clock the test has.
type follow struct {
	made
	t   *testing.T
	n   int
	now time.Time
}

func newFollow(t *testing.T) *follow {
	f := &follow{t: t, now: start}
	f.made = newMade(t, start, nil)
	f.counting.activity.now = func() time.Time { return f.now }
	return f
}

// came takes an event of session s1, or of its agent, that happened so many seconds
// after the start.
func (f *follow) came(second int, typ, hook string, a attrs) {
	f.t.Helper()
	e := &events{t: f.t, n: f.n}
	f.n++
	all := attrs{semconv.SessionID: "s1"}
	for k, v := range a {
		all[k] = v
	}
	lr := e.hook(typ, hook, all)
	if hook == "" {
		lr.Attributes().Remove(semconv.HookEvent)
	}
	lr.SetTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(second) * time.Second)))
	require.NoError(f.t, f.ConsumeLogs(f.t.Context(), e.records[0]))
}

// at tells how many sessions and agents are active so many seconds after the start.
func (f *follow) at(second int) (sessions, agents int64) {
	f.t.Helper()
	f.now = start.Add(time.Duration(second) * time.Second)
	sent := f.sent(f.t)
	for _, p := range sent[semconv.MetricAgentsActive].Sum().DataPoints().All() {
		agents += p.IntValue()
	}
	return sent[semconv.MetricSessionsActive].Sum().DataPoints().At(0).IntValue(), agents
}

var explore = attrs{semconv.AgentID: "a1", semconv.AgentName: "Explore"}

// What is active: what did something lately, and has not ended since, by the events'
// own times.
func TestActive(t *testing.T) {
	f := newFollow(t)
	requireActive := func(second int, sessions, agents int64) {
		t.Helper()
		s, a := f.at(second)
		require.Equal(t, []int64{sessions, agents}, []int64{s, a}, "after %d s", second)
	}
	f.came(0, semconv.EventUserPrompt, "UserPromptSubmit", nil)
	f.came(5, semconv.EventSubagentStart, "SubagentStart", explore)
	requireActive(10, 1, 1)
	f.came(20, semconv.EventSubagentStop, "SubagentStop", explore)
	requireActive(21, 1, 0)
	f.came(15, semconv.EventFileRead, "PostToolUse", explore) // it is late
	requireActive(22, 1, 0)
	f.came(30, semconv.EventFileRead, "PostToolUse", explore) // it goes on
	requireActive(31, 1, 1)
	requireActive(400, 0, 0)                  // five minutes of silence
	f.came(400, "agent_link", "", explore)    // a record of ours is nothing that an agent did
	f.came(400, "telemetry_gap", "", attrs{}) // and neither is this
	requireActive(401, 0, 0)
	f.came(410, semconv.EventFileRead, "PostToolUse", explore)
	requireActive(411, 1, 1)
	f.came(412, semconv.EventSessionEnd, "SessionEnd", nil)
	requireActive(413, 0, 0)
	f.came(420, semconv.EventSessionStart, "SessionStart", nil) // resumed
	requireActive(421, 1, 0)
	f.came(100_000, semconv.EventUserPrompt, "UserPromptSubmit", nil) // whose clock is wrong
	requireActive(422, 1, 0)
	requireActive(800, 0, 0)
}

// An invocation is from start, or going on, to stop; a stop that is told again is none.
func TestInvocations(t *testing.T) {
	f := newFollow(t)
	f.now = start.Add(time.Hour)
	post := attrs{semconv.AgentID: "a1", semconv.AgentName: "Explore", semconv.ToolName: "Read"}
	f.came(3, semconv.EventFileRead, "PostToolUse", post) // overtook the start
	f.came(1, semconv.EventSubagentStart, "SubagentStart", explore)
	f.came(11, semconv.EventSubagentStop, "SubagentStop", explore)
	f.came(12, semconv.EventSubagentStop, "SubagentStop", explore)
	f.came(20, semconv.EventFileRead, "PostToolUse", post)
	f.came(12, semconv.EventSubagentStop, "SubagentStop", attrs{semconv.AgentID: "a1", semconv.ToolName: "late"})
	f.came(21, semconv.EventFileRead, "PostToolUse", post)
	f.came(25, semconv.EventSubagentStop, "SubagentStop", explore)
	f.came(26, semconv.EventSubagentStop, "SubagentStop", attrs{semconv.AgentID: "helper"}) // nothing is known of it
	sent := f.sent(t)
	p := sent[semconv.MetricAgentDuration].ExponentialHistogram().DataPoints()
	require.Equal(t, 1, p.Len())
	require.EqualValues(t, 2, p.At(0).Count())
	require.InDelta(t, 10+5, p.At(0).Sum(), 1e-9)
	require.Equal(t, [2]float64{3, 2}, total(sent[semconv.MetricAgentToolCalls]))
}

// How deep an agent is counts once, as soon as it is known.
func TestDepthCountsOnce(t *testing.T) {
	f := newFollow(t)
	f.came(0, semconv.EventSubagentStart, "SubagentStart", explore)
	deep := attrs{semconv.AgentID: "a1", semconv.AgentName: "Explore", semconv.AgentDepth: 2}
	_, known := f.sent(t)[semconv.MetricDepth]
	require.False(t, known)
	f.came(1, "agent_link", "", deep)
	f.came(2, semconv.EventFileRead, "PostToolUse", deep)
	f.came(3, semconv.EventSubagentStop, "SubagentStop", deep)
	require.Equal(t, [2]float64{2, 1}, total(f.sent(t)[semconv.MetricDepth]))
}

// Whom the main agent called counts at the end of its turn, and when its session is
// forgotten.
func TestFanOut(t *testing.T) {
	f := newFollow(t)
	call := attrs{semconv.ToolName: "Agent"}
	for i := range 3 {
		f.came(i, semconv.EventSubAgentDelegation, "PostToolUse", call)
	}
	f.came(3, semconv.EventSubAgentDelegation, "PostToolUse", attrs{semconv.ToolName: "Agent", semconv.ErrorType: "interrupted"})
	f.came(3, semconv.EventSubAgentDelegation, "PreToolUse", call)
	f.came(4, semconv.EventTurnEnd, "Stop", nil)
	f.came(5, semconv.EventTurnEnd, "Stop", nil)
	require.Equal(t, [2]float64{3, 1}, total(f.sent(t)[semconv.MetricFanOut]))
	f.came(6, semconv.EventSubAgentDelegation, "PostToolUse", attrs{semconv.ToolName: "Task"})
	f.came(7, semconv.EventSessionEnd, "SessionEnd", nil)
	require.Equal(t, [2]float64{4, 2}, total(f.sent(t)[semconv.MetricFanOut]))
	f.came(8, semconv.EventSubAgentDelegation, "PostToolUse", call)
	f.counting.activity.sessions.RemoveOldest()
	require.Equal(t, [2]float64{5, 3}, total(f.sent(t)[semconv.MetricFanOut]))
}

// Every metric that can be made is in the day of the golden files, so that a new one
// is not forgotten there.
func TestDayHasEveryMetric(t *testing.T) {
	m := newMade(t, start.Add(time.Minute), nil)
	for _, ld := range day(t).records {
		require.NoError(t, m.ConsumeLogs(t.Context(), ld))
	}
	sent := m.sent(t)
	for _, s := range m.counting.m.all {
		x, ok := sent[s.name]
		require.True(t, ok, s.name)
		require.NotEmpty(t, x.Unit())
		require.NotEmpty(t, x.Description())
		require.NotEqual(t, pmetric.MetricTypeEmpty, x.Type())
	}
}
