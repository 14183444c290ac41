package securityalertprocessor

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/hookrequest"
)

// What judging costs of events as hooks send them, with all that they say: two of those of
// the benchmark of the whole pipeline.
func BenchmarkEvents(b *testing.B) {
	for _, name := range hookrequest.Pipeline() {
		b.Run(name, func(b *testing.B) {
			ld := hookrequest.Logs(b, name)
			p := newBench(b, nil)
			p.next = drop{}
			rules, faults := detection.Load(detection.Defaults())
			require.NoError(b, faults.Err())
			p.rules = func() *detection.Ruleset { return rules }
			where := place(p.config)
			p.factsOf = func(resource pcommon.Map, lr plog.LogRecord) *facts.Facts {
				return facts.FromRecord(resource, lr, where)
			}
			lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			var calls [256]string // one each, as a ring of a session's calls has them
			for i := range calls {
				calls[i] = "toolu_" + strconv.Itoa(i)
			}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n++
				lr.Attributes().PutStr(semconv.ToolCallID, calls[n%len(calls)])
				p.at = p.at.Add(time.Second)
				lr.SetTimestamp(pcommon.NewTimestampFromTime(p.at))
				if err := p.ConsumeLogs(context.Background(), ld); err != nil {
					b.Fatal(err)
				}
			}
			require.Equal(b, 1, ld.LogRecordCount(), "it was not benign")
		})
	}
}
