package auditlogexporter

import (
	"context"
	"errors"
	"sync"
	"time"

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

	mu     sync.Mutex
	failed map[string]bool // what the keeper could not do and was logged
}

func (o *observer) Committed(c auditlog.Commit) {
	ctx := context.Background()
	if c.Duplicates > 0 {
		o.ExporterAuditLogDuplicates.Add(ctx, int64(c.Duplicates))
	}
	if c.Conflicts > 0 {
		o.ExporterAuditLogConflicts.Add(ctx, int64(c.Conflicts))
	}
	if c.Records == 0 {
		return
	}
	o.ExporterAuditLogRecords.Add(ctx, int64(c.Records))
	o.ExporterAuditLogBytes.Add(ctx, int64(c.Bytes))
	o.ExporterAuditLogGroupSize.Record(ctx, int64(c.Records))
	o.ExporterAuditLogFsyncDuration.Record(ctx, c.Sync.Seconds())
}

func (o *observer) Failed(error)   { o.ExporterAuditLogWriteErrors.Add(context.Background(), 1) }
func (o *observer) SegmentOpened() { o.ExporterAuditLogSegments.Add(context.Background(), 1) }

func (o *observer) TornTail(bytes int64) {
	o.ExporterAuditLogTornTails.Add(context.Background(), 1)
	o.logger.Warn("A crash had left a torn end in the audit log; it was set aside and recorded.", zap.Int64("bytes", bytes))
}

func (o *observer) Disturbed(why error) {
	o.ExporterAuditLogDisturbances.Add(context.Background(), 1)
	o.logger.Error("Somebody else changed the audit log. A record says so, and recording goes on.", zap.Error(why))
}

func (o *observer) SetAside(directory string, why error) {
	o.ExporterAuditLogSetAside.Add(context.Background(), 1)
	o.logger.Warn("The audit log could not go on with the files that it found. They were moved, and a new log begun.",
		zap.String("directory", directory), zap.Error(why))
}

func (o *observer) Signed(auditlog.Checkpoint) {
	o.ExporterAuditLogCheckpoints.Add(context.Background(), 1)
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.failed) // it works again: what fails next is news
}

func (o *observer) Epoch(epoch uint64) {
	o.ExporterAuditLogEpoch.Record(context.Background(), int64(epoch)) //nolint:gosec // counts starts and days
}

func (o *observer) Pruned(segments int, bytes int64) {
	o.ExporterAuditLogPrunedSegments.Add(context.Background(), int64(segments))
	o.ExporterAuditLogPrunedBytes.Add(context.Background(), bytes)
}

func (o *observer) ClockStepped(step time.Duration) {
	o.ExporterAuditLogClockSteps.Add(context.Background(), 1)
	o.logger.Warn("The wall clock jumped. The audit log says so.", zap.Duration("step", step))
}

// KeeperFailed logs what fails once, until something succeeds: it is tried again
// every second.
func (o *observer) KeeperFailed(what string, err error) {
	o.ExporterAuditLogKeeperErrors.Add(context.Background(), 1)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed[what] {
		return
	}
	if o.failed == nil {
		o.failed = make(map[string]bool)
	}
	o.failed[what] = true
	o.logger.Error("The audit log could not "+what+". It tries again.", zap.Error(err))
}

// observe reports what the log knows of itself whenever it is asked for.
func (e *auditExporter) observe(log *auditlog.Log) error {
	return errors.Join(
		e.telemetry.RegisterExporterAuditLogUncoveredRecordsCallback(func(_ context.Context, o metric.Int64Observer) error {
			records, _ := log.Uncovered()
			o.Observe(records)
			return nil
		}),
		e.telemetry.RegisterExporterAuditLogCheckpointAgeCallback(func(_ context.Context, o metric.Float64Observer) error {
			if _, at := log.Uncovered(); !at.IsZero() {
				o.Observe(time.Since(at).Seconds())
			}
			return nil
		}),
	)
}

func (e *auditExporter) reduced(ctx context.Context, why reason, n int64) {
	e.telemetry.ExporterAuditLogReducedRecords.Add(ctx, n, metric.WithAttributes(attribute.String("reason", string(why))))
}
