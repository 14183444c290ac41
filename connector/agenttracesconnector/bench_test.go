package agenttracesconnector

import (
	"os"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/connector/agenttracesconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// What an event costs the connector, with nothing behind it: ns/event and bytes/event.
func BenchmarkEvents(b *testing.B) {
	var batches []plog.Logs
	events := 0
	g := eventgen.New(eventgen.Options{Seed: 1, Events: 4_000, Sessions: 10, Batch: 100, Span: 6 * time.Hour, NoNative: true})
	for ld := range g.All() {
		batches = append(batches, ld)
		events += ld.LogRecordCount()
	}
	b.ReportAllocs()
	began := processorTime(b)
	for b.Loop() {
		c, err := newConnector(createDefaultConfig().(*Config), connectortest.NewNopSettings(metadata.Type), consumertest.NewNop())
		require.NoError(b, err)
		for _, ld := range batches {
			if err := c.ConsumeLogs(b.Context(), ld); err != nil {
				b.Fatal(err)
			}
		}
	}
	n := float64(b.N * events)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/event")
	b.ReportMetric(float64((processorTime(b)-began).Nanoseconds())/n, "cpu-ns/event")
}

// processorTime is what this process has taken so far, of all processors: on a machine
// that others use, it says more than the clock.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	p, err := process.NewProcess(int32(os.Getpid()))
	require.NoError(b, err)
	times, err := p.Times()
	require.NoError(b, err)
	return time.Duration((times.User + times.System) * float64(time.Second))
}
