package agentmetricsconnector

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Others read the same records: they are not changed, and nothing of them is used when
// the connector has returned.
func TestRecordsAreOnlyRead(t *testing.T) {
	e := day(t)
	want := newMade(t, start.Add(time.Minute), nil)
	got := newMade(t, start.Add(time.Minute), nil)
	require.False(t, got.Capabilities().MutatesData)
	for _, ld := range e.records {
		require.NoError(t, want.ConsumeLogs(t.Context(), ld))
		shared := plog.NewLogs()
		ld.CopyTo(shared)
		shared.MarkReadOnly() // who changes it panics
		require.NoError(t, got.ConsumeLogs(t.Context(), shared))
	}
	again := newMade(t, start.Add(time.Minute), nil)
	for _, ld := range e.records {
		own := plog.NewLogs()
		ld.CopyTo(own)
		require.NoError(t, again.ConsumeLogs(t.Context(), own))
		wreck(own)
	}
	a, b, c := want.sent(t), got.sent(t), again.sent(t)
	require.Contains(t, a, semconv.MetricToolCalls)
	require.Len(t, b, len(a))
	require.Len(t, c, len(a))
	for name, x := range a {
		require.Equal(t, total(x), total(b[name]), name)
		require.Equal(t, total(x), total(c[name]), name)
	}
}

// wreck overwrites records, as their owner may.
func wreck(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				for _, v := range lr.Attributes().All() {
					v.SetStr("wrecked")
				}
				lr.Body().SetStr("wrecked")
			}
		}
		for _, v := range rl.Resource().Attributes().All() {
			v.SetStr("wrecked")
		}
	}
}
