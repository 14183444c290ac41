// Package lokipush writes records to a Loki as the collector would: through the loki
// exporters of otelcol-config.yaml, without the collector.
package lokipush

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
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Names of the exporters.
const (
	Events  = "loki"
	Rollups = "loki/rollup"

	Coordination = "loki/coordination"
)

// Exporter writes to one Loki.
type Exporter struct{ logs exporter.Logs }

// host is a host without extensions.
type host struct{}

// GetExtensions implements component.Host.
func (host) GetExtensions() map[component.ID]component.Component { return nil }

// New returns the exporter of that name, which writes to the Loki at url.
func New(ctx context.Context, url, name string) (*Exporter, error) {
	config, err := configOf(ctx, url, name)
	if err != nil {
		return nil, err
	}
	// What counts against max_streams are the streams of the last hour by the clock.
	// Here a day may pass in a minute, so that all of them would.
	config.Limits.MaxStreams = 100_000
	factory := lokiexporter.NewFactory()
	logs, err := factory.CreateLogs(ctx, exporter.Settings{
		ID: component.NewIDWithName(factory.Type(), "test"),
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
	return &Exporter{logs: logs}, nil
}

// Push writes records. They are in Loki when it returns.
func (e *Exporter) Push(ctx context.Context, ld plog.Logs) error {
	if err := e.logs.ConsumeLogs(ctx, ld); err != nil {
		return fmt.Errorf("push to Loki: %w", err)
	}
	return nil
}

// Close ends the exporter.
func (e *Exporter) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return e.logs.Shutdown(ctx)
}

// configOf is the exporter's configuration as it comes with the collector, without a
// queue.
func configOf(ctx context.Context, url, name string) (_ *lokiexporter.Config, err error) {
	home, err := os.MkdirTemp("", "lokipush-")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	c, err := stack.Resolve(statedir.Dir(home), stack.Flags{"loki_url": url}, nil)
	if err != nil {
		return nil, err
	}
	target, err := lokiconfig.Load(ctx, c, lokiconfig.Options{Exporter: name, URL: url})
	if err != nil {
		return nil, err
	}
	return target.Config, nil
}
