package signallogsconnector

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/agent-telemetry/agent-telemetry/connector/signallogsconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/connector/signallogsconnector/internal/metadatatest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func settingsOf(cfg *Config) *Config {
	if cfg == nil {
		return createDefaultConfig().(*Config)
	}
	return cfg
}

func newMetrics(t *testing.T, cfg *Config, next consumer.Logs) consumer.Metrics {
	t.Helper()
	c, err := NewFactory().CreateMetricsToLogs(t.Context(), connectortest.NewNopSettings(metadata.Type), settingsOf(cfg), next)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, c.Shutdown(context.Background())) })
	return c
}

func newTraces(t *testing.T, cfg *Config, next consumer.Logs) consumer.Traces {
	t.Helper()
	c, err := NewFactory().CreateTracesToLogs(t.Context(), connectortest.NewNopSettings(metadata.Type), settingsOf(cfg), next)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, c.Shutdown(context.Background())) })
	return c
}

func compare(t *testing.T, name string, got plog.Logs) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+"-logs.yaml")
	if *update {
		for _, rl := range got.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					r.SetObservedTimestamp(0)
				}
			}
		}
		require.NoError(t, golden.WriteLogsToFile(path, got))
	}
	want, err := golden.ReadLogs(path)
	require.NoError(t, err)
	require.NoError(t, plogtest.CompareLogs(want, got, plogtest.IgnoreObservedTimestamp()))
}

// Golden files: what goes in and what comes out, one pair a case.
func TestGolden(t *testing.T) {
	small := &Config{MaxNameBytes: 16, MaxBuckets: 2, MaxSpanEvents: 1, MaxSpanLinks: 0}
	for _, tc := range []struct {
		in, out string
		config  *Config
	}{
		{in: "metrics", out: "metrics"},
		{in: "metrics", out: "metrics-cut", config: small},
	} {
		t.Run(tc.out, func(t *testing.T) {
			in, err := golden.ReadMetrics(filepath.Join("testdata", "golden", tc.in+".yaml"))
			require.NoError(t, err)
			before := pmetric.NewMetrics()
			in.CopyTo(before)
			sink := new(consumertest.LogsSink)
			require.NoError(t, newMetrics(t, tc.config, sink).ConsumeMetrics(t.Context(), in))
			require.Equal(t, before, in, "shared data was changed")
			require.Len(t, sink.AllLogs(), 1)
			require.Equal(t, in.DataPointCount(), sink.LogRecordCount())
			compare(t, tc.out, sink.AllLogs()[0])
		})
	}
	for _, tc := range []struct {
		in, out string
		config  *Config
	}{
		{in: "traces", out: "traces"},
		{in: "traces", out: "traces-cut", config: small},
	} {
		t.Run(tc.out, func(t *testing.T) {
			in, err := golden.ReadTraces(filepath.Join("testdata", "golden", tc.in+".yaml"))
			require.NoError(t, err)
			before := ptrace.NewTraces()
			in.CopyTo(before)
			sink := new(consumertest.LogsSink)
			require.NoError(t, newTraces(t, tc.config, sink).ConsumeTraces(t.Context(), in))
			require.Equal(t, before, in, "shared data was changed")
			require.Len(t, sink.AllLogs(), 1)
			require.Equal(t, in.SpanCount(), sink.LogRecordCount())
			compare(t, tc.out, sink.AllLogs()[0])
		})
	}
}

// The kind of error decides whether the sender comes again: it goes back as it is.
func TestErrorGoesBack(t *testing.T) {
	md := pmetric.NewMetrics()
	md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty()
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	for _, want := range []error{errors.New("full"), consumererror.NewPermanent(errors.New("bad"))} {
		next := consumertest.NewErr(want)
		require.Equal(t, want, newMetrics(t, nil, next).ConsumeMetrics(t.Context(), md))
		require.Equal(t, want, newTraces(t, nil, next).ConsumeTraces(t.Context(), td))
	}
}

func TestNothingIsHandedOn(t *testing.T) {
	next := consumertest.NewErr(errors.New("must not be called"))
	md := pmetric.NewMetrics()
	md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty() // without a type
	require.NoError(t, newMetrics(t, nil, next).ConsumeMetrics(t.Context(), md))
	require.NoError(t, newTraces(t, nil, next).ConsumeTraces(t.Context(), ptrace.NewTraces()))
}

func TestNameIsCutAtARune(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.MaxNameBytes = 16
	cv := &conversion{config: cfg, cut: map[part]int64{}}
	require.Equal(t, strings.Repeat("é", 8), cv.name(strings.Repeat("é", 9)))
	require.Equal(t, "a"+strings.Repeat("é", 7), cv.name("a"+strings.Repeat("é", 9)))
	require.Equal(t, strings.Repeat("é", 8), cv.name(strings.Repeat("é", 8)))
	require.Equal(t, int64(2), cv.cut[partName])
}

// A long metric name, repeated with each point, must not multiply what came in.
func TestGrowthIsBounded(t *testing.T) {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(strings.Repeat("n", 1<<20))
	m.SetUnit(strings.Repeat("u", 1<<20))
	points := m.SetEmptyGauge().DataPoints()
	for i := range 1000 {
		points.AppendEmpty().SetIntValue(int64(i))
	}
	sink := new(consumertest.LogsSink)
	require.NoError(t, newMetrics(t, nil, sink).ConsumeMetrics(t.Context(), md))
	size := (&plog.ProtoMarshaler{}).LogsSize(sink.AllLogs()[0])
	require.Less(t, size, 2<<20)
}

func TestOwnMetrics(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	set := metadatatest.NewSettings(tel)
	cfg := &Config{MaxNameBytes: 256}
	c, err := NewFactory().CreateTracesToLogs(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for range 3 {
		spans.AppendEmpty().Events().AppendEmpty()
	}
	require.NoError(t, c.ConsumeTraces(t.Context(), td))

	metadatatest.AssertEqualConnectorSignalLogsRecords(t, tel, []metricdata.DataPoint[int64]{
		{Value: 3, Attributes: attribute.NewSet(attribute.String("signal", "traces"))},
	}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualConnectorSignalLogsCut(t, tel, []metricdata.DataPoint[int64]{
		{Value: 3, Attributes: attribute.NewSet(attribute.String("part", "span_events"))},
	}, metricdatatest.IgnoreTimestamp())
	require.NoError(t, c.Shutdown(t.Context()))
	require.NoError(t, c.Shutdown(t.Context()), "a second time")
}

func BenchmarkMetrics(b *testing.B) {
	md := pmetric.NewMetrics()
	sm := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	for i := range 100 {
		m := sm.Metrics().AppendEmpty()
		m.SetName(fmt.Sprintf("claude_code.metric.%d", i))
		p := m.SetEmptySum().DataPoints().AppendEmpty()
		p.SetIntValue(1)
		p.Attributes().PutStr("session.id", "0b1c")
	}
	c, err := newConnector(createDefaultConfig().(*Config), connectortest.NewNopSettings(metadata.Type), consumertest.NewNop())
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.ConsumeMetrics(b.Context(), md); err != nil {
			b.Fatal(err)
		}
	}
}
