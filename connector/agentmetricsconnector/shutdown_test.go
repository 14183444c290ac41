package agentmetricsconnector

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/agent-telemetry/agent-telemetry/connector/agentmetricsconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// A connector that was not started has nobody to send to, and one that was shut down has
// nobody any more: what stands behind it stops after it, once.
func TestNothingIsSentBeforeTheStartOrAfterTheEnd(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	c, err := newConnector(createDefaultConfig().(*Config), connectortest.NewNopSettings(metadata.Type), sink)
	require.NoError(t, err)
	e := &events{t: t}
	e.call("", "", "Read", "", 5)
	require.NoError(t, c.ConsumeLogs(t.Context(), e.records[0]))
	require.NoError(t, c.Shutdown(t.Context()))
	require.Empty(t, sink.AllMetrics())

	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, c.Shutdown(t.Context()))
	require.Len(t, sink.AllMetrics(), 1)
	require.NoError(t, c.Shutdown(t.Context()))
	require.Len(t, sink.AllMetrics(), 1)
}

// A shutdown that has no time left still hands on what was counted.
func TestTheLastMetricsAreSentWithoutTime(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	c, err := newConnector(createDefaultConfig().(*Config), connectortest.NewNopSettings(metadata.Type), sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	e := &events{t: t}
	e.call("", "", "Read", "", 5)
	require.NoError(t, c.ConsumeLogs(t.Context(), e.records[0]))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, c.Shutdown(ctx))
	require.Len(t, sink.AllMetrics(), 1)
}

// What is refused for good holds up nothing that comes behind it. Of cumulative metrics
// nothing is lost by it.
func TestRefusedForGood(t *testing.T) {
	for temporality, want := range map[string]struct{ calls, lost int64 }{temporalDelta: {1, 1}, temporalCumulative: {2, 0}} {
		t.Run(temporality, func(t *testing.T) {
			sink := new(consumertest.MetricsSink)
			refuse := consumererror.NewPermanent(errors.New("no"))
			next, err := consumer.NewMetrics(func(ctx context.Context, md pmetric.Metrics) error {
				if refuse != nil {
					return refuse
				}
				return sink.ConsumeMetrics(ctx, md)
			})
			require.NoError(t, err)
			m := newMadeTo(t, start, func(c *Config) { c.Temporality = temporality }, sink, next)
			e := &events{t: t}
			for range 2 {
				e.call("", "", "Read", "", 5)
			}
			require.NoError(t, m.ConsumeLogs(t.Context(), e.records[0]))
			m.send(t.Context())
			require.Empty(t, m.waiting)
			refuse = nil
			require.NoError(t, m.ConsumeLogs(t.Context(), e.records[1]))
			require.EqualValues(t, want.calls, total(m.sent(t)[semconv.MetricToolCalls])[0])
			dropped, err := m.tel.GetMetric("otelcol_connector_agent_metrics_dropped_points")
			require.Equal(t, want.lost == 0, err != nil, "%v", dropped)
		})
	}
}

// Whatever records say, no counter becomes negative in a day of them.
func TestCountersDoNotOverflow(t *testing.T) {
	const aDay = 100_000 * 24 * 3600
	require.Less(t, int64(aDay), int64(math.MaxInt64)/maxCount)
	m := newMade(t, start, nil)
	e := &events{t: t}
	e.native(semconv.NativeAPIRequest, attrs{semconv.NativeModel: "m", semconv.NativeTokensIn: int64(math.MaxInt64)})
	require.NoError(t, m.ConsumeLogs(t.Context(), e.records[0]))
	require.EqualValues(t, maxCount, total(m.sent(t)[semconv.MetricRequestTokens])[0])
}
