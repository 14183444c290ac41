package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// The exporters of otelcol-config.yaml.
const (
	exporterEvents  = "loki"
	exporterRollups = "loki/rollup"
)

// host is a host without extensions.
type host struct{}

// GetExtensions implements component.Host.
func (host) GetExtensions() map[component.ID]component.Component { return nil }

// send gives what comes to an exporter of the collector's configuration, until the
// channel is closed.
func send(ctx context.Context, url, name string, from <-chan plog.Logs) (err error) {
	logs, err := newExporter(ctx, url, name)
	if err != nil {
		return err
	}
	defer func() {
		// It has no queue: what it took is in Loki.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, logs.Shutdown(end))
	}()
	for ld := range from {
		if err := logs.ConsumeLogs(ctx, ld); err != nil {
			return fmt.Errorf("push to Loki: %w", err)
		}
	}
	return ctx.Err()
}

func newExporter(ctx context.Context, url, name string) (exporter.Logs, error) {
	config, err := exporterConfig(ctx, url, name)
	if err != nil {
		return nil, err
	}
	factory := lokiexporter.NewFactory()
	logs, err := factory.CreateLogs(ctx, exporter.Settings{
		ID: component.NewIDWithName(factory.Type(), "bench"),
		TelemetrySettings: component.TelemetrySettings{
			Logger: zap.NewNop(), TracerProvider: noop.NewTracerProvider(), MeterProvider: metricnoop.NewMeterProvider(), Resource: pcommon.NewResource(),
		},
	}, config)
	if err == nil {
		err = logs.Start(ctx, host{})
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the exporter %s: %w", name, err)
	}
	return logs, nil
}

// exporterConfig is the exporter's configuration as it comes with the collector.
func exporterConfig(ctx context.Context, url, name string) (_ *lokiexporter.Config, err error) {
	home, err := os.MkdirTemp("", "bench-home-")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	c, err := stack.Resolve(statedir.Dir(home), stack.Flags{"loki_url": url}, nil)
	if err != nil {
		return nil, err
	}
	target, err := lokiconfig.Load(ctx, c, lokiconfig.Options{Exporter: name, URL: url})
	if err != nil && name == exporterRollups { // TODO: until it is there
		target, err = lokiconfig.Load(ctx, c, lokiconfig.Options{Exporter: exporterEvents, URL: url})
		if err == nil {
			f := func(name string, from lokiexporter.Source, key string) lokiexporter.FieldConfig {
				return lokiexporter.FieldConfig{Name: name, SourceConfig: lokiexporter.SourceConfig{From: from, Key: key}}
			}
			target.Config.Labels = []lokiexporter.FieldConfig{
				f(semconv.LabelService, lokiexporter.SourceResource, semconv.ServiceName), f(semconv.LabelProject, lokiexporter.SourceAttribute, semconv.ProjectName),
				f(semconv.LabelRollup, lokiexporter.SourceAttribute, semconv.RollupKind), f(semconv.LabelHour, lokiexporter.SourceAttribute, semconv.RollupHour),
			}
			target.Config.StructuredMetadata = nil
			target.Config.Line.AttributesInLine = lokiexporter.AttributesNever
		}
	}
	if err != nil {
		return nil, err
	}
	return target.Config, nil
}
