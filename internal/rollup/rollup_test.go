package rollup_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

var update = flag.Bool("update", false, "write the golden files anew")

const chunk = "0a1b2c3d-17"

// lines are roll-ups as text: labels, time and line.
func lines(ld plog.Logs) (all []string) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				get := func(key string) string {
					if v, ok := lr.Attributes().Get(key); ok {
						return v.Str()
					}
					return ""
				}
				all = append(all, strings.Join([]string{
					get(semconv.RollupKind), "{" + get(semconv.ProjectName) + "," + get(semconv.RollupHour) + "}",
					lr.Timestamp().AsTime().Format(time.RFC3339), lr.Body().Str(),
				}, " "))
			}
		}
	}
	return all
}

func TestGolden(t *testing.T) {
	var all []string
	g := eventgen.New(eventgen.Options{Seed: 3, Events: 400, Sessions: 3, Span: 10 * time.Minute, Alerts: 0.05})
	seq := uint64(0)
	for ld := range g.All() {
		n := uint64(ld.LogRecordCount())
		all = append(all, lines(rollup.Of(ld, rollup.Chunk("01234567-89ab-7cde-8f01-23456789abcd", seq)))...)
		seq += n
	}
	got := strings.Join(all, "\n") + "\n"
	path := filepath.Join("testdata", "rollups.txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// record makes a hook record.
func record(ld plog.Logs, at time.Time, attributes map[string]any) plog.LogRecord {
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	if err := lr.Attributes().FromRaw(attributes); err != nil {
		panic(err)
	}
	return lr
}

var noon = time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)

func TestHostileText(t *testing.T) {
	ld := plog.NewLogs()
	record(ld, noon, map[string]any{
		semconv.EventType: "file_read", semconv.ToolName: "a b\n\x00\"=\\\xff" + strings.Repeat("é", 200), semconv.ProjectName: strings.Repeat("p", 300),
		semconv.SessionID: map[string]any{"a": 1}, semconv.ToolDurationMillis: "1e400", semconv.HookEvent: "PostToolUse",
	})
	record(ld, noon, map[string]any{semconv.EventType: "file_read", semconv.ToolDurationMillis: int64(-5), semconv.HookEvent: "PostToolUse"})
	record(ld, noon, map[string]any{semconv.EventType: "file_read", semconv.ToolDurationMillis: 9.3e18, semconv.HookEvent: "PostToolUse"})
	got := lines(rollup.Of(ld, chunk))
	require.Len(t, got, 3)
	all := strings.Join(got, "|")
	require.Contains(t, all, `tool="a b\u000a\u0000\"=\\`+"\uFFFD"+`éé`)
	require.Contains(t, all, "duration_max_ms=1000000000000", "a number is bounded")
	for _, line := range got {
		require.NotContains(t, line, "\n")
		require.Less(t, len(line), 700)
	}
}

func TestWithoutTime(t *testing.T) {
	ld := plog.NewLogs()
	record(ld, noon, map[string]any{semconv.EventType: "file_read"}).SetTimestamp(0)
	c := rollup.NewCounter(10)
	c.AddAll(ld)
	require.Equal(t, 1, c.Untimed())
	require.Zero(t, c.Logs(chunk).LogRecordCount())
}

func TestGroupsAreBounded(t *testing.T) {
	ld := plog.NewLogs()
	for i := range 100 {
		record(ld, noon, map[string]any{semconv.EventType: "tool_use", semconv.ToolName: strconv.Itoa(i), semconv.ProjectName: "p"})
	}
	c := rollup.NewCounter(10)
	c.AddAll(ld)
	got := lines(c.Logs(chunk))
	require.Len(t, got, 12)
	require.Contains(t, got, "tool {__other__,12} 2026-03-04T12:00:00Z tool=__other__ event=__other__ n=90 chunk="+chunk)
}

func TestQuantiles(t *testing.T) {
	ld := plog.NewLogs()
	for i := 1; i <= 100; i++ {
		record(ld, noon, map[string]any{semconv.EventType: "file_read", semconv.ToolName: "Read", semconv.HookEvent: "PostToolUse", semconv.ToolDurationMillis: i * 10})
	}
	line := lines(rollup.Of(ld, chunk))[0]
	require.Contains(t, line, " duration_n=100 duration_ms=50500 duration_max_ms=1000 duration_p50_ms=500 duration_p95_ms=950 under_100ms=9 under_1s=99 under_10s=100 ")
}

func TestUsage(t *testing.T) {
	ld := plog.NewLogs()
	for range 3 {
		lr := record(ld, noon, map[string]any{
			semconv.NativeEventName: "api_request", semconv.SessionID: "s", "model": "m", "cost_usd": "0.100000", "input_tokens": "12", "output_tokens": 3.0,
			"cache_read_tokens": 5, "duration_ms": "250",
		})
		lr.SetEventName("claude_code.api_request")
	}
	ld.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
		return false
	})
	require.Equal(t, []string{"usage {,12} 2026-03-04T12:00:00Z session=s model=m n=3 requests=3 duration_n=3 duration_ms=750 duration_max_ms=250 " +
		"cost_usd=0.3 input_tokens=36 output_tokens=9 cache_read_tokens=15 chunk=" + chunk}, lines(rollup.Of(ld, chunk)))
}
