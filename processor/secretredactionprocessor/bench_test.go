package secretredactionprocessor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/processor/secretredactionprocessor/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/test/hookrequest"
)

// BenchmarkEvents is of two of the events that test/bench/pipeline sends. They have no secret,
// so nothing is changed, and none has to be copied.
func BenchmarkEvents(b *testing.B) {
	next, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	require.NoError(b, err)
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config), next)
	require.NoError(b, err)
	for _, fixture := range hookrequest.Pipeline() {
		b.Run(fixture, func(b *testing.B) {
			ld := hookrequest.Logs(b, fixture)
			b.ReportAllocs()
			for b.Loop() {
				if err := p.ConsumeLogs(b.Context(), ld); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
