package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// The loads, as the table has them. Rates are events per second of an open loop:
// an event is due whether or not those before it are acknowledged.
const (
	slowRate   = 100
	fastRate   = 1000
	saturation = 0 // a closed loop on every connection
)

// connections is how many there are to a collector.
const connections = 64

// settle is how long the machine is left alone before it counts as idle.
const settle = 3 * time.Second

type bench struct {
	options
	stack       *harness.Stack
	stock       *stock
	ours, other *side
	bare        *side
	variants    *variants // nil: not measured
	host        hostTime  // when it began
}

// onlyAgents is the value of -only for what the analysis of agents costs.
const onlyAgents = "agents"

func newBench(ctx context.Context, o options) (_ *bench, err error) {
	s, err := harness.New()
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, stack: s, host: hostTimeNow()}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	events, err := newEvents(ctx, s.Project)
	if err != nil {
		return nil, err
	}
	var extra []string
	if o.config != "" {
		path, err := filepath.Abs(o.config)
		if err != nil {
			return nil, fmt.Errorf("-config: %w", err)
		}
		extra = []string{"--collector-config", path}
	}
	up, err := s.Up(ctx, extra...)
	if err != nil {
		return nil, err
	}
	token, err := accesstoken.Read(s.Home)
	if err != nil {
		return nil, err
	}
	if b.stock, err = startStock(ctx, s); err != nil {
		return nil, err
	}
	if b.bare, err = newBareSide(filepath.Join(s.Dir, "bare"), events); err != nil {
		return nil, err
	}
	b.ours = newCollectorSide("otelcol-claude", fmt.Sprintf("127.0.0.1:%d", s.Ports.Hook), token, events,
		&collector{pid: up.Collector.PID, metrics: fmt.Sprintf("http://127.0.0.1:%d/metrics", s.Ports.Metrics), exporters: []string{"audit_log", "loki"}})
	b.other = newCollectorSide("stock", fmt.Sprintf("127.0.0.1:%d", b.stock.port), "", events,
		&collector{pid: b.stock.cmd.Process.Pid, metrics: b.stock.metrics, exporters: []string{"file", "otlp_http"}})
	if o.config == "" && (o.only == "" || o.only == onlyAgents) {
		if b.variants, err = startVariants(ctx, s, events); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// measure runs the rounds. Who begins changes with each.
func (b *bench) measure(ctx context.Context) error {
	if b.variants != nil {
		if err := b.variants.measure(ctx, b.agentRounds); err != nil {
			return err
		}
		if err := b.variants.close(); err != nil { // they would take time from those that follow
			return fmt.Errorf("end the collectors with and without agents: %w", err)
		}
	}
	if b.only == onlyAgents {
		return nil
	}
	if err := b.warmUp(ctx); err != nil {
		return err
	}
	sides := []*side{b.ours, b.other, b.bare}
	for round := range b.rounds {
		for _, rate := range []int{slowRate, fastRate, saturation} {
			if b.only != "" && b.only != loadName(rate) {
				continue
			}
			for i := range sides {
				s := sides[(i+round)%len(sides)]
				if s == b.bare && rate == saturation {
					continue // one file that is synced for each event has no more to show
				}
				if err := s.phase(ctx, rate, b.phase); err != nil {
					return fmt.Errorf("%s, %s, round %d: %w", s.name, loadName(rate), round+1, err)
				}
			}
		}
	}
	return b.watchIdle(ctx)
}

// warmUp lets every connection, buffer and stream be made once.
func (b *bench) warmUp(ctx context.Context) error {
	for _, s := range []*side{b.ours, b.other, b.bare} {
		if err := s.phase(ctx, fastRate, time.Second); err != nil {
			return fmt.Errorf("%s, warming up: %w", s.name, err)
		}
		s.forget()
	}
	return nil
}

// watchIdle measures both collectors at the same time, after all the load.
func (b *bench) watchIdle(ctx context.Context) error {
	if err := pause(ctx, settle); err != nil {
		return err
	}
	watched := []*side{b.ours, b.other}
	var before [2]time.Duration
	var err error
	for i, s := range watched {
		if before[i], err = s.collector.cpu(); err != nil {
			return err
		}
	}
	start := time.Now()
	if err := pause(ctx, b.idle); err != nil {
		return err
	}
	for i, s := range watched {
		after, err := s.collector.cpu()
		if err != nil {
			return err
		}
		s.idle = 100 * float64(after-before[i]) / float64(time.Since(start))
		if s.rss, err = s.collector.maxRSS(); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (b *bench) close() error {
	var err error
	if b.bare != nil {
		err = b.bare.close()
	}
	if b.stock != nil {
		err = errors.Join(err, b.stock.stop())
	}
	if b.variants != nil {
		err = errors.Join(err, b.variants.close())
	}
	return errors.Join(err, b.stack.Close(), os.RemoveAll(b.stack.Dir))
}
