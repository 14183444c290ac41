package endtoend

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Every payload, in both modes: as many records as payloads in Loki and in the
// audit log, each with the fields that it must have, in both places the same.
func TestEveryPayloadArrivesWholeInBothModes(t *testing.T) {
	s := shared(t)
	all := sendAll(t, s)
	for session, sent := range bySession(all) {
		name := strings.SplitN(sent[0].name, "/", 2)[0]
		t.Run(name, func(t *testing.T) {
			byCommand := awaitAudit(t, s, auditlog.Filter{SessionID: session}, len(sent))
			byHTTP := awaitAudit(t, s, auditlog.Filter{SessionID: httpSession(session)}, len(sent))
			require.Len(t, byCommand, len(sent))
			require.Len(t, byHTTP, len(sent))
			for i, p := range sent {
				checkRecord(t, s, p, session, semconv.TransportCommand, i+1, byCommand[i])
				checkRecord(t, s, p, httpSession(session), semconv.TransportHTTP, i+1, byHTTP[i])
				require.Equal(t, normalised(t, byCommand[i], session), normalised(t, byHTTP[i], session), p.name)
			}
			checkLoki(t, s, session, byCommand)
			checkLoki(t, s, httpSession(session), byHTTP)
		})
	}
}

// checkRecord compares a record of the audit log with what the payload and its
// fixture ask for.
func checkRecord(t *testing.T, s *harness.Stack, p payload, session, transport string, seq int, e auditlog.Entry) {
	t.Helper()
	in := map[string]any{}
	require.NoError(t, json.Unmarshal(p.raw, &in))
	text := func(key string) string { v, _ := in[key].(string); return v }

	assert.Equal(t, auditlog.KindLog, e.Kind, p.name)
	assert.Equal(t, semconv.ServiceNameValue, e.Resource[semconv.ServiceName], p.name)
	assert.NotEmpty(t, e.Resource[semconv.ServiceVersion], p.name)
	assert.NotEmpty(t, e.Resource[semconv.HostName], p.name)
	assert.Equal(t, "linux", e.Resource[semconv.OSType], p.name)
	assert.Equal(t, semconv.ScopeName, e.Scope.Name, p.name)
	assert.Equal(t, firstBytes(session, 16), e.TraceID, p.name)
	if id := text("tool_use_id"); id != "" {
		assert.Equal(t, firstBytes(id, 8), e.SpanID, p.name)
		assert.Equal(t, id, e.Attribute(semconv.ToolCallID), p.name)
	}
	for key, want := range map[string]string{
		semconv.SessionID: session, semconv.ConversationID: session, semconv.CaptureTransport: transport,
		semconv.HookEvent: text("hook_event_name"), semconv.ToolName: text("tool_name"), semconv.PromptID: text("prompt_id"),
		semconv.PermissionMode: text("permission_mode"), semconv.AgentID: text("agent_id"), semconv.ProviderName: semconv.ProviderAnthropic,
		semconv.ProjectPath: s.Project, semconv.ProjectName: "shop",
	} {
		assert.Equal(t, want, e.Attribute(key), "%s: %s", p.name, key)
	}
	assert.Equal(t, semconv.EventNamePrefix+e.Attribute(semconv.EventType), e.EventName, p.name)
	assert.Equal(t, fmt.Sprint(seq), fmt.Sprint(e.Attributes[semconv.SessionSeq]), p.name)
	if p.fixture != nil {
		assert.Equal(t, p.fixture.EventType, e.Attribute(semconv.EventType), p.name)
		assert.Equal(t, p.fixture.Severity, e.SeverityText, p.name)
		for key, want := range p.fixture.Attributes(s.Project) {
			assert.Equal(t, want, plain(t, e.Attributes[key]), "%s: %s", p.name, key)
		}
	}
	body := bodyOf(t, e)
	assert.EqualValues(t, semconv.SchemaVersion, body[semconv.BodySchemaVersion], p.name)
	assert.Equal(t, e.SeverityText, body[semconv.BodyLevel], p.name)
	assert.Equal(t, e.Attribute(semconv.EventType), body[semconv.BodyEventType], p.name)
	assert.Equal(t, session, body[semconv.BodySessionID], p.name)
	assert.Equal(t, s.Project, body[semconv.BodyProjectPath], p.name)
	assert.Equal(t, true, body[semconv.BodyTelemetryEnabled], p.name)
	meta, _ := body[semconv.BodyMetadata].(map[string]any)
	assert.Equal(t, e.Attribute(semconv.EventID), meta[semconv.MetaEventID], p.name)
	assert.EqualValues(t, seq, meta[semconv.MetaSeq], p.name)
	raw, _ := body[semconv.BodyRawInput].(map[string]any)
	assert.Len(t, raw, len(in), "%s: raw_input keeps the payload's shape", p.name)
}

