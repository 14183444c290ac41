package agentmetricsconnector

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"

	"github.com/agent-telemetry/agent-telemetry/connector/agentmetricsconnector/internal/metadata"
)

// NewFactory returns the factory of the agent_metrics connector.
func NewFactory() connector.Factory {
	return connector.NewFactory(
		metadata.Type,
		createDefaultConfig,
		connector.WithLogsToMetrics(createLogsToMetrics, metadata.LogsToMetricsStability),
	)
}

func createLogsToMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Logs, error) {
	c, err := newConnector(cfg.(*Config), set, next)
	if err != nil {
		return nil, fmt.Errorf("create agent_metrics connector: %w", err)
	}
	return c, nil
}
