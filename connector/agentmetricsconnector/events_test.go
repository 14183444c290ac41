package agentmetricsconnector

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/agent-telemetry/agent-telemetry/connector/agentmetricsconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// start is when the tests' events begin.
var start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// attrs are a record's attributes.
type attrs map[string]any

// events makes records, one a second. Each has an id.
type events struct {
	t       testing.TB
	records []plog.Logs
	n       int
}

// hook adds the record of a hook event.
func (e *events) hook(typ, hook string, a attrs) plog.LogRecord {
	lr := e.record(semconv.ServiceNameValue, a)
	lr.Attributes().PutStr(semconv.EventType, typ)
	lr.Attributes().PutStr(semconv.HookEvent, hook)
	return lr
}

// native adds an event of Claude Code's own telemetry.
func (e *events) native(name string, a attrs) plog.LogRecord {
	lr := e.record("claude-code", a)
	lr.Attributes().PutStr(semconv.NativeEventName, name)
	return lr
}

func (e *events) record(service string, a attrs) plog.LogRecord {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, service)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	require.NoError(e.t, lr.Attributes().FromRaw(a))
	lr.Attributes().PutStr(semconv.EventID, fmt.Sprintf("0195-%d", e.n))
	lr.SetTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(e.n) * time.Second)))
	e.n++
	e.records = append(e.records, ld)
	return lr
}

// call is a tool call that is over, of an agent; "" is the main agent.
func (e *events) call(agentID, agentType, tool, failure string, millis int) plog.LogRecord {
	a := attrs{semconv.SessionID: "s1", semconv.ProjectName: "shop", semconv.ToolName: tool, semconv.ToolDurationMillis: millis}
	hook := "PostToolUse"
	if agentID != "" {
		a[semconv.AgentID], a[semconv.AgentName] = agentID, agentType
	}
	if failure != "" {
		a[semconv.ErrorType], hook = failure, "PostToolUseFailure"
	}
	lr := e.hook(semconv.EventToolUse, hook, a)
	lr.SetTraceID(pcommon.TraceID{1, 2, 3})
	lr.SetSpanID(pcommon.SpanID{byte(e.n)})
	return lr
}

// answer is the answer of a call of an agent.
func (e *events) answer(agentID, agentType, callee string, tokens int) {
	lr := e.call(agentID, agentType, "Agent", "", 9_000)
	lr.Attributes().PutStr(semconv.EventType, semconv.EventSubAgentDelegation)
	if agentID == "" {
		lr.Attributes().PutStr(semconv.AgentName, callee) // as such records have it
	}
	d := lr.Body().SetEmptyMap().PutEmptyMap(semconv.BodyAgent).PutEmptyMap(semconv.AgentBodyCall)
	d.PutStr(semconv.CallBodyAgentType, callee)
	d.PutInt(semconv.CallBodyTokens, int64(tokens))
}

// agent is an event of a sub-agent's life.
func (e *events) agent(typ, hook, agentID, agentType string, depth int) {
	a := attrs{semconv.SessionID: "s1", semconv.ProjectName: "shop", semconv.AgentID: agentID, semconv.AgentName: agentType}
	if depth > 0 {
		a[semconv.AgentDepth] = depth
	}
	e.hook(typ, hook, a)
}

