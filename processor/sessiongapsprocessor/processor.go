package sessiongapsprocessor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/processor/sessiongapsprocessor/internal/metadata"
)

// Bounds of the looking.
const (
	maxLookEvery = 5 * time.Second
	maxReports   = 100 // records about gaps in one look
	sendTimeout  = 30 * time.Second
	spoolNames   = 1000 // names that are read of the spool's directory at once
)

// gapsProcessor hands records on and watches their numbers.
type gapsProcessor struct {
	config    *Config
	next      consumer.Logs
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	tracker   *tracker
	now       func() time.Time

	stop   context.CancelFunc
	looked sync.WaitGroup
}

func newProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*gapsProcessor, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the processor's metrics: %w", err)
	}
	return &gapsProcessor{
		config: cfg, next: next, logger: set.Logger, telemetry: telemetry,
		tracker: newTracker(cfg.MaxSessions, cfg.SessionIdle), now: time.Now,
	}, nil
}

// Capabilities implements consumer.Logs.
func (p *gapsProcessor) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// Start implements component.Component.
func (p *gapsProcessor) Start(context.Context, component.Host) error {
	if p.stop != nil {
		return nil
	}
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	p.looked.Go(func() { p.watch(ctx) })
	return nil
}

// Shutdown implements component.Component.
func (p *gapsProcessor) Shutdown(context.Context) error {
	if p.stop != nil {
		p.stop()
		p.looked.Wait()
	}
	p.telemetry.Shutdown()
	return nil
}

// ConsumeLogs implements consumer.Logs. A number counts as come once the record
// is safe: one that is refused is sent again, or spooled.
func (p *gapsProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	var room [4]numbered            // for most requests, which are of one event
	events := numbers(room[:0], ld) // before the records belong to the next component
	if err := p.next.ConsumeLogs(ctx, ld); err != nil {
		return err
	}
	if len(events) > 0 {
		p.tracker.add(events, p.now())
	}
	return nil
}

// watch looks for what is due until ctx ends.
func (p *gapsProcessor) watch(ctx context.Context) {
	tick := time.NewTicker(min(p.config.Grace/2, maxLookEvery))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.look(ctx)
		}
	}
}

// look tells of what has been missing for too long.
func (p *gapsProcessor) look(ctx context.Context) {
	now := p.now()
	sessions, waiting, recovered, forgotten := p.tracker.sweep(now)
	p.telemetry.ProcessorSessionGapsSessions.Record(ctx, int64(sessions))
	p.telemetry.ProcessorSessionGapsWaitingSessions.Record(ctx, int64(waiting))
	p.telemetry.ProcessorSessionGapsRecoveredEvents.Add(ctx, recovered)
	p.telemetry.ProcessorSessionGapsForgottenSessions.Add(ctx, forgotten)
	before, spooled := now.Add(-p.config.Grace), false
	if waiting > 0 {
		if spooled = p.spoolHolds(); spooled {
			before = now.Add(-p.config.MaxWait)
		}
	}
	for _, r := range p.tracker.due(before, maxReports) {
		if err := p.send(ctx, r, now, spooled); err != nil {
			p.telemetry.ProcessorSessionGapsSendFailures.Add(ctx, 1)
			if ctx.Err() == nil {
				p.logger.Warn("A record about missing events was not taken; it is sent again.", zap.Error(err))
			}
			return
		}
		p.tracker.settle(r)
	}
}

// send sends the record of a report.
func (p *gapsProcessor) send(ctx context.Context, r report, now time.Time, spooled bool) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	ld, err := record(r, now, spooled)
	if err != nil {
		return err
	}
	if err := p.next.ConsumeLogs(ctx, ld); err != nil {
		return err
	}
	state := semconv.GapOpen
	if r.closed {
		state = semconv.GapClosed
	} else {
		p.telemetry.ProcessorSessionGapsMissingEvents.Add(ctx, signed(r.missing))
	}
	p.telemetry.ProcessorSessionGapsRecords.Add(ctx, 1, metric.WithAttributes(attribute.String("state", state)))
	return nil
}

// spoolHolds reports whether events wait in the spool. A directory that cannot
// be read holds none: the gap is told rather than not.
func (p *gapsProcessor) spoolHolds() bool {
	if p.config.SpoolDirectory == "" {
		return false
	}
	d, err := safefile.OpenDir(p.config.SpoolDirectory)
	if err != nil {
		return false
	}
	defer d.Close() //nolint:errcheck // only read
	for {
		names, err := d.Readdirnames(spoolNames)
		for _, name := range names {
			if strings.HasSuffix(name, spool.Suffix) && !strings.HasPrefix(name, spool.TempPrefix) {
				return true
			}
		}
		if err != nil || len(names) == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				p.logger.Debug("The spool cannot be read", zap.Error(err))
			}
			return false
		}
	}
}
