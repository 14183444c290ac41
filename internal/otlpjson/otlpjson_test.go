package otlpjson

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
)

func sample() Record {
	return Record{
		Time:         time.Unix(1700000000, 123456789),
		ObservedTime: time.Unix(1700000001, 1),
		EventName:    "claude_code.file_read",
		Severity:     log.SeverityWarn,
		TraceID:      [16]byte{1, 2, 3},
		SpanID:       [8]byte{9},
		Attributes: []attribute.KeyValue{
			attribute.String("s", "quote\" back\\ nl\n ctl\x01 é \xff <html>&"), attribute.Bool("b", true), attribute.Int64("i", math.MinInt64),
			attribute.Float64("f", 1.5), attribute.Float64("inf", math.Inf(-1)), attribute.StringSlice("ss", []string{"a", "b"}),
			attribute.Int64Slice("is", []int64{1}), attribute.BoolSlice("bs", []bool{false}), attribute.Float64Slice("fs", []float64{2}),
			attribute.ByteSlice("by", []byte{0, 255}),
		},
		Body: attribute.MapValue(
			attribute.Map("nested", attribute.Slice("list", attribute.StringValue("x"), attribute.MapValue(attribute.Int("n", 1)), attribute.Value{})),
			attribute.String("z", ""),
		),
	}
}

// TestAppendRequest reads the request back with the collector's own decoder.
func TestAppendRequest(t *testing.T) {
	raw := AppendRequest(nil, []attribute.KeyValue{attribute.String("service.name", "x")}, Scope{"scope", "1"}, sample(), Record{})
	require.True(t, json.Valid(raw), string(raw))
	req := plogotlp.NewExportRequest()
	require.NoError(t, req.UnmarshalJSON(raw))
	rl := req.Logs().ResourceLogs().At(0)
	require.Equal(t, map[string]any{"service.name": "x"}, rl.Resource().Attributes().AsRaw())
	sl := rl.ScopeLogs().At(0)
	require.Equal(t, "scope", sl.Scope().Name())
	require.Equal(t, "1", sl.Scope().Version())
	require.Equal(t, 2, sl.LogRecords().Len())
	lr := sl.LogRecords().At(0)
	require.Equal(t, int64(1700000000123456789), lr.Timestamp().AsTime().UnixNano())
	require.Equal(t, int64(1700000001000000001), lr.ObservedTimestamp().AsTime().UnixNano())
	require.Equal(t, "claude_code.file_read", lr.EventName())
	require.Equal(t, "WARN", lr.SeverityText())
	require.EqualValues(t, 13, lr.SeverityNumber())
	tid, sid := lr.TraceID(), lr.SpanID()
	require.Equal(t, "010203"+strings.Repeat("0", 26), hex.EncodeToString(tid[:]))
	require.Equal(t, "09"+strings.Repeat("0", 14), hex.EncodeToString(sid[:]))
	require.Equal(t, map[string]any{
		"s": "quote\" back\\ nl\n ctl\x01 é \ufffd <html>&", "b": true, "i": int64(math.MinInt64), "f": 1.5, "inf": math.Inf(-1),
		"ss": []any{"a", "b"}, "is": []any{int64(1)}, "bs": []any{false}, "fs": []any{2.0}, "by": []byte{0, 255},
	}, lr.Attributes().AsRaw())
	require.Equal(t, map[string]any{"nested": map[string]any{"list": []any{"x", map[string]any{"n": int64(1)}, nil}}, "z": ""}, lr.Body().AsRaw())
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\x00\xed\xa0\x80\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		require.NoError(t, json.Unmarshal(AppendString(nil, s), &back))
		require.Equal(t, string([]rune(s)), back)
	})
}

func BenchmarkAppendRequest(b *testing.B) {
	r := sample()
	var buf []byte
	for b.Loop() {
		buf = AppendRequest(buf[:0], nil, Scope{}, r)
	}
}
