package auditlogexporter

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadatatest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestMetrics(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	cfg := testConfig(t)
	cfg.MaxRecordBytes = minRecordBytes
	first, err := NewFactory().CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, first.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, first.Shutdown(t.Context()))
	f, err := os.OpenFile(cfg.Directory+"/00000000.jsonl", os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"seq"`)
	require.NoError(t, errors.Join(err, f.Close()))

	set := metadatatest.NewSettings(tel)
	e, err := NewFactory().CreateLogs(t.Context(), set, cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, e.ConsumeLogs(t.Context(), oneLog()))
	require.NoError(t, e.ConsumeLogs(t.Context(), oneLog()))
	large := oneLog()
	r := large.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	r.Attributes().PutStr(semconv.EventID, "other")
	r.Body().SetStr(strings.Repeat("x", minRecordBytes))
	require.NoError(t, e.ConsumeLogs(t.Context(), large))
	forged := oneLog()
	forged.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr(semconv.FilePath, "/forged")
	require.NoError(t, e.ConsumeLogs(t.Context(), forged))
	for _, name := range []string{"checkpoint_age", "uncovered_records"} {
		_, err := tel.GetMetric("otelcol_exporter_audit_log_" + name)
		require.NoError(t, err)
	}
	require.NoError(t, os.Truncate(cfg.Directory+"/00000000.jsonl", 0))
	require.NoError(t, e.ConsumeLogs(t.Context(), large), "a duplicate") // finds the damage, too
	require.NoError(t, os.Rename(cfg.Directory, cfg.Directory+"-moved")) // in one step: the log signs meanwhile
	require.NoError(t, os.WriteFile(cfg.Directory, nil, 0o600))          // in the way
	r.Attributes().PutStr(semconv.EventID, "third")
	require.Error(t, e.ConsumeLogs(t.Context(), large))
	require.NoError(t, e.Shutdown(t.Context()))

	one := func(n int64) []metricdata.DataPoint[int64] { return []metricdata.DataPoint[int64]{{Value: n}} }
	ignore := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualExporterAuditLogRecords(t, tel, one(7), ignore) // with start, key, torn_tail and disturbed
	metadatatest.AssertEqualExporterAuditLogConflicts(t, tel, one(1), ignore)
	metadatatest.AssertEqualExporterAuditLogEpoch(t, tel, one(1), ignore)
	metadatatest.AssertEqualExporterAuditLogDuplicates(t, tel, one(2), ignore)
	metadatatest.AssertEqualExporterAuditLogTornTails(t, tel, one(1), ignore)
	disturbances, err := tel.GetMetric("otelcol_exporter_audit_log_disturbances") // the checkpoints were removed, too
	require.NoError(t, err)
	assert.Positive(t, disturbances.Data.(metricdata.Sum[int64]).DataPoints[0].Value)
	metadatatest.AssertEqualExporterAuditLogWriteErrors(t, tel, one(1), ignore)
	metadatatest.AssertEqualExporterAuditLogReducedRecords(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: attribute.NewSet(attribute.String("reason", "too_large"))},
	}, ignore, metricdatatest.IgnoreExemplars())
	for _, name := range []string{"bytes", "fsync_duration", "group_size", "checkpoints", "keeper_errors"} {
		_, err := tel.GetMetric("otelcol_exporter_audit_log_" + name)
		require.NoError(t, err)
	}
}

// Pipelines of one signal share an exporter; receivers call it at once.
func TestConcurrentConsumers(t *testing.T) {
	cfg := testConfig(t)
	e := started(t, cfg)
	var wg sync.WaitGroup
	const consumers, each = 16, 20
	for c := range consumers {
		wg.Go(func() {
			for i := range each {
				ld := oneLog()
				attributes := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
				attributes.PutStr(semconv.EventID, strings.Repeat("c", c)+"-"+strings.Repeat("i", i))
				assert.NoError(t, e.ConsumeLogs(t.Context(), ld))
			}
		})
	}
	wg.Wait()
	all := entries(t, cfg)
	assert.Len(t, all, consumers*each)
	for _, entry := range all {
		assert.Equal(t, "claude_code.file_read", entry.EventName)
		assert.Len(t, entry.Attributes, 10)
	}
}
