package agenttracesconnector

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Bounds of the configuration.
const (
	minGrace        = time.Second
	maxGrace        = time.Hour
	minTimeout      = time.Minute
	maxTimeout      = 30 * 24 * time.Hour
	maxMaxSessions  = 100_000
	minMaxSpans     = 16
	maxMaxSpans     = 1_000_000
	minMaxMemoryMiB = 1
	maxMaxMemoryMiB = 1024
)

// Config of the agent_traces connector.
type Config struct {
	// StateFile is where spans that are not finished are kept over a restart; its
	// directory is made. Empty: they are not kept.
	StateFile string `mapstructure:"state_file"`
	// Grace is how long, after the end of a turn, an agent or a session, what belongs
	// to it is waited for. Default 30s.
	Grace time.Duration `mapstructure:"grace"`
	// CallTimeout is how long a tool call may take of which no end comes. Default 24h.
	CallTimeout time.Duration `mapstructure:"call_timeout"`
	// SessionTimeout is how long a session may be silent before it is taken for ended.
	// Default 24h.
	SessionTimeout time.Duration `mapstructure:"session_timeout"`
	// MaxSessions is how many sessions are followed at a time; the one that was silent
	// longest is finished for a new one. Default 1000.
	MaxSessions int `mapstructure:"max_sessions"`
	// MaxSessionSpans is how many turns, agents and calls of a session are kept;
	// those that were silent longest are finished for new ones. Default 2000.
	MaxSessionSpans int `mapstructure:"max_session_spans"`
	// MaxSpans is the same of all sessions; the session that was silent longest is
	// finished for another. Default 20000.
	MaxSpans int `mapstructure:"max_spans"`
	// MaxMemoryMiB is about how much memory all that is kept may take. Default 32.
	MaxMemoryMiB int `mapstructure:"max_memory_mib"`
	// Details says whether spans have commands, paths and addresses. Default true.
	Details bool `mapstructure:"details"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{
		Grace: 30 * time.Second, CallTimeout: 24 * time.Hour, SessionTimeout: 24 * time.Hour,
		MaxSessions: 1_000, MaxSessionSpans: 2_000, MaxSpans: 20_000, MaxMemoryMiB: 32, Details: true,
	}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	count := func(key string, value, least, most int) {
		if value < least || value > most {
			faults = append(faults, fmt.Errorf("%s: must be %d to %d, is %d", key, least, most, value))
		}
	}
	last := func(key string, value, least, most time.Duration) {
		if value < least || value > most {
			faults = append(faults, fmt.Errorf("%s: must be %s to %s, is %s", key, least, most, value))
		}
	}
	if c.StateFile != "" && !filepath.IsAbs(c.StateFile) {
		faults = append(faults, fmt.Errorf("state_file: must be an absolute path, is %q", c.StateFile))
	}
	last("grace", c.Grace, minGrace, maxGrace)
	last("call_timeout", c.CallTimeout, minTimeout, maxTimeout)
	last("session_timeout", c.SessionTimeout, minTimeout, maxTimeout)
	count("max_sessions", c.MaxSessions, 1, maxMaxSessions)
	count("max_session_spans", c.MaxSessionSpans, minMaxSpans, maxMaxSpans)
	count("max_spans", c.MaxSpans, minMaxSpans, maxMaxSpans)
	if c.MaxSpans < c.MaxSessionSpans {
		faults = append(faults, fmt.Errorf("max_spans: must be at least max_session_spans (%d), is %d", c.MaxSessionSpans, c.MaxSpans))
	}
	count("max_memory_mib", c.MaxMemoryMiB, minMaxMemoryMiB, maxMaxMemoryMiB)
	return errors.Join(faults...)
}
