package pipelinehealthreceiver

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"

	"github.com/agent-telemetry/agent-telemetry/receiver/pipelinehealthreceiver/internal/metadata"
)

// NewFactory returns the factory of the pipeline_health receiver.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(metadata.Type, createDefaultConfig, receiver.WithLogs(createLogs, metadata.LogsStability))
}

func createLogs(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Logs) (receiver.Logs, error) {
	r, err := newReceiver(set, cfg.(*Config), next)
	if err != nil {
		return nil, fmt.Errorf("create pipeline_health receiver: %w", err)
	}
	return r, nil
}
