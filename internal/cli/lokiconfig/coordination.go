package lokiconfig

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/confmap"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/processor/coordinationprocessor"
)

// Coordination is how the collector makes records of how agents worked together.
type Coordination struct {
	// Target is where they go.
	*Target
	Limits live.Limits
}

// LoadCoordination reads how the stack's collector makes such records; nil when it makes
// none. Of the options the URL counts.
func LoadCoordination(ctx context.Context, config *stack.Config, o Options) (*Coordination, error) {
	conf, path, err := read(ctx, config)
	if err != nil {
		return nil, err
	}
	p, ok := find(conf, coordinationType)
	if !ok {
		return nil, nil //nolint:nilnil // none is an answer
	}
	cfg := coordinationprocessor.NewFactory().CreateDefaultConfig().(*coordinationprocessor.Config)
	all, _ := conf.Get("processors").(map[string]any)
	own, _ := all[p.processor].(map[string]any)
	if err := confmap.NewFromStringMap(own).Unmarshal(cfg); err != nil {
		return nil, fmt.Errorf("read processors.%s of %s: %w", p.processor, path, err)
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("processors.%s of %s: %w", p.processor, path, err)
	}
	c := &Coordination{Limits: cfg.Limits()}
	if c.Target, err = loadTarget(conf, path, p.exporter, o.URL); err != nil {
		return nil, err
	}
	return c, nil
}
