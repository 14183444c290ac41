package otlplogs_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/otlplogs"
)

// requests are all fixtures as claude-hook sends them.
func requests(tb testing.TB) [][]byte {
	tb.Helper()
	var all [][]byte
	for _, f := range hookfixtures.All() {
		payload := f.PayloadIn("/srv/projects/shop", "session")
		all = append(all, eventjson.Request(hookevent.Build(hookevent.Decode(payload, 1<<20), hookevent.Context{ID: "0190a8c0-0000-7000-8000-000000000001"})))
	}
	require.NotEmpty(tb, all)
	return all
}

// pdata is what pdata's decoder makes of a request.
func pdata(raw []byte) (plog.Logs, error) {
	return (&plog.JSONUnmarshaler{}).UnmarshalLogs(raw)
}

func requireEqualLogs(tb testing.TB, want, got plog.Logs) {
	tb.Helper()
	w, err := (&plog.ProtoMarshaler{}).MarshalLogs(want)
	require.NoError(tb, err)
	g, err := (&plog.ProtoMarshaler{}).MarshalLogs(got)
	require.NoError(tb, err)
	require.Equal(tb, w, g)
}

func TestDecodesWhatTheHookSends(t *testing.T) {
	for _, raw := range requests(t) {
		want, err := pdata(raw)
		require.NoError(t, err)
		got, ok := otlplogs.Decode(raw)
		require.True(t, ok, "%s", raw)
		requireEqualLogs(t, want, got)
	}
}

// What other programs send: pdata's own marshaler, and indented.
func TestDecodesWhatOthersSend(t *testing.T) {
	for _, raw := range requests(t) {
		want, err := pdata(raw)
		require.NoError(t, err)
		again, err := (&plog.JSONMarshaler{}).MarshalLogs(want)
		require.NoError(t, err)
		var indented any
		require.NoError(t, json.Unmarshal(again, &indented))
		spread, err := json.MarshalIndent(indented, " ", "\t")
		require.NoError(t, err)
		for _, raw := range [][]byte{again, spread} {
			got, ok := otlplogs.Decode(raw)
			require.True(t, ok, "%s", raw)
			requireEqualLogs(t, want, got)
		}
	}
}

func TestLeavesToPdata(t *testing.T) {
	record := func(s string) string {
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{` + s + `}]}]}]}`
	}
	for name, raw := range map[string]string{
		"nothing":            ``,
		"no JSON":            `{"resourceLogs":`,
		"more behind it":     record(``) + `x`,
		"an unknown field":   record(`"colour":"red"`),
		"a field twice":      record(`"body":{"stringValue":"a"},"body":{"stringValue":"b"}`),
		"a name twice":       record(`"attributes":[{"key":"a","value":{"intValue":1}},{"key":"a","value":{"intValue":2}}]`),
		"value before name":  record(`"attributes":[{"value":{"intValue":1},"key":"a"}]`),
		"snake case":         record(`"time_unix_nano":"1"`),
		"null":               record(`"severityText":null`),
		"an exponent":        record(`"body":{"doubleValue":1e3}`),
		"not a number":       record(`"body":{"doubleValue":"NaN"}`),
		"bytes":              record(`"body":{"bytesValue":"AAAA"}`),
		"two values":         record(`"body":{"stringValue":"a","intValue":1}`),
		"half a pair":        record(`"severityText":"\ud800"`),
		"a pair":             record(`"severityText":"\ud83d\ude00"`),
		"no escape":          record(`"severityText":"\x"`),
		"a control":          record("\"severityText\":\"a\nb\""),
		"leading zero":       record(`"body":{"intValue":01}`),
		"minus zero and one": record(`"body":{"intValue":-01}`),
		"too large":          record(`"body":{"intValue":9223372036854775808}`),
		"short id":           record(`"traceId":"00ff"`),
		"a severity's name":  record(`"severityNumber":"SEVERITY_NUMBER_INFO"`),
		"one in a text":      record(`"severityNumber":"9"`),
		"no comma":           record(`"body":{"intValue":1}"flags":1`),
		"a comma too much":   record(`"body":{"intValue":1},`),
		"open text":          `{"resourceLogs":[{"schemaUrl":"a`,
		"open escape":        `{"resourceLogs":[{"schemaUrl":"a\`,
		"too deep":           record(`"body":` + strings.Repeat(`{"arrayValue":{"values":[`, 60) + strings.Repeat(`]}}`, 60)),
		"closing only":       `]]]}}}`,
		"crossed":            `{"resourceLogs":[}]`,
	} {
		_, ok := otlplogs.Decode([]byte(raw))
		assert.False(t, ok, name)
	}
}

// maxAttributes is what doc.go says.
const maxAttributes = 128

// A request costs what its size says, whatever it holds.
func TestHostileRequestsCostLittle(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,{"key":"%06d","value":{}}`, i)
		}
		return b.String()[1:]
	}
	in := func(attributes string) []byte {
		return []byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[` + attributes + `]}]}]}]}`)
	}
	got, ok := otlplogs.Decode(in(many(maxAttributes)))
	require.True(t, ok)
	want, err := pdata(in(many(maxAttributes)))
	require.NoError(t, err)
	requireEqualLogs(t, want, got)
	_, ok = otlplogs.Decode(in(many(maxAttributes + 1)))
	require.False(t, ok)

	began := time.Now()
	_, ok = otlplogs.Decode(in(many(100_000)))
	require.False(t, ok)
	require.Less(t, time.Since(began), 2*time.Second, "it was compared one by one, which takes half a minute")

	commas := in(`{"key":"a","value":{"arrayValue":{"values":[` + strings.Repeat(",", 4<<20) + `]}}}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, ok = otlplogs.Decode(commas)
	runtime.ReadMemStats(&after)
	require.False(t, ok)
	require.Less(t, int64(after.TotalAlloc-before.TotalAlloc), int64(4<<20))

	// Lists of nothing, which would take ten times their size.
	nothing := in(`{"key":"a","value":{"arrayValue":{"values":[{}` + strings.Repeat(",{}", 4<<20) + `]}}}`)
	runtime.ReadMemStats(&before)
	_, ok = otlplogs.Decode(nothing)
	runtime.ReadMemStats(&after)
	require.False(t, ok)
	require.Less(t, int64(after.TotalAlloc-before.TotalAlloc), int64(4<<20))
}