// checkLoki compares what Loki has of a session with the audit log.
func checkLoki(t *testing.T, s *harness.Stack, session string, want []auditlog.Entry) {
	t.Helper()
	found := awaitLoki(t, s, `{service="claude-telemetry", event!="security_alert"} | session_id="`+session+`"`, len(want))
	require.Len(t, found, len(want))
	byID := map[string]harness.Entry{}
	for _, e := range found {
		byID[e.Metadata[semconv.MetadataEventID]] = e
	}
	require.Len(t, byID, len(want), "no event is there twice")
	for _, w := range want {
		e, ok := byID[w.Attribute(semconv.EventID)]
		require.True(t, ok, "event %s is not in Loki", w.Attribute(semconv.EventID))
		labels := map[string]string{
			semconv.LabelService: semconv.ServiceNameValue, semconv.LabelProject: "shop", semconv.LabelSession: session,
			semconv.LabelEvent: w.Attribute(semconv.EventType), semconv.LabelScope: w.Attribute(semconv.Scope), semconv.LabelLevel: w.SeverityText,
		}
		if tool := w.Attribute(semconv.ToolName); tool != "" {
			labels[semconv.LabelTool] = tool
		}
		assert.Equal(t, labels, e.Labels)
		metadata, depth := map[string]string{}, ""
		if d, ok := w.Attributes[semconv.AgentDepth]; ok { // an orphan has none
			depth = fmt.Sprint(d)
		}
		for key, value := range map[string]string{
			semconv.MetadataSessionID: session, semconv.MetadataEventID: w.Attribute(semconv.EventID), semconv.MetadataSeq: fmt.Sprint(w.Attributes[semconv.SessionSeq]),
			semconv.MetadataToolUseID: w.Attribute(semconv.ToolCallID), semconv.MetadataAgentID: w.Attribute(semconv.AgentID),
			semconv.MetadataAgentType: w.Attribute(semconv.AgentName), semconv.MetadataAgentParent: w.Attribute(semconv.AgentParentID),
			semconv.MetadataAgentDepth: depth, semconv.MetadataPromptID: w.Attribute(semconv.PromptID),
			semconv.MetadataHookEvent: w.Attribute(semconv.HookEvent), semconv.MetadataTraceID: w.TraceID, semconv.MetadataSpanID: w.SpanID,
		} {
			if value != "" {
				metadata[key] = value
			}
		}
		assert.Equal(t, metadata, e.Metadata)
		assert.True(t, w.Time.Equal(e.Time), "time %s in the audit log, %s in Loki", w.Time, e.Time)
		line := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(e.Line), &line), e.Line)
		body := bodyOf(t, w)
		delete(body, semconv.BodyRawInput)
		assert.Equal(t, withoutEmpty(body), line)
	}
}

// normalised is a record without what must differ between two ways of sending
// the same payload, under two sessions.
func normalised(t *testing.T, e auditlog.Entry, session string) map[string]any {
	t.Helper()
	line := bytes.ReplaceAll(e.Line, []byte(session), []byte("SESSION"))
	line = bytes.ReplaceAll(line, []byte(httpSession(session)), []byte("SESSION"))
	line = bytes.ReplaceAll(line, []byte(e.Attribute(semconv.EventID)), []byte("EVENT"))
	var l struct {
		Record map[string]any `json:"record"`
	}
	require.NoError(t, json.Unmarshal(line, &l))
	r := l.Record
	for _, key := range []string{"time", "observed_time", "trace_id"} {
		delete(r, key)
	}
	delete(r["attributes"].(map[string]any), semconv.CaptureTransport)
	delete(r["body"].(map[string]any), semconv.BodyTimestamp)
	return r
}

func firstBytes(s string, n int) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:n])
}

func bodyOf(t *testing.T, e auditlog.Entry) map[string]any {
	t.Helper()
	body := map[string]any{}
	require.NoError(t, json.Unmarshal(e.Body, &body))
	return body
}

// plain makes numbers float64, as the expectations have them.
func plain(t *testing.T, v any) any {
	t.Helper()
	if n, ok := v.(json.Number); ok {
		f, err := strconv.ParseFloat(n.String(), 64)
		require.NoError(t, err)
		return f
	}
	if text, ok := v.(string); ok {
		return markHash.ReplaceAllString(text, "$1]")
	}
	return v
}

// markHash is a mark with its hash, which each state directory makes with a key of
// its own.
var markHash = regexp.MustCompile(`(\[REDACTED:[a-z-]+):[0-9a-f]{16}\]`)

// withoutEmpty leaves out what is empty, as Loki's lines do.
func withoutEmpty(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		if inner, ok := v.(map[string]any); ok {
			v = withoutEmpty(inner)
		}
		switch {
		case v == nil, v == "", v == false:
			continue
		case reflect.ValueOf(v).Kind() == reflect.Map && len(v.(map[string]any)) == 0:
			continue
		case reflect.ValueOf(v).Kind() == reflect.Slice && len(v.([]any)) == 0:
			continue
		}
		out[k] = v
	}
	return out
}
