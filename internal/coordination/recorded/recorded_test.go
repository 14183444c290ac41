package recorded

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var of = Of{Session: "s1", Project: "shop"}

func example() coordination.Delegation {
	begin := time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.UTC)
	return coordination.Delegation{
		ID: "a1", AgentID: "a1", AgentType: "Explore", ParentID: "main", ParentType: "main", Depth: 1, Call: "c1", Link: "confirmed",
		Description: "look", Background: true, Begin: begin, End: begin.Add(time.Second), Outcome: "stopped", Status: "async_launched", Stops: 1,
		Duration: 2, Own: 3, Waiting: 4, Tools: 5, ToolCalls: 6, Errors: 7, DeniedCalls: 8, Children: 9, FilesRead: 10, FilesChanged: 11, Searches: 12,
		Tokens: 13, TokensFrom: "spans", ReportedToolCalls: 14, ReportedDuration: 15, Read: []string{"x"}, Changed: []string{"y"}, Over: begin,
	}
}

// The record of a delegation has the fields that the CLI prints, and its session.
func TestDelegationIsWhatTheCLIPrints(t *testing.T) {
	d := example()
	printed, err := json.Marshal(d)
	require.NoError(t, err)
	line := Delegation(of, &d).Line
	require.Equal(t, Line{{Key: "session_id", text: "s1"}}, line[:1])
	recorded, err := json.Marshal(line[1:])
	require.NoError(t, err)
	require.JSONEq(t, string(printed), string(recorded))
}

// docs/coordination.md names every field of every record.
func TestEveryFieldIsOnThePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "coordination.md"))
	require.NoError(t, err)
	d := example()
	s := coordination.Session{
		Delegations: []coordination.Delegation{d}, Types: []coordination.TypeShare{{Type: "Explore"}},
		Recommendations: []coordination.Recommendation{{Title: "t"}}, End: d.End,
	}
	records := []Record{
		Delegation(of, &d), Conflict(of, &coordination.Conflict{ID: "x"}), Repeat(of, &coordination.Repeat{ID: "y"}),
	}
	records = append(records, Session(of, &s)...)
	kinds := map[string]bool{}
	for _, r := range records {
		kinds[r.Event] = true
		require.Contains(t, string(page), "### `"+r.Event+"`")
		seen := map[string]bool{}
		for _, field := range r.Line {
			require.Contains(t, string(page), "`"+field.Key+"`", r.Event)
			require.False(t, seen[field.Key], field.Key)
			seen[field.Key] = true
		}
	}
	require.Len(t, kinds, 5)
	require.Contains(t, string(page), `service="`+semconv.CoordinationServiceName+`"`)
}

func TestLogs(t *testing.T) {
	d := example()
	ld := Logs([]Record{Delegation(of, &d)})
	lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	require.Equal(t, d.End, lr.Timestamp().AsTime())
	a := lr.Attributes().AsRaw()
	require.Equal(t, map[string]any{
		semconv.EventType: "agent_delegation", semconv.CoordinationRecordID: "s1/a1", semconv.CoordinationHour: "09", semconv.SessionID: "s1",
		semconv.ProjectName: "shop", semconv.AgentID: "a1", semconv.AgentName: "Explore", semconv.AgentParentID: "main", semconv.ToolCallID: "c1",
		semconv.AgentDepth: int64(1),
	}, a)
	require.Equal(t, int64(13), lr.Body().Map().AsRaw()["tokens"])

	s := coordination.Session{Types: []coordination.TypeShare{{Type: "Explore", Share: 1}}, Recommendations: []coordination.Recommendation{{Title: "t"}}}
	body := Logs(Session(of, &s)).ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Map().AsRaw()
	require.Equal(t, []any{"t"}, body["recommended"])
	require.Equal(t, "Explore", body["types"].([]any)[0].(map[string]any)["agent_type"])
	require.InDelta(t, 1, body["types"].([]any)[0].(map[string]any)["share"], 0)
	require.Equal(t, int64(0), body["errors"])
	require.NotContains(t, body, "ended", "false is left out")
}

func record(hook, typ string, attributes map[string]any, body map[string]any) (resource, lr plog.LogRecord) {
	resource, lr = plog.NewLogRecord(), plog.NewLogRecord()
	resource.Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr.SetTimestamp(1)
	all := map[string]any{semconv.SessionID: "s1", semconv.HookEvent: hook, semconv.EventType: typ, semconv.EventID: "e"}
	for k, v := range attributes {
		all[k] = v
	}
	_ = lr.Attributes().FromRaw(all)
	if body != nil {
		_ = lr.Body().FromRaw(body)
	}
	return resource, lr
}

