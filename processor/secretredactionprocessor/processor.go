package secretredactionprocessor

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

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan"
	"github.com/agent-telemetry/agent-telemetry/processor/secretredactionprocessor/internal/metadata"
)

// loadScanner loads the rules once in a process: every scanner is the same.
var loadScanner = sync.OnceValues(secretscan.New)

// redactionProcessor cleans records and hands them on.
type redactionProcessor struct {
	config    *Config
	next      consumer.Logs
	telemetry *metadata.TelemetryBuilder
	scanner   *secretscan.Scanner
	names     names
}

func newProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*redactionProcessor, error) {
	scanner, err := loadScanner()
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the processor's metrics: %w", err)
	}
	return &redactionProcessor{config: cfg, next: next, telemetry: telemetry, scanner: scanner}, nil
}

// Capabilities implements consumer.Logs.
func (p *redactionProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start implements component.Component.
func (p *redactionProcessor) Start(context.Context, component.Host) error {
	redact.UseKey(p.config.KeyFile)
	return nil
}

// Shutdown implements component.Component.
func (p *redactionProcessor) Shutdown(context.Context) error {
	p.telemetry.Shutdown()
	return nil
}

// ConsumeLogs takes the secrets out of ld and hands it on.
func (p *redactionProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	began := time.Now()
	p.clean(ctx, ld)
	p.telemetry.ProcessorSecretRedactionDuration.Record(ctx, time.Since(began).Seconds())
	return p.next.ConsumeLogs(ctx, ld)
}

func (p *redactionProcessor) clean(ctx context.Context, ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		p.within(ctx, func(w *walk) { w.attributes(rl.Resource().Attributes(), 0) })
		for _, sl := range rl.ScopeLogs().All() {
			p.within(ctx, func(w *walk) {
				w.set(sl.Scope().Name(), sl.Scope().SetName)
				w.attributes(sl.Scope().Attributes(), 0)
			})
			for _, lr := range sl.LogRecords().All() {
				p.within(ctx, func(w *walk) { w.record(lr) })
			}
		}
	}
}

// within runs visit, which may take as long as a record may.
func (p *redactionProcessor) within(ctx context.Context, visit func(*walk)) {
	// The sender's time is not asked: what it leaves unsearched would lose more.
	limited := newDeadline(context.WithoutCancel(ctx), p.config.RecordTimeout)
	defer limited.release()
	visit(&walk{ctx: limited, scanner: p.scanner, report: report{ctx, p.telemetry}, names: &p.names})
}

// report counts what the scanner does.
type report struct {
	ctx       context.Context
	telemetry *metadata.TelemetryBuilder
}

// Secrets implements secretscan.Report.
func (r report) Secrets(rule string, n int) {
	r.telemetry.ProcessorSecretRedactionSecrets.Add(r.ctx, int64(n), metric.WithAttributes(attribute.String("rule", rule)))
}

// Unsearched implements secretscan.Report.
func (r report) Unsearched(reason secretscan.Reason) {
	r.telemetry.ProcessorSecretRedactionUnsearched.Add(r.ctx, 1, metric.WithAttributes(attribute.String("reason", string(reason))))
}
