package pipelinehealthreceiver

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/receiver/pipelinehealthreceiver/internal/metadata"
)

const (
	lookTimeout = 10 * time.Second
	retryEvery  = 5 * time.Second
	warnEvery   = 10 * time.Minute
)

// healthReceiver looks at the collector's state, and hands on what it saw. A pipeline
// that does not take it holds up no look.
type healthReceiver struct {
	config    *Config
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	next      consumer.Logs

	stop    context.CancelFunc // nil when not running
	running sync.WaitGroup

	mu      sync.Mutex
	waiting []plog.Logs // oldest first
	wake    chan struct{}

	warned time.Time
}

func newReceiver(set receiver.Settings, cfg *Config, next consumer.Logs) (*healthReceiver, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &healthReceiver{config: cfg, logger: set.Logger, telemetry: telemetry, next: next, wake: make(chan struct{}, 1)}, nil
}

// Start implements component.Component.
func (r *healthReceiver) Start(context.Context, component.Host) error {
	if r.stop != nil {
		return nil
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	r.running.Go(func() { r.look(ctx) })
	r.running.Go(func() { r.send(ctx) })
	return nil
}

// Shutdown implements component.Component. What waits is forgotten.
func (r *healthReceiver) Shutdown(context.Context) error {
	if r.stop != nil {
		r.stop()
		r.running.Wait()
		r.stop = nil
	}
	r.telemetry.Shutdown()
	return nil
}

// look looks at every whole interval of the clock.
func (r *healthReceiver) look(ctx context.Context) {
	o := newObserver(r.config)
	for {
		now := time.Now()
		select {
		case <-ctx.Done():
			return
		case <-time.After(r.config.Interval - time.Duration(now.UnixNano())%r.config.Interval):
		}
		lookCtx, cancel := context.WithTimeout(ctx, lookTimeout)
		ld, failures := o.look(lookCtx, time.Now())
		cancel()
		if ctx.Err() != nil {
			return
		}
		for _, err := range failures {
			r.telemetry.ReceiverPipelineHealthFailures.Add(ctx, 1)
			r.warn("A part of the collector's state cannot be looked at", err)
		}
		r.add(ctx, ld)
	}
}

func (r *healthReceiver) add(ctx context.Context, ld plog.Logs) {
	r.mu.Lock()
	if len(r.waiting) >= r.config.MaxWaiting {
		r.waiting[0] = plog.Logs{}
		r.waiting = r.waiting[1:]
		r.telemetry.ReceiverPipelineHealthDropped.Add(ctx, 1)
	}
	r.waiting = append(r.waiting, ld)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// send hands on what waits, all at once.
func (r *healthReceiver) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
		for {
			r.mu.Lock()
			waiting := r.waiting
			r.waiting = nil
			r.mu.Unlock()
			if len(waiting) == 0 {
				break
			}
			r.deliver(ctx, waiting)
		}
	}
}

// deliver hands on what waited until the pipeline takes it or never will.
func (r *healthReceiver) deliver(ctx context.Context, waiting []plog.Logs) {
	for {
		all := plog.NewLogs()
		for _, ld := range waiting {
			for _, rl := range ld.ResourceLogs().All() {
				rl.CopyTo(all.ResourceLogs().AppendEmpty())
			}
		}
		err := r.next.ConsumeLogs(ctx, all)
		if err == nil {
			r.telemetry.ReceiverPipelineHealthLooks.Add(ctx, int64(len(waiting)))
			return
		}
		if ctx.Err() != nil {
			return
		}
		r.warn("The collector's state is not delivered", err)
		if consumererror.IsPermanent(err) {
			r.telemetry.ReceiverPipelineHealthDropped.Add(ctx, int64(len(waiting)))
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryEvery):
		}
	}
}

// warn writes a log line, but not one after the other.
func (r *healthReceiver) warn(what string, err error) {
	r.mu.Lock()
	now := time.Now()
	quiet := now.Sub(r.warned) < warnEvery
	if !quiet {
		r.warned = now
	}
	r.mu.Unlock()
	if !quiet {
		r.logger.Warn(what, zap.Error(err))
	}
}
