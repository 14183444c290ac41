package coordinationprocessor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/processor/coordinationprocessor/internal/metadata"
)

// Of the work beside the pipeline.
const (
	lookEvery = 15 * time.Second
	// The receiver hands on a batch a minute while events come. When none has come for
	// so long, none is on its way.
	quiet       = 3 * time.Minute
	sendTimeout = 30 * time.Second
)

// coordinationProcessor follows sessions.
type coordinationProcessor struct {
	config    *Config
	next      consumer.Logs
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	now       func() time.Time

	mu      sync.Mutex // held while a batch is taken in and records are sent
	tracker *live.Tracker
	place   live.Place
	state   stateFiles
	pending []recorded.Record // that the next component has not taken
	came    time.Time         // when the last batch was handed on
	told    live.Totals       // in metrics
	events  []event           // memory for those of a batch

	stop context.CancelFunc
	work sync.WaitGroup
}

func newProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*coordinationProcessor, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the processor's metrics: %w", err)
	}
	return &coordinationProcessor{
		config: cfg, next: next, logger: set.Logger, telemetry: telemetry, now: time.Now,
		tracker: live.NewTracker(cfg.Limits()), state: stateFiles{path: cfg.StateFile},
	}, nil
}

// Capabilities implements consumer.Logs.
func (p *coordinationProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// Start implements component.Component.
func (p *coordinationProcessor) Start(ctx context.Context, _ component.Host) error {
	if p.stop != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.restore(ctx)
	p.came = p.now()
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	p.work.Go(func() { p.watch(ctx) })
	return nil
}

// Shutdown implements component.Component.
func (p *coordinationProcessor) Shutdown(context.Context) error {
	var err error
	if p.stop != nil {
		p.stop()
		p.work.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		err = p.state.close()
	}
	p.telemetry.Shutdown()
	return err
}

// ConsumeLogs takes the events of ld in, and hands on the records of what is over. An
// error says that the batch must come again: then only the records are sent.
func (p *coordinationProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.came = p.now() }()
	if err := p.send(ctx); err != nil {
		return err
	}
	start := time.Now()
	e := entry{Now: p.now().UnixNano(), Events: p.events}
	if c, ok := auditchunk.From(ctx); ok {
		if c.Log == p.place.Log && c.FirstSeq < p.place.Next {
			return nil // it was taken in before
		}
		e.Log, e.First = c.Log, c.FirstSeq
	}
	e.read(ld)
	p.take(ctx, &e)
	if p.events = nil; cap(e.Events) <= keptEvents {
		clear(e.Events) // their texts go
		p.events = e.Events[:0]
	}
	p.telemetry.ProcessorCoordinationDuration.Record(ctx, time.Since(start).Seconds())
	return p.send(ctx)
}

// take takes an entry in, once it is in the state's file.
func (p *coordinationProcessor) take(ctx context.Context, e *entry) {
	p.keep(ctx, e)
	e.apply(p.tracker)
	if e.Log != "" {
		p.place.Log, p.place.Next = e.Log, e.First+1
	}
	p.pending = p.tracker.Take()
	p.measure(ctx)
}

// send hands on the records that are pending.
func (p *coordinationProcessor) send(ctx context.Context) error {
	if len(p.pending) == 0 {
		return nil
	}
	if err := p.next.ConsumeLogs(ctx, recorded.Logs(p.pending)); err != nil {
		p.telemetry.ProcessorCoordinationSendFailures.Add(ctx, 1)
		return err
	}
	p.telemetry.ProcessorCoordinationRecords.Add(ctx, int64(len(p.pending)))
	p.pending = nil
	return nil
}

// watch tells what is over while no events come, until ctx ends.
func (p *coordinationProcessor) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if p.mu.TryLock() { // else a batch is being taken in
			p.rest(ctx)
			p.mu.Unlock()
		}
	}
}

// rest tells what is over by now, if no events come.
func (p *coordinationProcessor) rest(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := p.send(ctx)
	now := p.now()
	if upTo := now.Add(-quiet); err == nil && now.Sub(p.came) >= quiet && p.tracker.Waits(upTo) {
		p.take(ctx, &entry{Quiet: upTo.UnixNano()})
		err = p.send(ctx)
	}
	if err != nil && ctx.Err() == nil {
		p.logger.Warn("Records of how agents worked together were not taken; they are sent again.", zap.Error(err))
	}
}

func (p *coordinationProcessor) measure(ctx context.Context) {
	t := p.tracker.Totals()
	p.telemetry.ProcessorCoordinationEvents.Add(ctx, t.Events-p.told.Events)
	p.telemetry.ProcessorCoordinationEvictedSessions.Add(ctx, t.Evicted-p.told.Evicted)
	p.telemetry.ProcessorCoordinationLeftOutEvents.Add(ctx, t.LeftOut+t.Ahead-p.told.LeftOut-p.told.Ahead)
	p.telemetry.ProcessorCoordinationSessions.Record(ctx, int64(p.tracker.Sessions()))
	p.telemetry.ProcessorCoordinationMemory.Record(ctx, int64(p.tracker.Bytes()))
	p.told = t
}
