package queuestorageextension

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/agent-telemetry/agent-telemetry/extension/queuestorageextension/internal/metadata"
)

// NewFactory returns the factory of the queue_storage extension.
func NewFactory() extension.Factory {
	return extension.NewFactory(metadata.Type, createDefaultConfig, create, metadata.ExtensionStability)
}

func create(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	e, err := newQueueStorage(set.TelemetrySettings, cfg.(*Config))
	if err != nil {
		return nil, fmt.Errorf("create queue_storage extension: %w", err)
	}
	return e, nil
}
