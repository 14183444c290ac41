package rollupprocessor

import (
	"fmt"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
)

const maxMaxGroups = 100_000

// Config of the rollup processor.
type Config struct {
	// MaxGroups is how many groups of each kind of roll-ups are told apart in a
	// batch; beyond, all of a minute are one, __other__. Default 2000.
	MaxGroups int `mapstructure:"max_groups"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{MaxGroups: rollup.DefaultMaxGroups}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	if c.MaxGroups < 1 || c.MaxGroups > maxMaxGroups {
		return fmt.Errorf("max_groups: must be 1 to %d, is %d", maxMaxGroups, c.MaxGroups)
	}
	return nil
}
