package heaptargetextension

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/agent-telemetry/agent-telemetry/extension/heaptargetextension/internal/metadata"
)

// NewFactory returns the factory of the heap_target extension.
func NewFactory() extension.Factory {
	return extension.NewFactory(metadata.Type, createDefaultConfig, create, metadata.ExtensionStability)
}

func create(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	e, err := newHeapTarget(set.TelemetrySettings, cfg.(*Config))
	if err != nil {
		return nil, fmt.Errorf("create heap_target extension: %w", err)
	}
	return e, nil
}