// Texts that came before, in other places and other requests, are the same when they come
// again, whatever came between: short and long, with escapes and without.
func TestTextsComeAgain(t *testing.T) {
	for round := range 3 {
		for n := range 3000 {
			text := strings.Repeat("x", n%200) + fmt.Sprint(n)
			raw := fmt.Appendf(nil, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":%q,"body":{"stringValue":"\u0078%s"},"attributes":[{"key":%q,"value":{"stringValue":%q}}]}]}]}]}`, text, text, text, text)
			got, ok := otlplogs.Decode(raw)
			require.True(t, ok)
			lr := got.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			require.Equal(t, text, lr.SeverityText(), round)
			require.Equal(t, "x"+text, lr.Body().Str(), round)
			require.Equal(t, map[string]any{text: text}, lr.Attributes().AsRaw(), round)
		}
	}
}

func TestReadsEveryKind(t *testing.T) {
	raw := []byte(` { "resourceLogs" : [ {"resource":{"attributes":[{"key":"","value":{}}]},"schemaUrl":"u","scopeLogs":[
		{"scope":{"name":"n","version":"v","attributes":[]},"schemaUrl":"s","logRecords":[{
			"timeUnixNano":"18446744073709551615","observedTimeUnixNano":7,"severityNumber":24,"severityText":"é\u00e9\n\"\\\/\b\f\r\t\u0000",
			"eventName":"e","traceId":"00112233445566778899AABBccddeeff","spanId":"","flags":0,
			"attributes":[{"key":"i","value":{"intValue":"-9223372036854775808"}},{"key":"j","value":{"intValue":0}},
				{"key":"t","value":{"boolValue":true}},{"key":"f","value":{"boolValue":false}},{"key":"d","value":{"doubleValue":-0.25}},
				{"key":"e","value":{"stringValue":""}},{"key":"a","value":{"arrayValue":{"values":[{"intValue":-7},{},{"kvlistValue":{"values":[]}}]}}},
				{"key":"m","value":{"kvlistValue":{"values":[{"key":"x","value":{"doubleValue":0.1}}]}}},{"key":"z","value":{"arrayValue":{}}}],
			"body":{"kvlistValue":{}}},{}]}]},{}]} `)
	without := strings.Replace(string(raw), `"flags":0,`, ``, 1)
	want, err := pdata(raw)
	require.NoError(t, err)
	_, ok := otlplogs.Decode(raw)
	require.False(t, ok, "flags are not for us")
	got, ok := otlplogs.Decode([]byte(without))
	require.True(t, ok)
	requireEqualLogs(t, want, got)
}

// A record that is kept must not change when its request's memory is used again, nor by
// what is decoded later.
func TestKeepsNothing(t *testing.T) {
	all := requests(t)
	raw := []byte(string(all[0]))
	first, ok := otlplogs.Decode(raw)
	require.True(t, ok)
	want, err := pdata(all[0])
	require.NoError(t, err)
	for i := range raw {
		raw[i] = 'x'
	}
	for _, other := range all {
		_, ok := otlplogs.Decode(other)
		require.True(t, ok)
	}
	requireEqualLogs(t, want, first)
}

func FuzzDecode(f *testing.F) {
	for _, raw := range requests(f)[:8] {
		f.Add(raw)
	}
	f.Add([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"doubleValue":-12.5},"severityText":"\u00e9\\"}]}]}]}`))
	f.Add([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":18446744073709551615,"traceId":"00112233445566778899aabbccddeeff","attributes":[{"key":"a","value":{"arrayValue":{"values":[{"boolValue":true}]}}}]}]}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, ok := otlplogs.Decode(raw)
		if !ok {
			return
		}
		want, err := pdata(raw)
		require.NoError(t, err)
		requireEqualLogs(t, want, got)
	})
}

func BenchmarkDecode(b *testing.B) {
	payload := hookfixtures.Named("files/edit-post").PayloadIn("/srv/projects/shop", "session")
	raw := eventjson.Request(hookevent.Build(hookevent.Decode(payload, 1<<20), hookevent.Context{ID: "0190a8c0-0000-7000-8000-000000000001"}))
	b.SetBytes(int64(len(raw)))
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := otlplogs.Decode(raw); !ok {
				b.Fatal("not decoded")
			}
		}
	})
	b.Run("pdata", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := pdata(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}
