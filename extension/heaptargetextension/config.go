package heaptargetextension

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
)

// DefaultTargetMiB is the default of target_mib.
const DefaultTargetMiB = 40

// maxTargetMiB is more than any collector's heap should be.
const maxTargetMiB = 1 << 20

// Config of the heap_target extension.
type Config struct {
	// TargetMiB is the size, in MiB, that the heap grows to before it is collected.
	// Where GOGC allows more, for more is in use, it is GOGC that counts. Default 40.
	TargetMiB int `mapstructure:"target_mib"`
}

func createDefaultConfig() component.Config {
	return &Config{TargetMiB: DefaultTargetMiB}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.TargetMiB < 1 || c.TargetMiB > maxTargetMiB {
		faults = append(faults, fmt.Errorf("target_mib: %d is not between 1 and %d", c.TargetMiB, maxTargetMiB))
	}
	return errors.Join(faults...)
}
