package auditlogexporter

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/test/hookrequest"
)

// BenchmarkEncodeEvents is of the events that test/bench/pipeline sends, in turns.
func BenchmarkEncodeEvents(b *testing.B) {
	var events []plog.Logs
	for _, fixture := range hookrequest.Pipeline() {
		events = append(events, hookrequest.Logs(b, fixture))
	}
	var out batch
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		out.recycle()
		out.encode(events[i%len(events)], 1<<20)
	}
	b.SetBytes(int64(len(out.buf)))
}
