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
	walks     sync.Pool // of *walk: nothing is made anew for a record without a secret
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
	p := &redactionProcessor{config: cfg, next: next, telemetry: telemetry, scanner: scanner}
	p.walks.New = func() any { return &walk{of: p} }
	return p, nil
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
	w := p.walks.Get().(*walk)
	w.ctx = ctx
	defer w.release()
	for _, rl := range ld.ResourceLogs().All() {
		w.begin()
		w.attributes(rl.Resource().Attributes(), 0)
		for _, sl := range rl.ScopeLogs().All() {
			w.begin()
			w.set(sl.Scope().Name(), sl.Scope().SetName)
			w.attributes(sl.Scope().Attributes(), 0)
			for _, lr := range sl.LogRecords().All() {
				w.begin()
				w.record(lr)
			}
		}
	}
}
