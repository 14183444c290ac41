package coordinationprocessor

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
)

// Bounds of the configuration.
const (
	maxSettle      = time.Hour
	maxIdle        = 24 * time.Hour
	maxWindow      = 24 * time.Hour
	maxMaxSessions = 100_000
	maxMaxCalls    = 100_000
	maxMemoryMiB   = 1024
)

// Config of the coordination processor.
type Config struct {
	// StateFile is where what is known is kept over a restart, together with a second
	// file of that name and .log; the directory is made. Empty: it is not kept.
	StateFile string `mapstructure:"state_file"`
	// Settle is how much later than others an event may come and still be counted
	// where it belongs. What is over is told so much later. Default 1m.
	Settle time.Duration `mapstructure:"settle"`
	// SessionIdle is how long a session is silent until it is told of as a whole.
	// Default 30m.
	SessionIdle time.Duration `mapstructure:"session_idle"`
	// ConflictWindow is within which two changes of a file by different agents are a
	// conflict. Default 10m.
	ConflictWindow time.Duration `mapstructure:"conflict_window"`
	// MaxSessions is how many sessions are followed at a time; the one that was silent
	// longest is told of and forgotten for a new one. Default 1000.
	MaxSessions int `mapstructure:"max_sessions"`
	// MaxCalls is how many tool calls of a session are taken in. Default 20000.
	MaxCalls int `mapstructure:"max_calls"`
	// MaxMemoryMiB is about how much memory all sessions may take. Default 64.
	MaxMemoryMiB int `mapstructure:"max_memory_mib"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{
		Settle: time.Minute, SessionIdle: 30 * time.Minute, ConflictWindow: 10 * time.Minute, MaxSessions: 1_000, MaxCalls: 20_000, MaxMemoryMiB: 64,
	}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	for _, n := range []struct {
		key         string
		value, most int
	}{
		{"max_sessions", c.MaxSessions, maxMaxSessions},
		{"max_calls", c.MaxCalls, maxMaxCalls},
		{"max_memory_mib", c.MaxMemoryMiB, maxMemoryMiB},
	} {
		if n.value < 1 || n.value > n.most {
			faults = append(faults, fmt.Errorf("%s: must be 1 to %d, is %d", n.key, n.most, n.value))
		}
	}
	for _, d := range []struct {
		key         string
		value, most time.Duration
	}{
		{"settle", c.Settle, maxSettle},
		{"session_idle", c.SessionIdle, maxIdle},
		{"conflict_window", c.ConflictWindow, maxWindow},
	} {
		if d.value < time.Second || d.value > d.most {
			faults = append(faults, fmt.Errorf("%s: must be 1s to %s, is %s", d.key, d.most, d.value))
		}
	}
	if c.SessionIdle < c.Settle {
		faults = append(faults, fmt.Errorf("session_idle: must be at least settle (%s), is %s", c.Settle, c.SessionIdle))
	}
	if c.StateFile != "" && !filepath.IsAbs(c.StateFile) {
		faults = append(faults, fmt.Errorf("state_file: must be an absolute path, is %q", c.StateFile))
	}
	return errors.Join(faults...)
}

// Limits are those of what is followed.
func (c *Config) Limits() live.Limits {
	return live.Limits{
		Sessions: c.MaxSessions, Bytes: c.MaxMemoryMiB << 20, Settle: c.Settle, Idle: c.SessionIdle,
		Session: coordination.Limits{Calls: c.MaxCalls, Bytes: min(16, c.MaxMemoryMiB) << 20, Window: c.ConflictWindow},
	}
}
