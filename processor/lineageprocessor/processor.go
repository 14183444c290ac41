package lineageprocessor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/processor/lineageprocessor/internal/metadata"
)

// Of the work beside the pipeline.
const (
	lookEvery   = 500 * time.Millisecond
	sweepEvery  = 10 * time.Second
	maxRecords  = 100 // corrections in one request
	maxFiles    = 32  // agents' files in one look
	sendTimeout = 30 * time.Second
	// A file system that does not answer is not waited for longer, in the end.
	patience = time.Second
)

// lineageProcessor stamps records and hands them on.
type lineageProcessor struct {
	config    *Config
	next      consumer.Logs
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	tracker   *lineage.Tracker
	state     stateFile
	now       func() time.Time
	told      lineage.Totals // in metrics

	stop  context.CancelFunc
	work  sync.WaitGroup
	files chan lineage.Look
	read  chan struct{} // closed when the reader of files has ended
}

func newProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*lineageProcessor, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the processor's metrics: %w", err)
	}
	return &lineageProcessor{
		config: cfg, next: next, logger: set.Logger, telemetry: telemetry, now: time.Now, state: stateFile{path: cfg.StateFile},
		tracker: lineage.NewTracker(lineage.Limits{
			Sessions: cfg.MaxSessions, Agents: cfg.MaxAgents, All: cfg.MaxTotalAgents, Idle: cfg.SessionIdle, Ended: min(time.Hour, cfg.SessionIdle),
		}),
		files: make(chan lineage.Look, maxFiles), read: make(chan struct{}),
	}, nil
}

// Capabilities implements consumer.Logs.
func (p *lineageProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start implements component.Component.
func (p *lineageProcessor) Start(ctx context.Context, _ component.Host) error {
	if p.stop != nil {
		return nil
	}
	p.restore(ctx)
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	p.work.Go(func() { p.watch(ctx) })
	go p.readFiles(ctx)
	return nil
}

// Shutdown implements component.Component.
func (p *lineageProcessor) Shutdown(ctx context.Context) error {
	var err error
	if p.stop != nil {
		p.stop()
		p.work.Wait()
		late := time.NewTimer(patience)
		defer late.Stop()
		select {
		case <-p.read:
		case <-late.C:
			p.logger.Warn("A file of an agent is not waited for: its file system does not answer.")
		}
		err = p.save(ctx, true)
	}
	p.telemetry.Shutdown()
	return err
}

// ConsumeLogs implements consumer.Logs.
func (p *lineageProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	owner := provenance.IsOwner(ctx)
	var e lineage.Event
	for _, rl := range ld.ResourceLogs().All() {
		ours := text(rl.Resource().Attributes(), semconv.ServiceName) == semconv.ServiceNameValue
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if ours {
					p.event(lr, &e, owner)
				} else if readSpan(lr, &e) {
					p.tracker.Observe(&e)
				}
			}
		}
	}
	return p.next.ConsumeLogs(ctx, ld)
}

// event stamps the record of a hook event. What came by a way that is open to every
// program of this host is stamped with what is known, and teaches nothing.
func (p *lineageProcessor) event(lr plog.LogRecord, e *lineage.Event, owner bool) {
	is := read(lr, e)
	if is.claimed {
		disown(lr, is.correction)
	}
	if !is.hook {
		return // no agent acts in it
	}
	place := lineage.Place{ID: e.Agent, Type: e.Type}
	switch {
	case owner:
		place = p.tracker.Observe(e)
	case e.Agent != "":
		var known bool
		if place, _, known = p.tracker.Agent(e.Session, e.Agent); !known {
			place = lineage.Place{ID: e.Agent, Type: e.Type, Depth: -1}
		}
	}
	stamp(lr, place)
}

// watch does what is beside the pipeline, until ctx ends.
func (p *lineageProcessor) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	swept := p.now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.correct(ctx)
		p.askFiles()
		if now := p.now(); now.Sub(swept) >= sweepEvery {
			swept = now
			p.measure(ctx)
		}
		if err := p.save(ctx, false); err != nil {
			p.logger.Warn("The lineage of agents could not be saved; a restart would begin anew. It is tried again.", zap.Error(err))
		}
	}
}

// correct tells what records say otherwise than is known now.
func (p *lineageProcessor) correct(ctx context.Context) {
	list := p.tracker.Corrections(p.config.CorrectionDelay, maxRecords)
	if len(list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := p.next.ConsumeLogs(ctx, records(list)); err != nil {
		p.telemetry.ProcessorLineageSendFailures.Add(ctx, int64(len(list)))
		if ctx.Err() == nil {
			p.logger.Warn("Records about the parents of agents were not taken; they are sent again.", zap.Error(err))
		}
		return
	}
	for _, c := range list {
		p.tracker.Told(c)
	}
	p.telemetry.ProcessorLineageCorrections.Add(ctx, int64(len(list)))
}

// measure forgets what is over, and tells the metrics.
func (p *lineageProcessor) measure(ctx context.Context) {
	c := p.tracker.Sweep()
	for s, n := range c.Agents {
		p.telemetry.ProcessorLineageAgents.Record(ctx, int64(n), metric.WithAttributes(attribute.String("state", lineage.State(s).String())))
	}
	p.telemetry.ProcessorLineageSessions.Record(ctx, int64(c.Sessions))
	p.telemetry.ProcessorLineageOrphans.Record(ctx, int64(c.Orphans))
	p.telemetry.ProcessorLineageProvisionalLinks.Record(ctx, int64(c.Loose))
	p.telemetry.ProcessorLineageForgottenAgents.Add(ctx, c.Forgotten-p.told.Forgotten)
	p.telemetry.ProcessorLineageUnfollowedEvents.Add(ctx, c.Unfollowed-p.told.Unfollowed)
	p.told = c.Totals
}
