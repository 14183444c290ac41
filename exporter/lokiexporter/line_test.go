package lokiexporter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

func testEncoder(maxBytes int) *lineEncoder {
	return &lineEncoder{config: defaultLine(), maxBytes: maxBytes}
}

// bodyRecord is a record whose body is the JSON given.
func bodyRecord(t testing.TB, text string) plog.LogRecord {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	lr := plog.NewLogRecord()
	require.NoError(t, lr.Body().FromRaw(v))
	return lr
}

func TestLine(t *testing.T) {
	tests := map[string]struct{ body, line string }{
		"empty map":       {`{}`, `{}`},
		"empty fields":    {`{"a":null,"b":"","c":[],"d":{},"e":false,"f":{"g":{"h":""}}}`, `{}`},
		"numbers stay":    {`{"a":0,"b":0.5,"c":-1e-7,"d":1e21,"e":true}`, `{"a":0,"b":0.5,"c":-1e-07,"d":1e+21,"e":true}`},
		"elements stay":   {`{"a":[null,"",{"b":""},[]]}`, `{"a":[null,"",{},[]]}`},
		"keys sorted":     {`{"b":1,"a":2,"c":{"z":1,"y":2}}`, `{"a":2,"b":1,"c":{"y":2,"z":1}}`},
		"dropped":         {`{"raw_input":{"a":1},"b":{"raw_input":1}}`, `{"b":{"raw_input":1}}`},
		"no HTML escapes": {`{"a":"<&>\u2028"}`, "{\"a\":\"<&>\u2028\"}"},
		"escapes":         {`{"a":"\"\\\n\r\t\u0000\u001f\u007f"}`, "{\"a\":\"\\\"\\\\\\n\\r\\t\\u0000\\u001f\u007f\"}"},
		"string":          {`"<as it is>"`, `<as it is>`},
		"empty string":    {`""`, ``},
		"slice":           {`["a",1]`, `["a",1]`},
		"number":          {`1.5`, `1.5`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			line, cut := testEncoder(1<<18).encode(pcommon.NewMap(), bodyRecord(t, tt.body))
			require.Equal(t, tt.line, line)
			require.False(t, cut)
		})
	}
}

func TestLineOfOddValues(t *testing.T) {
	lr := plog.NewLogRecord()
	m := lr.Body().SetEmptyMap()
	m.PutDouble("inf", inf())
	m.PutEmptyBytes("bytes").FromRaw([]byte{0, 1, 2})
	m.PutEmptyBytes("none")
	m.PutStr("bad", "a\xffb\xc3")
	m.PutStr("\xff", "bad key")
	m.PutInt("large", 1<<62)
	line, _ := testEncoder(1<<18).encode(pcommon.NewMap(), lr)
	require.Equal(t, `{"bad":"a�b�","bytes":"AAEC","inf":"+Inf","large":4611686018427387904,"�":"bad key"}`, line)
}

func inf() float64 {
	zero := 0.0
	return 1 / zero
}

