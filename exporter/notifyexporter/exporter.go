package notifyexporter

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/notifyexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/delivered"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/pending"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/ratelimit"
)

// warnEvery bounds the log lines about failures; the metrics have them all.
const warnEvery = time.Minute

// notifyExporter tells one channel of alerts, in stages: those that it was told are
// left out, those of a digest put aside, those that the rate limit does not allow
// held back, the others sent.
type notifyExporter struct {
	config    *Config
	name      string // the component's
	logger    *zap.Logger
	settings  component.TelemetrySettings
	telemetry *metadata.TelemetryBuilder

	aborted context.Context // done when tries on their way are to be given up
	abort   context.CancelFunc
	stop    context.CancelFunc // ends the telling of summaries; nil when not running
	running sync.WaitGroup

	mu       sync.Mutex // of what follows: the queue's consumer and the summaries
	notifier notify.Notifier
	had      *delivered.Record
	store    *pending.Store
	limiter  *ratelimit.Limiter
	digested map[string]bool // severities
	admitted map[string]bool // ids that the rate limit has let through and that are not told yet

	lastSuccess, lastFailure, waiting atomic.Int64 // Unix nanoseconds; alerts

	warnMu sync.Mutex
	warned map[string]time.Time
}

func newExporter(cfg *Config, set exporter.Settings) (*notifyExporter, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the exporter's metrics: %w", err)
	}
	aborted, abort := context.WithCancel(context.Background())
	e := &notifyExporter{
		config: cfg, name: set.ID.String(), logger: set.Logger, settings: set.TelemetrySettings, telemetry: telemetry,
		aborted: aborted, abort: abort, limiter: ratelimit.New(cfg.burst(), cfg.RateLimit.Per),
		digested: map[string]bool{}, admitted: map[string]bool{}, warned: map[string]time.Time{},
	}
	for _, s := range cfg.Digest.Severities {
		e.digested[s] = true
	}
	return e, nil
}

// start opens the channel's memory. The channel itself may be away.
func (e *notifyExporter) start(ctx context.Context, host component.Host) (err error) {
	file := url.PathEscape(e.name)
	if e.had, err = delivered.Open(e.config.StateDirectory, file); err != nil {
		return err
	}
	e.store, err = pending.Open(e.config.StateDirectory, file)
	if errors.Is(err, pending.ErrInvalid) {
		e.logger.Warn("What waited for a digest cannot be read; those alerts are in the audit log only", zap.Error(err))
	} else if err != nil {
		return errors.Join(err, e.had.Close())
	}
	e.countWaiting()
	if e.notifier, err = e.config.open(ctx, host, e.settings); err != nil {
		return errors.Join(fmt.Errorf("open the channel %s: %w", e.config.Channel, err), e.had.Close())
	}
	if err := e.observe(); err != nil {
		return errors.Join(err, e.notifier.Close(), e.had.Close())
	}
	var run context.Context
	run, e.stop = context.WithCancel(context.Background())
	e.running.Go(func() { e.tellSummaries(run) })
	return nil
}

// shutdown is called when the queue has no consumer any more.
func (e *notifyExporter) shutdown(context.Context) error {
	e.abort()
	var err error
	if e.stop != nil {
		e.stop()
		e.running.Wait()
		e.stop = nil
		e.mu.Lock()
		defer e.mu.Unlock()
		err = errors.Join(e.notifier.Close(), e.store.Save(), e.had.Close())
	}
	e.telemetry.Shutdown()
	return err
}

// warn writes a log line of that text, but not one after the other.
func (e *notifyExporter) warn(what string, fields ...zap.Field) {
	now := time.Now()
	e.warnMu.Lock()
	quiet := now.Sub(e.warned[what]) < warnEvery
	if !quiet {
		e.warned[what] = now
	}
	e.warnMu.Unlock()
	if !quiet {
		e.logger.Warn(what, fields...)
	}
}
