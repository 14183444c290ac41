package claudehookreceiver

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// The ids of records in conflict are made of the hash, and they are in audit logs: it
// stays what it is.
func TestContentHashStays(t *testing.T) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "claude-telemetry")
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetEventName("claude_code.turn_end")
	lr.SetSeverityNumber(plog.SeverityNumberInfo)
	lr.SetSeverityText("INFO")
	lr.SetTraceID(pcommon.TraceID{1, 2, 3})
	lr.SetSpanID(pcommon.SpanID{4, 5, 6})
	lr.SetTimestamp(pcommon.NewTimestampFromTime(time.UnixMilli(0x0197e8f05c00)))
	for i := range 30 {
		lr.Attributes().PutInt(fmt.Sprint("key", i*7%30), int64(i))
	}
	for _, key := range []string{semconv.EventID, semconv.CaptureTransport, semconv.SessionSeqRestarted, semconv.EnforcementDecision, semconv.EnforcementReason} {
		lr.Attributes().PutStr(key, "left out")
	}
	require.NoError(t, lr.Body().FromRaw(map[string]any{semconv.BodyTimestamp: "left out", "timestamp2": "counts", "b": 1, "a": map[string]any{semconv.BodyTimestamp: "counts"}}))
	requireHash := func(want string) {
		t.Helper()
		got := contentOf(rl.Resource(), lr, eventID(uuid.MustParse("0197e8f0-5c00-774b-bcce-b302099a8057")))
		require.Equal(t, want, hex.EncodeToString(got[:]))
	}
	requireHash("d45a33b737c5591b27a19bf5bfbd66a4")
	require.NoError(t, lr.Body().FromRaw([]any{1, 2.5, true, nil, "text", []byte("bytes"), []any{}, map[string]any{"b": 1, "a": map[string]any{}}}))
	lr.SetTimestamp(0)
	for i := range 300 {
		lr.Attributes().PutInt(fmt.Sprint("many", i*7919%300), int64(i))
	}
	requireHash("cc02014f2b0886a6b67684ab39a8ba7a")
}

// TestContentHashKnowsNoOrder hashes maps of all sizes in many orders, one after the
// other, so that each begins with the order of another.
func TestContentHashKnowsNoOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	hash := func(order []int) contentHash {
		lr := plog.NewLogRecord()
		inner := lr.Body().SetEmptyMap().PutEmptyMap("inner") // as many keys as around it
		for _, i := range order {
			lr.Attributes().PutInt(fmt.Sprint("key", i), int64(i))
			lr.Body().Map().PutInt(fmt.Sprint("key", i), int64(i))
			inner.PutStr(fmt.Sprint(i), "x")
		}
		return contentOf(pcommon.NewResource(), lr, eventID{})
	}
	seen := map[contentHash]int{}
	for n := range 2 * fewKeys {
		want := hash(r.Perm(n))
		for range 20 {
			require.Equal(t, want, hash(r.Perm(n)), "%d keys", n)
		}
		require.NotContains(t, seen, want)
		seen[want] = n
	}
}

// Of a key that comes twice, both values count, in their order.
func TestContentHashOfAKeyTwice(t *testing.T) {
	hash := func(json string) contentHash {
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[` + json + `]}]}]}]}`))
		require.NoError(t, err)
		return contentOf(pcommon.NewResource(), ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0), eventID{})
	}
	one, two, other := `{"key":"k","value":{"intValue":1}}`, `{"key":"k","value":{"intValue":2}}`, `{"key":"a"}`
	want := hash(one + "," + two + "," + other)
	for range 3 {
		require.NotEqual(t, want, hash(two+","+one+","+other))
		require.Equal(t, want, hash(other+","+one+","+two))
		require.Equal(t, want, hash(one+","+other+","+two))
	}
}
