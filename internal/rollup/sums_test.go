package rollup_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// sums adds up the numbers of roll-ups, by kind, name and some of the texts.
func sums(t *testing.T, ld plog.Logs, into map[string]float64) {
	t.Helper()
	for _, line := range lines(ld) {
		kind, rest, _ := strings.Cut(line, " ")
		tool := ""
		for _, field := range strings.Fields(rest)[2:] {
			name, value, _ := strings.Cut(field, "=")
			n, err := strconv.ParseFloat(value, 64)
			switch {
			case name == "chunk" || strings.Contains(name, "_p"), strings.HasSuffix(name, "_max_ms"):
			case err == nil && name != "session" && name != "value":
				into[kind+" "+name] += n
				if name == "n" && kind == "tool" {
					into["tool "+tool] += n
				}
			case name == "tool":
				tool = value
			}
		}
	}
}

// However events are put into batches, and in whatever order they come, their
// roll-ups add up to the same.
func TestSums(t *testing.T) {
	for seed := range uint64(5) {
		options := eventgen.Options{Seed: seed, Events: 3_000, Sessions: 20, Span: time.Hour, Alerts: 0.03}
		whole, parts, raw := map[string]float64{}, map[string]float64{}, map[string]float64{}
		all := plog.NewLogs()
		n := uint64(0)
		options.Batch = 1 + int(seed)*37
		for ld := range eventgen.New(options).All() {
			count(ld, raw)
			sums(t, rollup.Of(ld, rollup.Chunk("x", n)), parts)
			n += uint64(ld.LogRecordCount())
			ld.ResourceLogs().MoveAndAppendTo(all.ResourceLogs())
		}
		resources := make([]plog.ResourceLogs, 0, all.ResourceLogs().Len())
		for _, rl := range all.ResourceLogs().All() {
			resources = append(resources, rl)
		}
		reversed := plog.NewLogs()
		for i := range resources {
			resources[len(resources)-1-i].CopyTo(reversed.ResourceLogs().AppendEmpty())
		}
		sums(t, rollup.Of(reversed, chunk), whole)
		require.InDeltaMapValues(t, whole, parts, 1e-6)
		for name, n := range raw {
			require.InDelta(t, n, whole[name], 1e-6, name)
		}
		require.Greater(t, len(raw), 20)
	}
}

// count counts records in another way than the package does.
func count(ld plog.Logs, into map[string]float64) {
	for _, rl := range ld.ResourceLogs().All() {
		service, _ := rl.Resource().Attributes().Get(semconv.ServiceName)
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				a := lr.Attributes().AsRaw()
				str := func(key string) string { s, _ := a[key].(string); return s }
				num := func(key string) float64 {
					switch v := a[key].(type) {
					case int64:
						return float64(v)
					case string:
						f, _ := strconv.ParseFloat(v, 64)
						return f
					}
					return 0
				}
				if service.Str() != semconv.ServiceNameValue {
					if str("event.name") == "api_request" {
						into["usage cost_usd"] += num("cost_usd")
						into["usage input_tokens"] += num("input_tokens")
						into["usage n"]++
					}
					continue
				}
				tool, hook := str(semconv.ToolName), str(semconv.HookEvent)
				into["agent n"]++
				into["session n"]++
				if str(semconv.EventType) == semconv.EventSecurityAlert {
					into["alert n"]++
					into["alert risk"] += num(semconv.AlertRiskScore)
					into["session risk"] += num(semconv.AlertRiskScore)
					into["session alerts_"+str(semconv.AlertSeverity)]++
					continue
				}
				if tool != "" {
					into["tool n"]++
					into["tool "+tool]++
				}
				if a[semconv.OutsideProject] == true {
					into["agent outside"]++
				}
				switch hook {
				case "PreToolUse":
					into["tool started"]++
				case "PostToolUse", "PostToolUseFailure":
					into["tool calls"]++
					into["tool duration_ms"] += num(semconv.ToolDurationMillis)
					into["session lines_added"] += num(semconv.FileLinesAdded)
					if str(semconv.ErrorType) != "" {
						into["session errors"]++
					}
				case "UserPromptSubmit":
					if str(semconv.EventType) == semconv.EventUserPrompt {
						into["session prompts"]++
					}
				}
			}
		}
	}
}

// BenchmarkCount counts a minute of a day of a million events.
func BenchmarkCount(b *testing.B) {
	ld, ok := eventgen.New(eventgen.Options{Events: 694, Sessions: 17, Span: time.Minute, Batch: 694}).Next()
	if !ok {
		b.Fatal("no events")
	}
	made := 0
	for b.Loop() {
		made = rollup.Of(ld, chunk).LogRecordCount()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*ld.LogRecordCount()), "µs/record")
	b.ReportMetric(float64(made), "roll-ups")
}
