package auditlogexporter

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

func TestValues(t *testing.T) {
	for want, set := range map[string]func(pcommon.Value){
		`null`:                 func(pcommon.Value) {},
		`"<a href=\"x\">&\\"`:  func(v pcommon.Value) { v.SetStr(`<a href="x">&\`) },
		`"\t\n\r\u0000\u001f"`: func(v pcommon.Value) { v.SetStr("\t\n\r\x00\x1f") },
		"\"\ufffdé\ufffd\"":    func(v pcommon.Value) { v.SetStr("\xc3é\xff") },
		`"\u2028\u2029"`:       func(v pcommon.Value) { v.SetStr("\u2028\u2029") },
		`-9223372036854775808`: func(v pcommon.Value) { v.SetInt(math.MinInt64) },
		`0.1`:                  func(v pcommon.Value) { v.SetDouble(0.1) },
		`1e-07`:                func(v pcommon.Value) { v.SetDouble(1e-7) },
		`"-Infinity"`:          func(v pcommon.Value) { v.SetDouble(math.Inf(-1)) },
		`"AP8="`:               func(v pcommon.Value) { v.SetEmptyBytes().FromRaw([]byte{0, 255}) },
		`[]`:                   func(v pcommon.Value) { v.SetEmptySlice() },
		`{"a":{},"b":[null,1]}`: func(v pcommon.Value) {
			m := v.SetEmptyMap()
			l := m.PutEmptySlice("b")
			l.AppendEmpty()
			l.AppendEmpty().SetInt(1)
			m.PutEmptyMap("a")
		},
	} {
		v := pcommon.NewValueEmpty()
		set(v)
		got, err := appendValue(nil, v, 1)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
		assert.True(t, json.Valid(got))
	}
}

// OTLP forbids a key twice, but its wire format does not.
func TestKeysThatComeAgain(t *testing.T) {
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[
		{"key":"b","value":{"intValue":"3"}},{"key":"a","value":{"intValue":"1"}},{"key":"a","value":{"intValue":"2"}}]}]}]}]}`))
	require.NoError(t, err)
	got, err := appendMap(nil, ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes(), 1)
	require.NoError(t, err)
	assert.Equal(t, `{"a":1,"a#2":2,"b":3}`, string(got))
}

// The order in which a sender put keys changes nothing.
func TestEncodingIsDeterministic(t *testing.T) {
	forward, backward := pcommon.NewMap(), pcommon.NewMap()
	for i := range 50 {
		forward.PutInt(fmt.Sprint("k", i), int64(i))
		backward.PutInt(fmt.Sprint("k", 49-i), int64(49-i))
	}
	a, err := appendMap(nil, forward, 1)
	require.NoError(t, err)
	b, err := appendMap(nil, backward, 1)
	require.NoError(t, err)
	assert.Equal(t, string(a), string(b))
}

// Keys in any order, few and many, some of them twice: the order is that of the keys,
// and values of one key stay in theirs.
func TestKeysInAnyOrder(t *testing.T) {
	for n := range 2*few + 3 {
		for _, keys := range []int{n + 1, n/2 + 1} {
			var attributes []string
			want := make(map[string][]int)
			for i := range n {
				key := fmt.Sprintf("k%02d", i*37%101%keys)
				attributes = append(attributes, fmt.Sprintf(`{"key":%q,"value":{"intValue":"%d"}}`, key, i))
				want[key] = append(want[key], i)
			}
			var b strings.Builder
			for _, key := range slices.Sorted(maps.Keys(want)) {
				for i, v := range want[key] {
					if i == 0 {
						fmt.Fprintf(&b, `,%q:%d`, key, v)
					} else {
						fmt.Fprintf(&b, `,"%s#%d":%d`, key, i+1, v)
					}
				}
			}
			ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(`{"resourceLogs":[{"resource":{"attributes":[` + strings.Join(attributes, ",") + `]}}]}`))
			require.NoError(t, err)
			got, err := appendMap(nil, ld.ResourceLogs().At(0).Resource().Attributes(), 1)
			require.NoError(t, err)
			require.Equal(t, "{"+strings.TrimPrefix(b.String(), ",")+"}", string(got))
		}
	}
}

