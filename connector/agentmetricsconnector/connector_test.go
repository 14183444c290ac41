package agentmetricsconnector

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/pmetrictest"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/agent-telemetry/agent-telemetry/connector/agentmetricsconnector/internal/metadatatest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden files: the metrics of a session with everything that is counted.
func TestGolden(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"exponential": nil,
		"explicit": func(c *Config) {
			c.Histograms, c.Exemplars, c.ProjectAttribute, c.Temporality = bucketsExplicit, false, true, temporalDelta
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := day(t)
			m := newMade(t, start.Add(time.Minute), change)
			m.resource = pcommon.NewResource()
			m.resource.Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
			for _, ld := range e.records {
				require.NoError(t, m.ConsumeLogs(t.Context(), ld))
			}
			m.send(t.Context())
			require.Len(t, m.sink.AllMetrics(), 1)
			got := m.sink.AllMetrics()[0]
			path := filepath.Join("testdata", "golden", name+".yaml")
			untimed(got)
			if *update {
				require.NoError(t, golden.WriteMetricsToFile(path, got))
			}
			want, err := golden.ReadMetrics(path)
			require.NoError(t, err)
			require.NoError(t, pmetrictest.CompareMetrics(want, got, pmetrictest.IgnoreMetricsOrder(), pmetrictest.IgnoreMetricDataPointsOrder()))
		})
	}
}

// untimed takes away what no test can know: when the metrics were made.
func untimed(md pmetric.Metrics) {
	for _, x := range byName(md) {
		switch x.Type() {
		case pmetric.MetricTypeSum:
			for _, p := range x.Sum().DataPoints().All() {
				p.SetStartTimestamp(0)
				p.SetTimestamp(0)
			}
		case pmetric.MetricTypeHistogram:
			for _, p := range x.Histogram().DataPoints().All() {
				p.SetStartTimestamp(0)
				p.SetTimestamp(0)
			}
		case pmetric.MetricTypeExponentialHistogram:
			for _, p := range x.ExponentialHistogram().DataPoints().All() {
				p.SetStartTimestamp(0)
				p.SetTimestamp(0)
				for _, x := range p.Exemplars().All() {
					x.SetTimestamp(0)
				}
			}
		}
	}
}

// Cumulative metrics go on from one sending to the next, from one start; delta ones
// begin anew.
func TestTemporality(t *testing.T) {
	for temporality, want := range map[string][]int64{temporalCumulative: {2, 3}, temporalDelta: {2, 1}} {
		t.Run(temporality, func(t *testing.T) {
			m := newMade(t, start, func(c *Config) { c.Temporality = temporality })
			e := &events{t: t}
			for range 3 {
				e.call("", "", "Read", "", 5)
			}
			var starts, times []pcommon.Timestamp
			for i, batch := range [][]int{{0, 1}, {2}} {
				for _, n := range batch {
					require.NoError(t, m.ConsumeLogs(t.Context(), e.records[n]))
				}
				sent := m.sent(t)
				calls := sent[semconv.MetricToolCalls].Sum()
				require.Equal(t, 1, calls.DataPoints().Len())
				p := calls.DataPoints().At(0)
				require.Equal(t, want[i], p.IntValue())
				require.Equal(t, uint64(want[i]), sent[semconv.MetricToolDuration].ExponentialHistogram().DataPoints().At(0).Count())
				require.Less(t, p.StartTimestamp(), p.Timestamp())
				starts, times = append(starts, p.StartTimestamp()), append(times, p.Timestamp())
			}
			if temporality == temporalCumulative {
				require.Equal(t, starts[0], starts[1])
			} else {
				require.Equal(t, times[0], starts[1])
			}
		})
	}
}

// What nobody took comes again: cumulative metrics by themselves, delta ones because
// they are kept, up to a bound.
func TestNotTaken(t *testing.T) {
	for _, temporality := range []string{temporalCumulative, temporalDelta} {
		t.Run(temporality, func(t *testing.T) {
			sink := new(consumertest.MetricsSink)
			refuse := true
			next, err := consumer.NewMetrics(func(ctx context.Context, md pmetric.Metrics) error {
				if refuse {
					return errors.New("away")
				}
				return sink.ConsumeMetrics(ctx, md)
			})
			require.NoError(t, err)
			m := newMadeTo(t, start, func(c *Config) { c.Temporality = temporality }, sink, next)
			e := &events{t: t}
			for i := range maxWaiting + 3 {
				e.call("", "", "Read", "", 5)
				require.NoError(t, m.ConsumeLogs(t.Context(), e.records[i]))
				m.send(t.Context())
			}
			require.LessOrEqual(t, len(m.waiting), maxWaiting)
			refuse = false
			m.send(t.Context())
			require.Empty(t, m.waiting)
			total := int64(0)
			for _, md := range sink.AllMetrics() {
				if calls, ok := byName(md)[semconv.MetricToolCalls]; ok {
					total += calls.Sum().DataPoints().At(0).IntValue()
				}
			}
			failures := []metricdata.DataPoint[int64]{{Value: maxWaiting + 3}}
			metadatatest.AssertEqualConnectorAgentMetricsSendFailures(t, m.tel, failures, metricdatatest.IgnoreTimestamp())
			if temporality == temporalCumulative {
				require.EqualValues(t, maxWaiting+3, total)
				return
			}
			require.EqualValues(t, maxWaiting, total, "the oldest are given up")
			dropped, err := m.tel.GetMetric("otelcol_connector_agent_metrics_dropped_points")
			require.NoError(t, err)
			require.Positive(t, dropped.Data.(metricdata.Sum[int64]).DataPoints[0].Value)
		})
	}
}

