package rollupprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/processor/rollupprocessor/internal/metadata"
)

// rollupProcessor keeps nothing between batches.
type rollupProcessor struct {
	component.StartFunc
	config    *Config
	next      consumer.Logs
	telemetry *metadata.TelemetryBuilder
}

func newProcessor(set processor.Settings, cfg *Config, next consumer.Logs) (*rollupProcessor, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &rollupProcessor{config: cfg, next: next, telemetry: telemetry}, nil
}

// Shutdown implements component.Component.
func (p *rollupProcessor) Shutdown(context.Context) error {
	p.telemetry.Shutdown()
	return nil
}

// Capabilities implements consumer.Logs.
func (p *rollupProcessor) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// ConsumeLogs hands on the roll-ups of ld.
func (p *rollupProcessor) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	start := time.Now()
	c := rollup.NewCounter(p.config.MaxGroups)
	c.AddAll(ld)
	made := c.Logs(chunkOf(ctx, ld))
	p.telemetry.ProcessorRollupDuration.Record(ctx, time.Since(start).Seconds())
	if n := made.LogRecordCount(); n > 0 {
		if err := p.next.ConsumeLogs(ctx, made); err != nil {
			return err // the batch comes again
		}
		p.telemetry.ProcessorRollupRecords.Add(ctx, int64(n))
	}
	p.telemetry.ProcessorRollupCounted.Add(ctx, int64(ld.LogRecordCount()-c.Untimed()))
	if n := c.Untimed(); n > 0 {
		p.telemetry.ProcessorRollupUntimed.Add(ctx, int64(n))
	}
	return nil
}

// chunkOf names the batch: by its place in the audit log, or by what is in it.
func chunkOf(ctx context.Context, ld plog.Logs) string {
	if c, ok := auditchunk.From(ctx); ok {
		return rollup.Chunk(c.Log, c.FirstSeq)
	}
	return rollup.Digest(ld)
}
