package recorded_test

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

func BenchmarkFromRecord(b *testing.B) {
	var list []plog.Logs
	n := 0
	for ld := range eventgen.New(eventgen.Options{Seed: 5, Events: 2_000, Sessions: 5}).All() {
		list = append(list, ld)
		n += ld.LogRecordCount()
	}
	var e coordination.Event
	b.ReportAllocs()
	for b.Loop() {
		for _, ld := range list {
			for _, rl := range ld.ResourceLogs().All() {
				for _, sl := range rl.ScopeLogs().All() {
					for _, lr := range sl.LogRecords().All() {
						recorded.FromRecord(rl.Resource().Attributes(), lr, &e)
					}
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/record")
}
