package coordinationprocessor

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/processor/coordinationprocessor/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// What an event costs in this processor, its state written to a disk.
func BenchmarkEvent(b *testing.B) {
	var list []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Seed: 7, Events: 30_000, Sessions: 60, AtATime: 10, Span: 6 * time.Hour, Batch: 1_000}).All() {
		list = append(list, ld)
	}
	events := 0
	for _, ld := range list {
		events += ld.LogRecordCount()
	}
	before, n := cpu(b), 0
	for b.Loop() {
		cfg := createDefaultConfig().(*Config)
		cfg.StateFile = filepath.Join(b.TempDir(), "coordination.state")
		p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, new(consumertest.LogsSink))
		require.NoError(b, err)
		require.NoError(b, p.Start(b.Context(), componenttest.NewNopHost()))
		for i, ld := range list {
			require.NoError(b, p.ConsumeLogs(chunk(b.Context(), i), ld))
		}
		require.NoError(b, p.Shutdown(b.Context()))
		n += events
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(n), "cpu-µs/event")
}

// cpu is the processor time of this process: others' work on the machine is not in it.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
