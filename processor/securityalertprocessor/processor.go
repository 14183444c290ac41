package securityalertprocessor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/behaviour"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/verdict"
	"github.com/agent-telemetry/agent-telemetry/processor/securityalertprocessor/internal/metadata"
)

// alertProcessor judges records and hands them on.
type alertProcessor struct {
	config    *Config
	next      consumer.Logs
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	tracker   *behaviour.Tracker
	memory    *memory
	reloader  *detection.Reloader
	late      *lateQueue
	outbox    outbox
	state     stateFile
	guard     guard
	changes   changeList
	lookNow   chan struct{} // rules were loaded
	now       func() time.Time

	// What stands behind them is swapped in tests.
	factsOf func(pcommon.Map, plog.LogRecord) *facts.Facts
	rules   func() *detection.Ruleset

	dropped  atomic.Int64 // sessions, as they were told
	failures atomic.Int64 // of loading, as they were told
	stop     context.CancelFunc
	working  sync.WaitGroup
}

func newProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*alertProcessor, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the processor's metrics: %w", err)
	}
	p := &alertProcessor{
		config: cfg, next: next, logger: set.Logger, telemetry: telemetry,
		tracker: behaviour.NewTracker(cfg.MaxSessions), memory: newMemory(), late: newLateQueue(),
		state: stateFile{path: cfg.StateFile}, now: time.Now,
		lookNow: make(chan struct{}, 1),
	}
	where := place(cfg)
	p.guard.home = statedir.Dir(where.StateDir)
	for _, path := range []string{cfg.RulesFile, cfg.UserRules} {
		if path != "" {
			p.guard.rules = append(p.guard.rules, path)
		}
	}
	p.factsOf = func(resource pcommon.Map, lr plog.LogRecord) *facts.Facts {
		return facts.FromRecord(resource, lr, where)
	}
	p.rules = func() *detection.Ruleset { return p.reloader.Rules() }
	return p, nil
}

// place is what holds for all events of this machine.
func place(cfg *Config) facts.Context {
	var c facts.Context
	if home, err := os.UserHomeDir(); err == nil { // without one ~ stays
		c.Home = home
	}
	if cfg.StateFile != "" {
		c.StateDir = filepath.Dir(filepath.Dir(cfg.StateFile))
	}
	if dir, err := statedir.Default(); err == nil {
		c.StateDir = string(dir)
	}
	return c
}

// Capabilities implements consumer.Logs.
func (p *alertProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start implements component.Component.
func (p *alertProcessor) Start(ctx context.Context, _ component.Host) error {
	if p.stop != nil {
		return nil
	}
	if err := p.loadRules(ctx); err != nil {
		return err
	}
	p.restore(ctx)
	var own context.Context
	own, p.stop = context.WithCancel(context.Background())
	p.working.Go(func() { p.reloader.Watch(own) })
	p.working.Go(func() { p.work(own) })
	if p.config.IntegrityInterval > 0 && p.guard.home != "" {
		p.working.Go(func() { p.watchIntegrity(own) })
	}
	return nil
}

// loadRules loads the rules. Files that are bad do not keep the collector from
// recording: what the program carries is used, and it is said.
func (p *alertProcessor) loadRules(ctx context.Context) error {
	config := detection.ReloaderConfig{Defaults: detection.Defaults(), DefaultsPath: p.config.RulesFile, OnLoad: p.loaded}
	if p.config.UserRules != "" {
		config.UserPaths = []string{p.config.UserRules}
	}
	r, err := detection.NewReloader(config)
	if r == nil && config.DefaultsPath != "" {
		p.logger.Error("The rules cannot be used; those that the program carries are.", zap.String("rules_file", config.DefaultsPath), zap.Error(err))
		config.DefaultsPath = ""
		r, err = detection.NewReloader(config)
	}
	if r == nil {
		return fmt.Errorf("load the security rules: %w", errors.Join(err, errors.New("there are none")))
	}
	p.reloader = r
	p.report(ctx, r.Status())
	return nil
}

// loaded is told of every load.
func (p *alertProcessor) loaded(s detection.Status) {
	if s.Failed {
		p.logger.Error("The rule files are bad; the rules before stay.", zap.Error(s.Faults.Err()))
	} else {
		p.logger.Info("Security rules loaded", zap.Int("rules", s.Rules), zap.Int("disabled", s.Disabled), zap.String("hash", s.Hash))
	}
	p.report(context.Background(), s)
	select {
	case p.lookNow <- struct{}{}:
	default: // it will be looked
	}
}

func (p *alertProcessor) report(ctx context.Context, s detection.Status) {
	bad := int64(0)
	if s.Failed {
		bad = 1
	}
	p.telemetry.ProcessorSecurityAlertRules.Record(ctx, int64(s.Rules))
	p.telemetry.ProcessorSecurityAlertRulesBad.Record(ctx, bad)
	if !s.Loaded.IsZero() {
		p.telemetry.ProcessorSecurityAlertRulesLoaded.Record(ctx, s.Loaded.Unix())
	}
	if n := s.Failures - p.failures.Swap(s.Failures); n > 0 {
		p.telemetry.ProcessorSecurityAlertRuleLoadFailures.Add(ctx, n)
	}
}

// Shutdown implements component.Component.
func (p *alertProcessor) Shutdown(ctx context.Context) error {
	var err error
	if p.stop != nil {
		p.stop()
		p.working.Wait()
		p.judgeLate(ctx)
		p.flush(ctx)
		err = p.save(ctx, true)
		p.stop = nil
	}
	p.telemetry.Shutdown()
	return err
}

// ConsumeLogs judges the records of ld and hands them on with the alerts, so that
// both are safe together.
func (p *alertProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	var r raised
	p.each(ctx, ld, &r)
	return p.deliver(ctx, ld, &r)
}

// each judges the records, as long as there is time. What somebody waits for the
// verdict of is judged however long it takes.
func (p *alertProcessor) each(ctx context.Context, ld plog.Logs, r *raised) {
	at := p.now()
	until := at.Add(p.config.RequestBudget)
	waited, over := verdict.From(ctx) != nil, false
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if p.claimed(ctx, rl.Resource(), lr, r) {
					at = p.now() // what it took is not the next one's
					continue
				}
				if !p.judged(rl.Resource(), lr) {
					continue
				}
				if over = over || !waited && at.After(until); over {
					p.telemetry.ProcessorSecurityAlertLate.Add(ctx, 1)
					annotate(lr, nil)
					if !p.late.put(ctx, rl.Resource(), lr) {
						p.telemetry.ProcessorSecurityAlertUnjudged.Add(ctx, 1)
					}
					continue
				}
				at = p.record(ctx, rl.Resource(), lr, r, at)
			}
		}
	}
}

// deliver hands ld on with what was raised.
func (p *alertProcessor) deliver(ctx context.Context, ld plog.Logs, r *raised) error {
	if len(r.alerts) > 0 {
		now := p.now()
		for i := range r.alerts {
			securityalert.Append(ld, r.alerts[i].alert, r.alerts[i].origin, now)
		}
	}
	err := p.next.ConsumeLogs(ctx, ld)
	if len(r.seen) > 0 || len(r.alerts) > 0 {
		p.memory.settle(r, err == nil)
	}
	if err == nil {
		p.count(ctx, r.alerts)
	}
	return err
}

func (p *alertProcessor) count(ctx context.Context, alerts []told) {
	for i := range alerts {
		a := &alerts[i].alert
		p.telemetry.ProcessorSecurityAlertAlerts.Add(ctx, 1, metric.WithAttributes(
			attribute.String("rule", a.Rule), attribute.String("severity", a.Severity)))
	}
}
