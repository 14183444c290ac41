package rollupprocessor

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/processor/rollupprocessor/internal/metadatatest"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

func TestConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	load := func(name string) *Config {
		t.Helper()
		sub, err := conf.Sub(component.MustNewIDWithName("rollup", name).String())
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	require.NoError(t, load("full").Validate())
	require.Equal(t, 500, load("full").MaxGroups)
	require.ErrorContains(t, load("wrong").Validate(), "max_groups: ")
}

func events(t *testing.T, n int) plog.Logs {
	t.Helper()
	ld, ok := eventgen.New(eventgen.Options{Seed: 1, Events: n, Sessions: 3, Span: time.Minute, Batch: n}).Next()
	require.True(t, ok)
	return ld
}

func TestHandsOnWhatItCounted(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(context.Background())) }()
	sink := new(consumertest.LogsSink)
	cfg := createDefaultConfig().(*Config)
	p, err := newProcessor(metadatatest.NewSettings(tel), cfg, sink)
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()
	ld := events(t, 100)
	n := ld.LogRecordCount()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty() // without a time
	ctx := auditchunk.With(t.Context(), auditchunk.Chunk{Log: "01234567-89ab-7cde-8f01-23456789abcd", FirstSeq: 12})
	require.NoError(t, p.ConsumeLogs(ctx, ld))
	require.Len(t, sink.AllLogs(), 1)
	want := rollup.Of(ld, "6789abcd-12")
	require.Equal(t, text(t, want), text(t, sink.AllLogs()[0]))
	metadatatest.AssertEqualProcessorRollupCounted(t, tel, counted(n), metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorRollupUntimed(t, tel, counted(1), metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorRollupRecords(t, tel, counted(want.LogRecordCount()), metricdatatest.IgnoreTimestamp())

	// Without a place in the audit log the content names the batch.
	require.NoError(t, p.ConsumeLogs(t.Context(), ld))
	require.NoError(t, p.ConsumeLogs(t.Context(), ld))
	require.NoError(t, p.ConsumeLogs(t.Context(), events(t, 99)))
	all := sink.AllLogs()
	require.Equal(t, text(t, all[1]), text(t, all[2]))
	require.NotEqual(t, text(t, all[1]), text(t, all[3]))
}

func TestErrorsGoBack(t *testing.T) {
	away := errors.New("away")
	p, err := newProcessor(metadatatest.NewSettings(componenttest.NewTelemetry()), createDefaultConfig().(*Config), consumertest.NewErr(away))
	require.NoError(t, err)
	require.ErrorIs(t, p.ConsumeLogs(t.Context(), events(t, 10)), away)
	require.NoError(t, p.ConsumeLogs(t.Context(), plog.NewLogs()), "nothing was counted, so nothing is handed on")
}

func text(t *testing.T, ld plog.Logs) string {
	t.Helper()
	raw, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
	require.NoError(t, err)
	return string(raw)
}

func counted(n int) []metricdata.DataPoint[int64] {
	return []metricdata.DataPoint[int64]{{Value: int64(n)}}
}
