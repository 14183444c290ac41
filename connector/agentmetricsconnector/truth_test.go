package agentmetricsconnector

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// truth counts the records of a day in the simplest way.
func truth(all []plog.Logs) map[string]float64 {
	n := map[string]float64{}
	for _, ld := range all {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					a := lr.Attributes().AsRaw()
					hook, _ := a[semconv.HookEvent].(string)
					tool, _ := a[semconv.ToolName].(string)
					switch {
					case a[semconv.EventType] == semconv.EventSecurityAlert:
						n["alerts"]++
						continue
					case a[semconv.NativeEventName] == semconv.NativeAPIRequest:
						n["requests"]++
						for _, key := range []string{semconv.NativeTokensIn, semconv.NativeTokensOut, semconv.NativeTokensRead, semconv.NativeTokensWritten} {
							v, _ := lr.Attributes().Get(key)
							n["tokens"] += number(v)
						}
						continue
					case hook == "PostToolUse" || hook == "PostToolUseFailure":
						n["calls"]++
						n["calls of "+tool]++
						if a[semconv.ErrorType] != nil {
							n["errors"]++
						}
						if ms, ok := a[semconv.ToolDurationMillis].(int64); ok {
							n["timed"]++
							n["seconds"] += float64(ms) / 1000
						}
					case hook == "PermissionDenied":
						n["calls"]++
						n["errors"]++
						n["calls of "+tool]++
					}
				}
			}
		}
	}
	return n
}

// Generated sessions, as they come, shuffled and doubled: what was counted is what is
// there.
func TestCountsAreTheTruth(t *testing.T) {
	end := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	var all []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Seed: 7, Events: 6_000, Sessions: 30, Start: end.Add(-time.Hour), Span: time.Hour, Batch: 50, Alerts: 0.03}).All() {
		all = append(all, identified(t, ld))
	}
	want := truth(all)
	require.Greater(t, want["calls"], 1_500.0)
	require.Greater(t, want["errors"], 50.0)
	require.Greater(t, want["requests"], 200.0)
	require.Greater(t, want["alerts"], 50.0)
	for name, order := range map[string]func([]plog.Logs) []plog.Logs{
		"in order": func(l []plog.Logs) []plog.Logs { return l },
		"shuffled": shuffled,
		"doubled":  func(l []plog.Logs) []plog.Logs { return shuffled(append(append([]plog.Logs{}, l...), l...)) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMade(t, end, func(c *Config) { c.DedupWindow = 50_000 })
			for _, ld := range order(all) {
				require.NoError(t, m.ConsumeLogs(t.Context(), ld))
			}
			sent := m.sent(t)
			got := map[string]float64{
				"alerts":   total(sent[semconv.MetricAlertsRaised])[0],
				"requests": total(sent[semconv.MetricRequests])[0],
				"tokens":   total(sent[semconv.MetricRequestTokens])[0],
				"calls":    total(sent[semconv.MetricToolCalls])[0],
				"timed":    total(sent[semconv.MetricToolDuration])[1],
				"seconds":  total(sent[semconv.MetricToolDuration])[0],
			}
			require.InDelta(t, got["tokens"], total(sent[semconv.MetricTokenUsage])[0], 0.1)
			for _, p := range sent[semconv.MetricToolCalls].Sum().DataPoints().All() {
				tool, _ := p.Attributes().Get(semconv.ToolName)
				got["calls of "+tool.Str()] += float64(p.IntValue())
				if _, failed := p.Attributes().Get(semconv.ErrorType); failed {
					got["errors"] += float64(p.IntValue())
				}
			}
			for key, n := range want {
				require.InDelta(t, n, got[key], 1e-6*n, key)
			}
			require.Len(t, got, len(want))
		})
	}
}

// identified gives native events an id, as the audit log does.
func identified(t testing.TB, ld plog.Logs) plog.Logs {
	t.Helper()
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if _, ok := lr.Attributes().Get(semconv.EventID); ok {
					continue
				}
				id := ""
				for _, key := range []string{semconv.SessionID, "event.sequence"} {
					v, ok := lr.Attributes().Get(key)
					require.True(t, ok)
					id += v.AsString() + "/"
				}
				lr.Attributes().PutStr(semconv.EventID, id)
			}
		}
	}
	return ld
}

func shuffled(l []plog.Logs) []plog.Logs {
	l = append([]plog.Logs{}, l...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
	return l
}

// What an event costs, of generated sessions, with all that comes behind an audit log.
func BenchmarkEvents(b *testing.B) {
	var all []plog.Logs
	records := 0
	for ld := range eventgen.New(eventgen.Options{Seed: 3, Events: 20_000, Batch: 500}).All() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					narrow(lr.Body())
				}
			}
		}
		all = append(all, ld)
		records += ld.LogRecordCount()
	}
	for name, change := range map[string]func(*Config){"default": nil, "without-exemplars": func(c *Config) { c.Exemplars = false }} {
		b.Run(name, func(b *testing.B) {
			m := newMade(b, time.Now(), func(c *Config) {
				c.DedupWindow = 20_000
				if change != nil {
					change(c)
				}
			})
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				m.counting.seen = newSeen(20_000) // the same events are new ones
				for _, ld := range all {
					require.NoError(b, m.ConsumeLogs(b.Context(), ld))
				}
				n += records
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
		})
	}
}

// narrow leaves of a body what body_fields: [agent] does.
func narrow(body pcommon.Value) {
	if body.Type() == pcommon.ValueTypeMap {
		body.Map().RemoveIf(func(k string, _ pcommon.Value) bool { return k != semconv.BodyAgent })
	}
}