// Metrics are sent every interval, and at the end what was counted since.
func TestSentByItself(t *testing.T) {
	m := newMade(t, start, func(c *Config) { c.Interval = time.Second })
	e := day(t)
	require.NoError(t, m.ConsumeLogs(t.Context(), e.records[3]))
	require.Eventually(t, func() bool { return len(m.sink.AllMetrics()) > 0 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, m.ConsumeLogs(t.Context(), e.records[4]))
	require.NoError(t, m.Shutdown(context.Background()))
	all := m.sink.AllMetrics()
	require.Equal(t, 2, byName(all[len(all)-1])[semconv.MetricToolCalls].Sum().DataPoints().Len())
	m.stop = nil // it was shut down
}

// An event that comes again counts once, and so does a session that is told twice in
// another order; the levels are the same.
func TestDoubledAndDisordered(t *testing.T) {
	e := day(t)
	want := newMade(t, start.Add(time.Minute), nil)
	for _, ld := range e.records {
		require.NoError(t, want.ConsumeLogs(t.Context(), ld))
	}
	got := newMade(t, start.Add(time.Minute), nil)
	for i := range e.records {
		require.NoError(t, got.ConsumeLogs(t.Context(), e.records[i]))
		for j := i; j >= 0; j -= 3 {
			require.NoError(t, got.ConsumeLogs(t.Context(), e.records[j]))
		}
	}
	a, b := want.sent(t), got.sent(t)
	require.Len(t, b, len(a))
	for name, x := range a {
		require.Equal(t, total(x), total(b[name]), name)
	}
	metadatatest.AssertEqualConnectorAgentMetricsRecords(t, want.tel, []metricdata.DataPoint[int64]{
		{Attributes: attribute.NewSet(attribute.String("outcome", "counted")), Value: int64(len(e.records)) - 1},
		{Attributes: attribute.NewSet(attribute.String("outcome", "unrelated")), Value: 1},
	}, metricdatatest.IgnoreTimestamp())
	doubled, err := got.tel.GetMetric("otelcol_connector_agent_metrics_records")
	require.NoError(t, err)
	require.Len(t, doubled.Data.(metricdata.Sum[int64]).DataPoints, 3)

	// The other way round: what only has to be added up is the same.
	back := newMade(t, start.Add(time.Minute), nil)
	for i := len(e.records) - 1; i >= 0; i-- {
		require.NoError(t, back.ConsumeLogs(t.Context(), e.records[i]))
	}
	c := back.sent(t)
	for name, x := range a {
		switch name {
		case semconv.MetricAgentDuration, semconv.MetricAgentToolCalls, semconv.MetricFanOut: // an agent's stop came first
		default:
			require.Equal(t, total(x), total(c[name]), name)
		}
	}
}

// total is what a metric adds up to: by value and, of a histogram, count.
func total(x pmetric.Metric) [2]float64 {
	var n [2]float64
	switch x.Type() {
	case pmetric.MetricTypeSum:
		for _, p := range x.Sum().DataPoints().All() {
			n[0] += float64(p.IntValue()) + p.DoubleValue()
		}
	case pmetric.MetricTypeHistogram:
		for _, p := range x.Histogram().DataPoints().All() {
			n[0], n[1] = n[0]+p.Sum(), n[1]+float64(p.Count())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range x.ExponentialHistogram().DataPoints().All() {
			n[0], n[1] = n[0]+p.Sum(), n[1]+float64(p.Count())
		}
	}
	return n
}

// Batches come from several goroutines while metrics are sent: none is lost.
func TestConcurrent(t *testing.T) {
	m := newMade(t, start, nil)
	var work sync.WaitGroup
	for g := range 4 {
		work.Go(func() {
			e := &events{t: t, n: g * 1_000}
			for i := range 200 {
				e.call(fmt.Sprintf("a%d", i%7), "Explore", "Read", "", i)
				if err := m.ConsumeLogs(context.Background(), e.records[i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Go(func() {
		for range 20 {
			m.send(context.Background())
		}
	})
	work.Wait()
	require.Equal(t, 800.0, total(m.sent(t)[semconv.MetricToolCalls])[0])
}
