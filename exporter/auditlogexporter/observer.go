package auditlogexporter

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// observer turns what the log tells into metrics, and what is rare and grave
// into a log line, too. The log writes for many callers at once, so there is no
// context to hand on.
type observer struct {
	*metadata.TelemetryBuilder
	logger *zap.Logger
}

func (o observer) Committed(c auditlog.Commit) {
	ctx := context.Background()
	if c.Duplicates > 0 {
		o.ExporterAuditLogDuplicates.Add(ctx, int64(c.Duplicates))
	}
	if c.Records == 0 {
		return
	}
	o.ExporterAuditLogRecords.Add(ctx, int64(c.Records))
	o.ExporterAuditLogBytes.Add(ctx, int64(c.Bytes))
	o.ExporterAuditLogGroupSize.Record(ctx, int64(c.Records))
	o.ExporterAuditLogFsyncDuration.Record(ctx, c.Sync.Seconds())
}

func (o observer) Failed(error)   { o.ExporterAuditLogWriteErrors.Add(context.Background(), 1) }
func (o observer) SegmentOpened() { o.ExporterAuditLogSegments.Add(context.Background(), 1) }

func (o observer) TornTail(bytes int64) {
	o.ExporterAuditLogTornTails.Add(context.Background(), 1)
	o.logger.Warn("A crash had left a torn end in the audit log; it was set aside and recorded.", zap.Int64("bytes", bytes))
}

func (o observer) Disturbed(why error) {
	o.ExporterAuditLogDisturbances.Add(context.Background(), 1)
	o.logger.Error("Somebody else changed the audit log. Recording goes on in a new segment.", zap.Error(why))
}

func (e *auditExporter) reduced(ctx context.Context, why reason, n int64) {
	e.telemetry.ExporterAuditLogReducedRecords.Add(ctx, n, metric.WithAttributes(attribute.String("reason", string(why))))
}