// Whatever a byte is and wherever it stands among others, it comes back, or as U+FFFD,
// and only what has to be is escaped.
func TestTextsOfAnyLength(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				text := []byte(strings.Repeat("x", length))
				text[at] = byte(c)
				got := appendString(nil, string(text))
				var back string
				require.NoError(t, json.Unmarshal(got, &back))
				require.Equal(t, strings.ToValidUTF8(string(text), "\ufffd"), back)
				if plain := c >= ' ' && c < 128 && c != '"' && c != '\\'; plain {
					require.Len(t, got, length+2)
				}
			}
		}
	}
}

// FuzzEncode gives the encoder any OTLP message: each record becomes one line of
// valid JSON within the limit, and comes back as it was unless it was reduced.
func FuzzEncode(f *testing.F) {
	marshaler := &plog.ProtoMarshaler{}
	for _, ld := range []plog.Logs{oneLog(), plog.NewLogs()} {
		seed, err := marshaler.MarshalLogs(ld)
		require.NoError(f, err)
		f.Add(seed, 4096)
		f.Add(seed, 300)
	}
	f.Fuzz(func(t *testing.T, message []byte, limit int) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(message)
		if err != nil {
			t.Skip()
		}
		limit = minRecordBytes + (limit&0xffff)*10
		var b batch
		b.encode(ld, limit)
		all := b.pending()
		require.Len(t, all, ld.LogRecordCount())
		i := 0
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					checkRecord(t, all[i].JSON, r, limit)
					i++
				}
			}
		}
	})
}

func checkRecord(t *testing.T, got []byte, r plog.LogRecord, limit int) {
	require.LessOrEqual(t, len(got), limit)
	require.NotContains(t, string(got), "\n")
	require.True(t, utf8.Valid(got))
	dec := json.NewDecoder(bytes.NewReader(got))
	dec.UseNumber()
	var back auditlog.Record
	require.NoError(t, dec.Decode(&back), "%s", got)
	assert.Equal(t, auditlog.KindLog, back.Kind)
	if back.Reduced != nil {
		return
	}
	assert.Equal(t, strings.ToValidUTF8(r.EventName(), "\ufffd"), strings.ReplaceAll(back.EventName, "\ufffd\ufffd", "\ufffd"))
	if r.Body().Type() != pcommon.ValueTypeEmpty {
		var body any
		dec := json.NewDecoder(bytes.NewReader(back.Body))
		dec.UseNumber()
		require.NoError(t, dec.Decode(&body))
		same(t, r.Body(), body)
	}
}

// same compares a value with what its JSON holds.
func same(t *testing.T, want pcommon.Value, got any) {
	switch want.Type() {
	case pcommon.ValueTypeStr:
		assert.Equal(t, string([]rune(want.Str())), got)
	case pcommon.ValueTypeInt:
		assert.Equal(t, json.Number(fmt.Sprint(want.Int())), got)
	case pcommon.ValueTypeBytes:
		assert.Equal(t, base64.StdEncoding.EncodeToString(want.Bytes().AsRaw()), got)
	case pcommon.ValueTypeDouble:
		if n, ok := got.(json.Number); ok {
			back, err := n.Float64()
			require.NoError(t, err)
			assert.Equal(t, want.Double(), back) //nolint:testifylint // exactly
		}
	case pcommon.ValueTypeMap:
		assert.Len(t, got, want.Map().Len())
	case pcommon.ValueTypeSlice:
		list, ok := got.([]any)
		require.True(t, ok)
		require.Len(t, list, want.Slice().Len())
		for i := range list {
			same(t, want.Slice().At(i), list[i])
		}
	}
}

// BenchmarkEncode measures a record of the size of a usual tool call.
func BenchmarkEncode(b *testing.B) {
	ld := oneLog()
	r := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	for i := range 20 {
		r.Attributes().PutStr(fmt.Sprint("claude_code.attribute.", i), "a value of usual length")
		r.Body().Map().PutStr(fmt.Sprint("field_", i), "a value of usual length")
	}
	var out batch
	out.encode(ld, 1<<20)
	b.SetBytes(int64(len(out.buf)))
	b.ReportAllocs()
	for b.Loop() {
		out.recycle()
		out.encode(ld, 1<<20)
	}
}