func TestFromRecord(t *testing.T) {
	read := func(hook, typ string, attributes, body map[string]any) (coordination.Event, bool) {
		resource, lr := record(hook, typ, attributes, body)
		var e coordination.Event
		_, ok := FromRecord(resource.Attributes(), lr, &e)
		return e, ok
	}
	e, ok := read("PostToolUse", "file_read", map[string]any{semconv.FilePath: "/p/x", semconv.ToolName: "Read", semconv.ToolCallID: "c", semconv.ToolDurationMillis: 7},
		map[string]any{"action_details": map[string]any{"tool_context": map[string]any{"offset": 10, "limit": 50}}})
	require.True(t, ok)
	require.Equal(t, coordination.Event{
		ID: "e", At: 1, Kind: coordination.End, Call: "c", Tool: "Read", Action: coordination.Read, Target: "/p/x", Detail: "offset=10 limit=50", Duration: 7,
	}, e)

	e, ok = read("PreToolUse", "code_search", map[string]any{semconv.ToolName: "Grep", semconv.EnforcementDecision: "deny"},
		map[string]any{"action_details": map[string]any{"search_pattern": "TODO", "search_path": "/p", "tool_context": map[string]any{"glob": "*.go"}}})
	require.True(t, ok)
	require.Equal(t, "Grep TODO glob=*.go", e.Detail)
	require.Equal(t, "/p", e.Target)
	require.True(t, e.Refused)

	e, ok = read("PostToolUse", "sub_agent_delegation", map[string]any{semconv.AgentName: "Plan"}, map[string]any{"agent": map[string]any{"delegation": map[string]any{
		"agent_type": "Plan", "agent_id": "a2", "status": "completed", "tokens": 5, "tool_calls": 6, "duration_ms": 7, "background": true, "description": "d",
	}}})
	require.True(t, ok)
	require.Empty(t, e.AgentType, "it is of the one that is called")
	require.Equal(t, &coordination.Asked{Type: "Plan", Child: "a2", Status: "completed", Tokens: 5, ToolCalls: 6, DurationMS: 7, Background: true, Description: "d"}, e.Asked)

	e, ok = read("UserPromptSubmit", "agent_notification", nil, map[string]any{"agent": map[string]any{"notification": map[string]any{"task_id": "a2"}}})
	require.True(t, ok)
	require.Equal(t, coordination.Notification, e.Kind)
	require.Equal(t, "a2", e.Child)

	e, ok = read("", "agent_link", map[string]any{semconv.AgentID: "a2", semconv.AgentParentID: "a1", semconv.AgentLink: "confirmed"}, nil)
	require.True(t, ok)
	require.Equal(t, coordination.Link, e.Kind)

	for _, typ := range []string{"security_alert", "alert_acknowledged", "telemetry_gap"} {
		_, ok = read("PreToolUse", typ, nil, nil)
		require.False(t, ok, typ)
	}
	_, ok = read("Stop", "turn_end", map[string]any{semconv.SessionID: ""}, nil)
	require.False(t, ok, "no session")
	e, ok = read("Stop", "turn_end", map[string]any{semconv.AgentID: strings.Repeat("x", 1000), semconv.EventID: "\xff"}, nil)
	require.True(t, ok)
	require.Len(t, e.Agent, maxName)
	require.Equal(t, "\uFFFD", e.ID)
}

func TestRequestsThatNameAnAgent(t *testing.T) {
	resource, lr := plog.NewLogRecord(), plog.NewLogRecord()
	resource.Attributes().PutStr(semconv.ServiceName, "claude-code")
	lr.SetTimestamp(1)
	require.NoError(t, lr.Attributes().FromRaw(map[string]any{
		"session.id": "s1", "event.name": "api_request", "input_tokens": "10", "output_tokens": 5, "cache_read_tokens": 2.0, "cache_creation_tokens": "x",
	}))
	var e coordination.Event
	_, ok := FromRecord(resource.Attributes(), lr, &e)
	require.False(t, ok, "it names none")
	lr.Attributes().PutStr("agent_id", "a1")
	_, ok = FromRecord(resource.Attributes(), lr, &e)
	require.True(t, ok)
	require.Equal(t, coordination.Event{ID: "1", At: 1, Kind: coordination.Request, Agent: "a1", Tokens: 17, Duration: -1}, e)
}
