package activity

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// entry is a record in the audit log with a body.
func entry(kind, body string) auditlog.Entry {
	return auditlog.Entry{Seq: 7, Record: auditlog.Record{
		Kind: auditlog.KindLog, Time: t0, SeverityText: "WARN", Resource: map[string]any{semconv.ServiceName: semconv.ServiceNameValue},
		Attributes: map[string]any{
			semconv.EventID: "id-1", semconv.EventType: kind, semconv.SessionID: "5e551011", semconv.ToolName: "Bash", semconv.ToolCallID: "toolu_1", semconv.AgentID: "ag",
		}, Body: json.RawMessage(body),
	}}
}

func TestFromBothSources(t *testing.T) {
	const body = `{"event_type":"command_execution","hook_event":"PostToolUseFailure","project_name":"shop","project_path":"/home/dev/shop/","session_id":"5e551011","tool_name":"Bash",` +
		`"action_details":{"command":"make \u001b[31m\nall","outside_project_scope":true,"tool_context":{"exit_code":2,"duration_ms":1500}},"file_changes":{"lines_added":12}}`
	audit, ok := FromAudit(entry("command_execution", body))
	require.True(t, ok)
	require.Equal(t, uint64(7), audit.Place)
	loki := FromLoki(lokiquery.Entry{Time: t0, Line: body, Labels: map[string]string{"event": "command_execution", "level": "WARN", "tool": "Bash"}, Metadata: map[string]string{
		"event_id": "id-1", "session_id": "5e551011", "tool_use_id": "toolu_1", "agent_id": "ag",
	}})
	audit.Place = 0
	require.Equal(t, audit, loki)
	require.Equal(t, "make �[31m⏎all", audit.What)
	require.Equal(t, "+12 −0 1.5 s exit 2", audit.Facts)
	require.Equal(t, PhaseFailed, audit.Phase)
	require.True(t, audit.Outside)
	require.Equal(t, 1500*time.Millisecond, audit.Duration)
}

func TestEnforcement(t *testing.T) {
	call := entry("command_execution", `{"hook_event":"PreToolUse","tool_name":"Bash"}`)
	call.Attributes[semconv.EnforcementDecision] = semconv.DecisionDeny
	e, _ := FromAudit(call)
	require.Equal(t, PhaseFailed, e.Phase, "a call that was denied is not made")
	require.Equal(t, "denied by enforcement", e.Facts)
	call.Attributes[semconv.EnforcementDecision] = semconv.DecisionNone
	e, _ = FromAudit(call)
	require.Equal(t, PhaseBefore, e.Phase)
}

func TestAlertsAndAcknowledgements(t *testing.T) {
	e, ok := FromAudit(entry(semconv.EventSecurityAlert, `{"event_type":"security_alert","session_id":"5e551011","action_details":{"command":"rm -rf ~"},`+
		`"alert":{"id":"al-1","severity":"HIGH","rule":"delete","title":"Much is deleted","risk_score":80,"evidence":["file.delete_many: rm -rf ~"],"attack":["T1485"]}}`))
	require.True(t, ok)
	require.NotNil(t, e.Alert)
	require.Equal(t, "high", e.Alert.Severity)
	require.Equal(t, 3, e.Alert.Rank())
	require.Equal(t, "Much is deleted: rm -rf ~", e.What)
	e, ok = FromAudit(entry(semconv.EventAlertAcknowledged, `{"acknowledgement":{"alert_id":"al-1","rule":"delete","by":"ana","reason":"as planned","from_agent":true}}`))
	require.True(t, ok)
	require.Equal(t, &Ack{Time: t0, AlertID: "al-1", By: "ana", Reason: "as planned", FromAgent: true}, e.Ack)
}

func TestWhatIsNotShown(t *testing.T) {
	native := entry("api_request", "{}")
	native.Resource[semconv.ServiceName] = "claude-code"
	_, ok := FromAudit(native)
	require.False(t, ok)
	_, ok = FromAudit(auditlog.Entry{Record: auditlog.Record{Kind: auditlog.KindHeartbeat}})
	require.False(t, ok)
	e, ok := FromAudit(auditlog.Entry{Record: auditlog.Record{Kind: auditlog.KindDisturbed, Time: t0, Attributes: map[string]any{auditlog.DisturbedReason: "it is \x1b[2Jshorter"}}})
	require.True(t, ok, "that somebody changed the log is shown")
	require.Equal(t, "the log was changed by somebody else: it is �[2Jshorter", e.What)
}

// FuzzDecode: whatever a body holds, what is shown of it is clean and bounded.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{}`, `null`, `[]`, `"text"`, `{"action_details":"no object","tool_name":"Bash"}`, `{"action_details":{"command":{"a":1},"file_path":"/x"}}`,
		`{"tool_name":"\u001b]0;x\u0007","project_name":"\u202e"}`, `{"alert":{"id":"1","severity":"critical","evidence":[1,"\u001b"],"risk_score":1e99}}`,
		`{"acknowledgement":{"alert_id":"1","by":"\r\n"}}`, `{"action_details":{"tool_context":{"duration_ms":-1e308,"exit_code":1e308}}}`,
		strings.Repeat(`{"a":`, 20000), "\xff\xfe", `{"event_type":"telemetry_gap","gap":{"missing":3,"ranges":"3-5"}}`,
	} {
		f.Add(s, "security_alert", "Bash\x1b")
		f.Add(s, "alert_acknowledged", "")
		f.Add(s, "file_edit", "\u202e")
	}
	f.Fuzz(func(t *testing.T, body, kind, tool string) {
		record := entry(kind, body)
		record.Attributes[semconv.ToolName], record.Attributes[semconv.SessionID] = tool, kind+tool
		e, ok := FromAudit(record)
		require.True(t, ok)
		texts := []string{e.Type, e.Hook, e.Tool, e.Project, e.Path, e.Session, e.Agent, e.What, e.Facts, e.Level, e.ID}
		if a := e.Alert; a != nil {
			texts = append(append(append(texts, a.ID, a.Severity, a.Rule, a.Title, a.Category, a.Response, a.Command, a.File, a.URL, a.EventID, a.EventType), a.Evidence...), a.Attack...)
		}
		if k := e.Ack; k != nil {
			texts = append(texts, k.AlertID, k.By, k.Reason)
		}
		for _, s := range texts {
			require.LessOrEqual(t, len([]rune(s)), 8*maxWhat)
			require.Equal(t, -1, strings.IndexFunc(s, func(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) }), "%q", s)
		}
		require.LessOrEqual(t, len(e.search), 4*maxSearch)
		require.LessOrEqual(t, e.Duration, maxDuration)
		require.GreaterOrEqual(t, e.Duration, time.Duration(0))
		s := NewState(t0)
		s.Apply(e, t0)
		s.Apply(e, t0)
		require.NotPanics(t, func() { s.Sessions(t0); s.Tools(); s.Totals(t0) })
	})
}
