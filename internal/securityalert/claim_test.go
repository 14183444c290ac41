package securityalert_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// doubled is a map in which a key stands twice: OTLP allows it on the wire.
func doubled(t *testing.T, m pcommon.Map, key, first, second string) {
	t.Helper()
	const other = "another key"
	m.PutStr(key, first)
	m.PutStr(other, second)
	ld := plog.NewLogs()
	lr := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	m.CopyTo(lr.Attributes())
	raw, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
	require.NoError(t, err)
	twice, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(strings.Replace(string(raw), other, key, 1)))
	require.NoError(t, err)
	twice.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().CopyTo(m)
}

const alertText = `{"event_type":"hook_event","Event_Type":"security\u005falert","metadata":{"event_id":"x"}}`

func claims(t *testing.T) map[string]plog.LogRecord {
	t.Helper()
	made := map[string]plog.LogRecord{}
	add := func(name string, fill func(plog.LogRecord)) {
		lr := plog.NewLogRecord()
		fill(lr)
		made[name] = lr
	}
	ld := plog.NewLogs()
	securityalert.Append(ld, securityalert.Alert{ID: "an-id", Severity: "critical", Rule: "a-rule"}, securityalert.Origin{Resource: pcommon.NewResource()}, time.Now())
	made["an alert of ours"] = ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	add("attribute", func(lr plog.LogRecord) { lr.Attributes().PutStr(semconv.EventType, "security_alert") })
	add("attribute with prefix", func(lr plog.LogRecord) { lr.Attributes().PutStr(semconv.EventType, "claude_code.security_alert") })
	add("attribute of native telemetry", func(lr plog.LogRecord) { lr.Attributes().PutStr(semconv.NativeEventName, "security_alert") })
	add("first of two", func(lr plog.LogRecord) { doubled(t, lr.Attributes(), semconv.EventType, "security_alert", "file_read") })
	add("second of two", func(lr plog.LogRecord) { doubled(t, lr.Attributes(), semconv.EventType, "file_read", "security_alert") })
	add("attribute that becomes a field", func(lr plog.LogRecord) {
		lr.Attributes().PutStr("event_TYPE", "security_alert")
		lr.Body().SetStr("text")
	})
	add("event name", func(lr plog.LogRecord) { lr.SetEventName("claude_code.security_alert") })
	add("field", func(lr plog.LogRecord) { lr.Body().SetEmptyMap().PutStr("event_type", "security_alert") })
	add("field in other case", func(lr plog.LogRecord) {
		m := lr.Body().SetEmptyMap()
		m.PutStr("event_type", "file_read")
		m.PutStr("Event_Type", "security_alert")
	})
	add("field twice", func(lr plog.LogRecord) {
		doubled(t, lr.Body().SetEmptyMap(), "event_type", "file_read", "security_alert")
	})
	add("text", func(lr plog.LogRecord) { lr.Body().SetStr(" \n" + alertText) })
	add("text twice", func(lr plog.LogRecord) {
		lr.Body().SetStr(`{"event_type":"security_alert","event_type":"file_read"}`)
	})
	add("an acknowledgement that is an alert, too", func(lr plog.LogRecord) {
		lr.Attributes().PutStr(semconv.EventType, semconv.EventAlertAcknowledged)
		lr.Body().SetEmptyMap().PutStr("event_type", "security_alert")
	})
	return made
}

func TestClaimsAreSeenAndTakenAway(t *testing.T) {
	for name, lr := range claims(t) {
		require.Equal(t, semconv.EventSecurityAlert, securityalert.Claim(lr), name)
		before := lr.Attributes().Len()
		securityalert.Disown(lr, semconv.EventSecurityAlert)
		require.Empty(t, securityalert.Claim(lr), name)
		a := lr.Attributes().AsRaw()
		require.Equal(t, semconv.EventHookEvent, a[semconv.EventType], name)
		require.Equal(t, semconv.EventSecurityAlert, a[semconv.EventClaimedType], name)
		require.GreaterOrEqual(t, lr.Attributes().Len(), before, name)
		require.Equal(t, "claude_code.hook_event", lr.EventName(), name)
		body, err := json.Marshal(lr.Body().AsRaw())
		require.NoError(t, err)
		_, ok := securityalert.FromJSON(body)
		require.False(t, ok, name)
		_, ok = securityalert.FromRecord(pcommon.NewResource(), lr)
		require.False(t, ok, name)
		for k := range a {
			require.False(t, strings.HasPrefix(k, "security_rule.") || strings.HasPrefix(k, "claude_code.alert."), "%s: %s", name, k)
		}
	}
}

func TestNothingOfAClaimIsLost(t *testing.T) {
	lr := claims(t)["an alert of ours"]
	securityalert.Disown(lr, semconv.EventSecurityAlert)
	a := lr.Attributes().AsRaw()
	require.Equal(t, "a-rule", a[semconv.ClaimedPrefix+semconv.RuleName])
	require.Equal(t, "critical", a[semconv.ClaimedPrefix+semconv.AlertSeverity])
	require.Equal(t, "an-id", a[semconv.EventID])
	require.Equal(t, semconv.EventSecurityAlert, lr.Body().Map().AsRaw()[semconv.BodyClaimedType])
	require.Contains(t, lr.Body().Map().AsRaw(), semconv.BodyAlert)

	text := plog.NewLogRecord()
	text.Body().SetStr(alertText)
	securityalert.Disown(text, semconv.EventSecurityAlert)
	require.Equal(t, alertText, text.Body().Map().AsRaw()[semconv.BodyClaimed])
}

func TestWhatClaimsNothing(t *testing.T) {
	for name, fill := range map[string]func(plog.LogRecord){
		"empty":             func(plog.LogRecord) {},
		"an event":          func(lr plog.LogRecord) { lr.Attributes().PutStr(semconv.EventType, "file_read") },
		"text":              func(lr plog.LogRecord) { lr.Body().SetStr("security_alert") },
		"text in JSON":      func(lr plog.LogRecord) { lr.Body().SetStr(`{"what":{"event_type":"security_alert"}}`) },
		"half a JSON":       func(lr plog.LogRecord) { lr.Body().SetStr(`{"event_type":`) },
		"a type of numbers": func(lr plog.LogRecord) { lr.Attributes().PutInt(semconv.EventType, 1) },
		"a command that says it": func(lr plog.LogRecord) {
			lr.Attributes().PutStr(semconv.CommandLine, "security_alert")
			lr.Body().SetEmptyMap().PutStr("command", "security_alert")
		},
	} {
		lr := plog.NewLogRecord()
		fill(lr)
		require.Empty(t, securityalert.Claim(lr), name)
	}
	ack := plog.NewLogRecord()
	ack.Attributes().PutStr(semconv.EventType, semconv.EventAlertAcknowledged)
	require.Equal(t, semconv.EventAlertAcknowledged, securityalert.Claim(ack))
}

func FuzzClaimOfText(f *testing.F) {
	f.Add(alertText)
	f.Add(`{"event_type":"security_alert","event_type":1,}`)
	f.Add(`{"a":[{},`)
	f.Fuzz(func(t *testing.T, text string) {
		lr := plog.NewLogRecord()
		lr.Body().SetStr(text)
		if _, ok := securityalert.FromJSON([]byte(text)); ok {
			require.Equal(t, semconv.EventSecurityAlert, securityalert.Claim(lr), "what a reader takes for an alert")
		}
		if c := securityalert.Claim(lr); c != "" {
			securityalert.Disown(lr, c)
			require.Empty(t, securityalert.Claim(lr))
		}
	})
}
