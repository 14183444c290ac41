package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// refusedMetric is where the exporter counts what Loki refuses.
const refusedMetric = "otelcol_exporter_loki_refused_entries"

// sender is the collector's loki exporter, without the collector around it.
type sender struct {
	logs   exporter.Logs
	meters *sdkmetric.MeterProvider
	reader *sdkmetric.ManualReader
}

// noHost is a host without extensions.
type noHost struct{}

// GetExtensions implements component.Host.
func (noHost) GetExtensions() map[component.ID]component.Component { return nil }

func newSender(ctx context.Context, cfg *lokiexporter.Config, patience time.Duration) (*sender, error) {
	config := *cfg
	config.RetryConfig.Enabled = true
	config.RetryConfig.MaxElapsedTime = patience
	s := &sender{reader: sdkmetric.NewManualReader()}
	s.meters = sdkmetric.NewMeterProvider(sdkmetric.WithReader(s.reader))
	factory := lokiexporter.NewFactory()
	logs, err := factory.CreateLogs(ctx, exporter.Settings{
		ID: component.NewID(factory.Type()),
		TelemetrySettings: component.TelemetrySettings{
			Logger: zap.NewNop(), TracerProvider: noop.NewTracerProvider(), MeterProvider: s.meters, Resource: pcommon.NewResource(),
		},
		BuildInfo: component.BuildInfo{Command: "agent-telemetry", Version: version.Version},
	}, &config)
	if err == nil {
		err = logs.Start(ctx, noHost{})
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the loki exporter: %w", err)
	}
	s.logs = logs
	return s, nil
}

// refused sets in counts how many entries Loki has refused so far, by reason.
func (s *sender) refused(counts map[string]int) error {
	var all metricdata.ResourceMetrics
	if err := s.reader.Collect(context.Background(), &all); err != nil {
		return fmt.Errorf("read the exporter's metrics: %w", err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			sum, ok := m.Data.(metricdata.Sum[int64])
			if m.Name != refusedMetric || !ok {
				continue
			}
			for _, p := range sum.DataPoints {
				reason, _ := p.Attributes.Value("reason")
				counts[reason.AsString()] = int(p.Value)
			}
		}
	}
	return nil
}

func (s *sender) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := errors.Join(s.logs.Shutdown(ctx), s.meters.Shutdown(ctx)); err != nil {
		return fmt.Errorf("close the loki exporter: %w", err)
	}
	return nil
}
