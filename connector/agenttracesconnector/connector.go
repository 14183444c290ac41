package agenttracesconnector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/connector/agenttracesconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/agentspan"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

const (
	expireEvery = time.Second
	maxRequest  = 500 // spans
	// What stores take at a time is bounded, too: some, 4 MiB.
	maxRequestBytes = 2 << 20
	sendTimeout     = 10 * time.Second
	warnEvery       = time.Minute
)

// agentTraces keeps the spans that are not finished, and hands on those that are.
type agentTraces struct {
	next      consumer.Traces
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	now       func() time.Time

	stop context.CancelFunc
	work sync.WaitGroup

	busy    chan struct{} // holds a place while somebody uses what follows, also while spans are handed on
	tracker *agentspan.Tracker
	state   stateFile
	told    agentspan.Counts // in metrics
	failing bool             // what was handed on last was not taken
	warned  time.Time
}

func newConnector(cfg *Config, set connector.Settings, next consumer.Traces) (*agentTraces, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the connector's metrics: %w", err)
	}
	c := &agentTraces{next: next, logger: set.Logger, telemetry: telemetry, now: time.Now, state: stateFile{path: cfg.StateFile}, busy: make(chan struct{}, 1)}
	c.tracker = agentspan.NewTracker(agentspan.Limits{
		Sessions: cfg.MaxSessions, SessionSpans: cfg.MaxSessionSpans, Spans: cfg.MaxSpans, Bytes: cfg.MaxMemoryMiB << 20,
		Grace: cfg.Grace, CallTimeout: cfg.CallTimeout, SessionTimeout: cfg.SessionTimeout, NoDetails: !cfg.Details,
	}, func() time.Time { return c.now() })
	return c, nil
}

// Capabilities says that what comes in stays as it is: it may be shared.
func (*agentTraces) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// Start implements component.Component.
func (c *agentTraces) Start(ctx context.Context, _ component.Host) error {
	if c.stop != nil {
		return nil
	}
	c.restore(ctx)
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.work.Go(func() { c.watch(ctx) })
	return nil
}

// Shutdown implements component.Component. Spans that are not finished are the next
// time.
func (c *agentTraces) Shutdown(ctx context.Context) error {
	var err error
	if c.stop != nil {
		c.stop()
		c.work.Wait()
		c.stop = nil
		if err = c.lock(ctx); err == nil {
			err = c.save(ctx, true)
			c.unlock()
		}
	}
	c.telemetry.Shutdown()
	return err
}

// ConsumeLogs takes events. When it returns nil, the spans that they finish were taken.
// After an error the events come again, which gives the same spans.
func (c *agentTraces) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if err := c.send(ctx); err != nil {
		return err
	}
	for _, rl := range ld.ResourceLogs().All() {
		if !ours(rl.Resource().Attributes()) {
			continue
		}
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				c.tracker.Observe(rl.Resource().Attributes(), lr)
			}
		}
	}
	c.tracker.Flush()
	if err := c.send(ctx); err != nil {
		return err
	}
	if c.tracker.Urgent() { // before the receiver passes it
		c.keep(ctx)
	}
	return nil
}

// keep saves the state, if it is time.
func (c *agentTraces) keep(ctx context.Context) {
	if err := c.save(ctx, false); err != nil {
		c.warn("The spans that are not finished could not be saved; a restart would begin anew. It is tried again.", err)
	}
}

// lock waits until nobody else uses the tracker, or ctx ends.
func (c *agentTraces) lock(ctx context.Context) error {
	select {
	case c.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *agentTraces) unlock() { <-c.busy }

// ours reports whether records are of hook events. Claude Code's own telemetry has
// spans of its own.
func ours(resource pcommon.Map) bool {
	v, ok := resource.Get(semconv.ServiceName)
	return ok && v.Type() == pcommon.ValueTypeStr && v.Str() == semconv.ServiceNameValue
}

// send hands on what is finished. Until it is taken, time does not go on.
func (c *agentTraces) send(ctx context.Context) error {
	for {
		spans := c.tracker.Pending(maxRequest, maxRequestBytes)
		if len(spans) == 0 {
			if c.failing {
				c.failing = false
				c.tracker.Resume()
			}
			return nil
		}
		err := c.next.ConsumeTraces(ctx, agentspan.Traces(spans, metadata.ScopeName, version.Version))
		switch {
		case err == nil:
			c.count(ctx, spans)
		case consumererror.IsPermanent(err):
			c.telemetry.ConnectorAgentTracesRefused.Add(ctx, int64(len(spans)))
			c.warn("Spans were refused for good: they are lost to traces. The events that they were made of are in the audit log.", err)
		default:
			c.telemetry.ConnectorAgentTracesSendFailures.Add(ctx, 1)
			if !c.failing {
				c.failing = true
				c.tracker.Pause()
			}
			return fmt.Errorf("hand on %d spans: %w", len(spans), err)
		}
		c.tracker.Delivered(len(spans))
	}
}

// watch does what time brings, until ctx ends.
func (c *agentTraces) watch(ctx context.Context) {
	tick := time.NewTicker(expireEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.tick(ctx)
		}
	}
}

func (c *agentTraces) tick(ctx context.Context) {
	if c.lock(ctx) != nil {
		return // it ends
	}
	defer c.unlock()
	// Events that come meanwhile wait, but not for ever.
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := c.send(sending)
	if err == nil {
		c.tracker.Expire()
		err = c.send(sending)
	}
	if err != nil && ctx.Err() == nil {
		c.warn("Spans are not taken; they are sent again.", err)
	}
	c.measure(ctx)
	c.keep(ctx)
}

// warn writes a log line, but not one after the other.
func (c *agentTraces) warn(what string, err error) {
	if now := c.now(); now.Sub(c.warned) >= warnEvery && !errors.Is(err, context.Canceled) {
		c.warned = now
		c.logger.Warn(what, zap.Error(err))
	}
}
