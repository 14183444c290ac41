package pipelinehealthreceiver

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Bounds of the configuration.
const (
	minInterval = time.Second
	maxInterval = time.Hour
	maxPort     = 65535
	maxWaiting  = 10_080 // a week of minutes
)

// Config of the pipeline_health receiver.
type Config struct {
	// StateDirectory is where the spool, the audit log and the cursors lie. Required.
	StateDirectory string `mapstructure:"state_directory"`
	// MetricsPort is that of this collector's own metrics on 127.0.0.1; 0, the
	// default: what only they tell is left out.
	MetricsPort int `mapstructure:"metrics_port"`
	// Interval is the time between two looks, at whole intervals of the clock.
	// Default 1m.
	Interval time.Duration `mapstructure:"interval"`
	// MaxWaiting is how many looks wait in memory when the pipeline takes none; the
	// oldest is forgotten then. Default 720.
	MaxWaiting int `mapstructure:"max_waiting"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{Interval: time.Minute, MaxWaiting: 720}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.StateDirectory == "" {
		faults = append(faults, errors.New("state_directory: must be set: the directory that holds spool, audit log and cursors"))
	}
	if c.MetricsPort < 0 || c.MetricsPort > maxPort {
		faults = append(faults, fmt.Errorf("metrics_port: %d is no port", c.MetricsPort))
	}
	if c.Interval < minInterval || c.Interval > maxInterval {
		faults = append(faults, fmt.Errorf("interval: must be %s to %s, is %s", minInterval, maxInterval, c.Interval))
	}
	if c.MaxWaiting < 1 || c.MaxWaiting > maxWaiting {
		faults = append(faults, fmt.Errorf("max_waiting: must be 1 to %d, is %d", maxWaiting, c.MaxWaiting))
	}
	return errors.Join(faults...)
}
