package auditlogexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// errNotStarted says that a record came before Start or after Shutdown.
var errNotStarted = errors.New("the audit_log exporter is not running")

type auditExporter struct {
	cfg       *Config
	settings  exporter.Settings
	telemetry *metadata.TelemetryBuilder
	logger    *zap.Logger

	mu      sync.RWMutex
	log     *auditlog.Log // nil when not running
	anchors *anchor.Stage // nil without any

	batches sync.Pool // of *batch
}

func newExporter(set exporter.Settings, cfg *Config) (*auditExporter, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	e := &auditExporter{cfg: cfg, settings: set, telemetry: telemetry, logger: set.Logger}
	e.batches.New = func() any { return new(batch) }
	return e, nil
}

func (e *auditExporter) start(ctx context.Context, host component.Host) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.log != nil {
		return nil
	}
	anchors, err := e.startAnchors(ctx, host)
	if err != nil {
		return err
	}
	options := e.cfg.options(&observer{TelemetryBuilder: e.telemetry, logger: e.logger})
	if anchors != nil {
		options.OnCheckpoint = anchors.Offer
	}
	log, err := auditlog.Open(e.cfg.Directory, options)
	if err != nil {
		if anchors != nil {
			err = errors.Join(err, anchors.Shutdown(ctx))
		}
		return err
	}
	e.log, e.anchors = log, anchors
	return e.observe(log)
}

func (e *auditExporter) shutdown(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.log == nil {
		return nil
	}
	log := e.log
	e.log = nil
	err := log.Close() // offers the last checkpoint
	if e.anchors != nil {
		err = errors.Join(err, e.anchors.Shutdown(ctx))
	}
	e.telemetry.Shutdown() // the callbacks know the log
	return err
}

// consume returns when every record of ld is on disk. Its errors are retryable:
// a record that can never be stored whole is stored in a reduced form.
func (e *auditExporter) consume(ctx context.Context, ld plog.Logs) error {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.log == nil {
		return consumererror.NewRetryableError(errNotStarted)
	}
	b := e.batches.Get().(*batch)
	defer func() {
		if b.recycle() {
			e.batches.Put(b)
		}
	}()
	reduced := b.encode(ld, e.log.MaxRecordBytes())
	var payload any
	if len(reduced) == 0 { // else readers get what is in the log
		payload = ld
	}
	receipt, err := e.log.AppendFor(ctx, payload, b.pending()...)
	if err != nil {
		return fmt.Errorf("audit log: %w", consumererror.NewRetryableError(err))
	}
	if receipt.Written > 0 { // a batch that was handed in again is not counted again
		for why, n := range reduced {
			e.reduced(ctx, why, n)
		}
	}
	return nil
}