func TestLineKeepsTheFirstOfTwoKeys(t *testing.T) {
	var unmarshaler plog.JSONUnmarshaler
	ld, err := unmarshaler.UnmarshalLogs([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[` +
		`{"key":"b","value":{"stringValue":"1"}},{"key":"a","value":{"stringValue":"2"}},{"key":"b","value":{"stringValue":"3"}}]}}}]}]}]}`))
	require.NoError(t, err)
	lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	line, _ := testEncoder(1<<18).encode(pcommon.NewMap(), lr)
	require.Equal(t, `{"a":"2","b":"1"}`, line)
}

func TestLineDeepNesting(t *testing.T) {
	lr := plog.NewLogRecord()
	v := lr.Body()
	for range 10_000 {
		v = v.SetEmptyMap().PutEmpty("a")
	}
	line, _ := testEncoder(1<<18).encode(pcommon.NewMap(), lr)
	require.True(t, json.Valid([]byte(line)))
	require.Contains(t, line, deepMark)
}

func TestLineIsCut(t *testing.T) {
	many := func(n int) plog.LogRecord {
		lr := plog.NewLogRecord()
		m := lr.Body().SetEmptyMap()
		for i := range n {
			m.PutStr(fmt.Sprintf("key-%06d", i), `"\`)
		}
		return lr
	}
	long := plog.NewLogRecord()
	long.Body().SetEmptyMap().PutStr("text", strings.Repeat("äöü", 2000))
	long.Body().Map().PutStr("kept", "short")
	text := plog.NewLogRecord()
	text.Body().SetStr(strings.Repeat("€", 2000))
	for name, tt := range map[string]struct {
		record plog.LogRecord
		says   string
	}{
		"long string": {long, `"kept":"short"`},
		"many fields": {many(1000), `"line":"{`},
		"plain text":  {text, " bytes)"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, limit := range []int{minLineBytes, 1000, 1001, 1002, 4096} {
				line, cut := testEncoder(limit).encode(pcommon.NewMap(), tt.record)
				require.True(t, cut)
				require.LessOrEqual(t, len(line), limit)
				require.True(t, utf8.ValidString(line))
				require.Contains(t, line, tt.says)
				require.NotContains(t, line, "\uFFFD")
				if name != "plain text" {
					require.True(t, json.Valid([]byte(line)), line)
					require.Contains(t, line, `"line_truncated":true`)
				}
			}
		})
	}
}

func TestAttributesInLine(t *testing.T) {
	lr := bodyRecord(t, `{"a":1}`)
	lr.Attributes().PutStr("k", "v")
	for mode, want := range map[AttributesInLine]string{
		AttributesWhenNotMap: `{"a":1}`,
		AttributesNever:      `{"a":1}`,
		AttributesAlways:     `{"body":{"a":1},"k":"v"}`,
	} {
		e := testEncoder(1 << 18)
		e.config.AttributesInLine = mode
		line, _ := e.encode(pcommon.NewMap(), lr)
		require.Equal(t, want, line, mode)
	}
	lr = plog.NewLogRecord()
	lr.Attributes().PutStr("k", "v")
	line, _ := testEncoder(1<<18).encode(pcommon.NewMap(), lr)
	require.Equal(t, `{"k":"v"}`, line)
}

// FuzzLine holds that a line keeps its limit, is valid UTF-8, is valid JSON
// where the body is a map, and is the same every time.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"a":{"b":["c",null,1.5,true]},"raw_input":{}}`), "key", "value", 256)
	f.Add([]byte(`{"text":"\u0000\ud800\"\\"}`), "\xff", "\xc3\x28", 300)
	f.Add([]byte(`"text"`), "body", "", 1000)
	f.Add([]byte(`[[[[{}]]]]`), "event_name", strings.Repeat("\x00", 300), 257)
	f.Fuzz(func(t *testing.T, body []byte, key, value string, limit int) {
		limit = minLineBytes + max(0, limit)%(1<<16)
		lr := plog.NewLogRecord()
		var v any
		if json.Unmarshal(body, &v) != nil || lr.Body().FromRaw(v) != nil {
			lr.Body().SetStr(string(body))
		}
		if lr.Body().Type() == pcommon.ValueTypeMap {
			lr.Body().Map().PutStr(key, value)
		}
		lr.Attributes().PutStr(key, value)
		resource := pcommon.NewMap()
		resource.PutStr(value, key)
		for _, mode := range []AttributesInLine{AttributesAlways, AttributesNever, AttributesWhenNotMap} {
			e := testEncoder(limit)
			e.config.AttributesInLine = mode
			line, _ := e.encode(resource, lr)
			require.LessOrEqual(t, len(line), limit)
			require.True(t, utf8.ValidString(line))
			if e.isJSON(lr) {
				require.True(t, json.Valid([]byte(line)), line)
			}
			again, _ := e.encode(resource, lr)
			require.Equal(t, line, again)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	ld, records := newLogs("claude-telemetry")
	lr := addHookRecord(records, "session-1", 1, testTime)
	resource := ld.ResourceLogs().At(0).Resource().Attributes()
	e := testEncoder(1 << 18)
	for b.Loop() {
		e.encode(resource, lr)
	}
}
