package sessiongapsprocessor

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Bounds of the configuration.
const (
	minGrace       = 10 * time.Millisecond
	maxGrace       = time.Hour
	maxMaxSessions = 1_000_000
)

// Config of the session_gaps processor.
type Config struct {
	// Grace is how long a number may be missing before it is told. Default 30s.
	Grace time.Duration `mapstructure:"grace"`
	// SpoolDirectory holds the events that have not been taken yet: while there
	// are some, a missing number may be among them, and is waited for longer.
	// Empty: there is no spool.
	SpoolDirectory string `mapstructure:"spool_directory"`
	// MaxWait is how long a number may be missing at most, whatever the spool
	// holds. Default 15m.
	MaxWait time.Duration `mapstructure:"max_wait"`
	// MaxSessions is how many sessions are watched at a time; the one that was
	// silent longest is forgotten for a new one. Default 10000.
	MaxSessions int `mapstructure:"max_sessions"`
	// SessionIdle is how long a silent session is remembered. Default 24h.
	SessionIdle time.Duration `mapstructure:"session_idle"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{Grace: 30 * time.Second, MaxWait: 15 * time.Minute, MaxSessions: 10_000, SessionIdle: 24 * time.Hour}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.Grace < minGrace || c.Grace > maxGrace {
		faults = append(faults, fmt.Errorf("grace: must be %s to %s, is %s", minGrace, maxGrace, c.Grace))
	}
	if c.MaxWait < c.Grace {
		faults = append(faults, fmt.Errorf("max_wait: must be at least grace (%s), is %s", c.Grace, c.MaxWait))
	}
	if c.MaxSessions < 1 || c.MaxSessions > maxMaxSessions {
		faults = append(faults, fmt.Errorf("max_sessions: must be 1 to %d, is %d", maxMaxSessions, c.MaxSessions))
	}
	if c.SessionIdle < c.MaxWait {
		faults = append(faults, fmt.Errorf("session_idle: must be at least max_wait (%s), is %s", c.MaxWait, c.SessionIdle))
	}
	return errors.Join(faults...)
}
