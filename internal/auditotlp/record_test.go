package auditotlp

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const whole = `{"kind":"log","time":"2026-03-04T05:06:07.891011123Z","observed_time":"2026-03-04T05:06:08Z","event_name":"claude_code.file_read",` +
	`"severity_number":13,"severity_text":"WARN","trace_id":"000102030405060708090a0b0c0d0e0f","span_id":"0001020304050607","flags":1,` +
	`"resource":{"service.name":"s"},"scope":{"name":"n","version":"v","attributes":{"a":true}},` +
	`"attributes":{"big":9223372036854775807,"bigger":18446744073709551615,"double":0.5,"list":[1,"b",null,{}],"none":null},` +
	`"dropped_attributes_count":2,"body":{"a":{"b":[1.5,false]}}}`

func entry(t testing.TB, text string) auditlog.Entry {
	t.Helper()
	var e auditlog.Entry
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&e.Record))
	return e
}

func TestEveryField(t *testing.T) {
	ld := plog.NewLogs()
	require.NoError(t, Append(ld, entry(t, whole)))
	got, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
	require.NoError(t, err)
	rl := ld.ResourceLogs().At(0)
	lr := rl.ScopeLogs().At(0).LogRecords().At(0)
	require.Equal(t, time.Date(2026, 3, 4, 5, 6, 7, 891011123, time.UTC), lr.Timestamp().AsTime())
	require.Equal(t, "000102030405060708090a0b0c0d0e0f", lr.TraceID().String())
	require.Equal(t, "0001020304050607", lr.SpanID().String())
	require.Equal(t, map[string]any{"service.name": "s"}, rl.Resource().Attributes().AsRaw())
	require.Equal(t, map[string]any{
		"big": int64(9223372036854775807), "bigger": 18446744073709551615.0, "double": 0.5,
		"list": []any{int64(1), "b", nil, map[string]any{}}, "none": nil,
	}, lr.Attributes().AsRaw())
	require.Equal(t, map[string]any{"a": map[string]any{"b": []any{1.5, false}}}, lr.Body().Map().AsRaw())
	for _, want := range []string{`"eventName":"claude_code.file_read"`, `"severityNumber":13`, `"severityText":"WARN"`, `"flags":1`, `"droppedAttributesCount":2`, `"name":"n","version":"v"`} {
		require.Contains(t, string(got), want)
	}
}

func TestRefused(t *testing.T) {
	ld := plog.NewLogs()
	require.NoError(t, Append(ld, entry(t, whole)))
	require.ErrorIs(t, Append(ld, entry(t, `{"kind":"heartbeat"}`)), ErrNoEvent)
	for _, bad := range []string{
		`{"kind":"log","time":"1969-01-01T00:00:00Z"}`, `{"kind":"log","time":"9999-01-01T00:00:00Z"}`,
		`{"kind":"log","trace_id":"00"}`, `{"kind":"log","span_id":"zz"}`, `{"kind":"log","severity_number":-1}`,
	} {
		require.ErrorIs(t, Append(ld, entry(t, bad)), ErrInvalid, bad)
	}
	require.Equal(t, 1, ld.LogRecordCount(), "what cannot be taken leaves nothing behind")
}

func FuzzAppend(f *testing.F) {
	f.Add(whole)
	f.Add(`{"kind":"log","body":"text","attributes":{"n":1e999}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var e auditlog.Entry
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if d.Decode(&e.Record) != nil {
			t.Skip()
		}
		ld := plog.NewLogs()
		if err := Append(ld, e); (err == nil) != (ld.LogRecordCount() == 1) {
			t.Fatalf("%v, but %d records", err, ld.LogRecordCount())
		}
	})
}