// day is a session with everything that is counted.
func day(t testing.TB) *events {
	e := &events{t: t}
	in := attrs{semconv.SessionID: "s1", semconv.ProjectName: "shop"}
	e.hook(semconv.EventSessionStart, "SessionStart", in)
	e.hook(semconv.EventUserPrompt, "UserPromptSubmit", in)
	e.hook(semconv.EventFileRead, "PreToolUse", attrs{semconv.SessionID: "s1", semconv.ToolName: "Read", semconv.EnforcementDecision: semconv.DecisionNone})
	e.call("", "", "Read", "", 12)
	e.call("", "", "Bash", "exit_code", 2_500)
	e.hook(semconv.EventPermissionDenied, "PermissionDenied", attrs{semconv.SessionID: "s1", semconv.ToolName: "Bash", semconv.ErrorType: "permission_denied"})
	e.agent(semconv.EventSubagentStart, "SubagentStart", "a1", "Explore", 1)
	e.call("a1", "Explore", "Grep", "", 40)
	e.agent(semconv.EventSubagentStart, "SubagentStart", "a2", "Plan", 2)
	e.call("a2", "Plan", "Read", "", 0)
	e.agent(semconv.EventSubagentStop, "SubagentStop", "a2", "Plan", 2)
	e.answer("a1", "Explore", "Plan", 1_200)
	e.agent(semconv.EventSubagentStop, "SubagentStop", "a1", "Explore", 1)
	e.agent(semconv.EventSubagentStop, "SubagentStop", "a1", "Explore", 1) // again
	e.answer("", "", "Explore", 34_000)
	e.agent(semconv.EventSubagentStart, "SubagentStart", "a3", "Explore", 1)
	e.answer("", "", "Explore", 0) // in the background: it has not done
	e.hook(semconv.EventTurnEnd, "Stop", in)
	e.hook(semconv.EventTurnFailure, "StopFailure", attrs{semconv.SessionID: "s1", semconv.ErrorType: "rate_limit"})
	e.hook(semconv.EventSecurityAlert, "PreToolUse", attrs{
		semconv.SessionID: "s1", semconv.AlertSeverity: "high", semconv.RuleName: "secret-read", semconv.RuleCategory: "secrets", semconv.AlertSuppressed: 3,
	})
	e.native(semconv.NativeAPIRequest, attrs{
		semconv.SessionID: "s1", semconv.NativeModel: "claude-sonnet-5", semconv.NativeQuerySource: "repl_main_thread", semconv.NativeCost: "0.0125",
		semconv.NativeDurationMillis: "4000", semconv.NativeTokensIn: "10", semconv.NativeTokensOut: "350", semconv.NativeTokensRead: "30000", semconv.NativeTokensWritten: "1500",
	})
	e.native(semconv.NativeAPIRequest, attrs{semconv.NativeModel: "claude-haiku-5", semconv.NativeQuerySource: "agent:builtin:Explore", semconv.NativeTokensIn: 5, semconv.NativeTokensOut: 7.0})
	e.native(semconv.NativeAPIError, attrs{semconv.NativeModel: "claude-sonnet-5", semconv.NativeQuerySource: "compact", semconv.NativeStatusCode: "529", semconv.NativeDurationMillis: "100"})
	e.native("tool_result", attrs{semconv.NativeToolName: "Read"}) // the hook tells of it
	return e
}

// made is a connector that is started, and what it sent.
type made struct {
	*agentMetrics
	sink *consumertest.MetricsSink
	tel  *componenttest.Telemetry
}

// newMade makes a connector that sends when it is told to. Now is the time for it.
func newMade(t testing.TB, now time.Time, change func(*Config)) made {
	t.Helper()
	sink := new(consumertest.MetricsSink)
	return newMadeTo(t, now, change, sink, sink)
}

func newMadeTo(t testing.TB, now time.Time, change func(*Config), sink *consumertest.MetricsSink, next consumer.Metrics) made {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.Interval = time.Hour
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	tel := componenttest.NewTelemetry()
	set := connectortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = tel.NewTelemetrySettings()
	c, err := newConnector(cfg, set, next)
	require.NoError(t, err)
	c.counting.activity.now = func() time.Time { return now }
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() {
		require.NoError(t, c.Shutdown(context.Background()))
		require.NoError(t, tel.Shutdown(context.Background()))
	})
	return made{c, sink, tel}
}

// sent are the metrics of now, by name.
func (m made) sent(t testing.TB) map[string]pmetric.Metric {
	t.Helper()
	m.send(t.Context())
	all := m.sink.AllMetrics()
	require.NotEmpty(t, all)
	return byName(all[len(all)-1])
}

func byName(md pmetric.Metrics) map[string]pmetric.Metric {
	named := map[string]pmetric.Metric{}
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, x := range sm.Metrics().All() {
				named[x.Name()] = x
			}
		}
	}
	return named
}
