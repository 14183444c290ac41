package lineageprocessor

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Bounds of the configuration.
const (
	maxCorrectionDelay = time.Hour
	maxMaxSessions     = 100_000
	maxMaxAgents       = 10_000
	maxMaxTotalAgents  = 200_000
	minSessionIdle     = time.Minute
)

// Config of the lineage processor.
type Config struct {
	// StateFile is where what is known is kept over a restart; its directory is made.
	// Empty: it is not kept.
	StateFile string `mapstructure:"state_file"`
	// ProjectsDirectory is Claude Code's directory of transcripts, ~/.claude/projects.
	// The files that it writes of agents are looked for there, and nowhere else.
	// Empty: they are not looked for.
	ProjectsDirectory string `mapstructure:"projects_directory"`
	// CorrectionDelay is how long what is known must have stood before a record tells
	// that earlier ones say otherwise. Default 2s.
	CorrectionDelay time.Duration `mapstructure:"correction_delay"`
	// MaxSessions is how many sessions are followed at a time; the one that was silent
	// longest is forgotten for a new one. Default 10000.
	MaxSessions int `mapstructure:"max_sessions"`
	// MaxAgents is how many agents of a session are followed, and how many of its calls
	// that nobody is known to come from; those that have stopped are forgotten for new
	// ones. Default 2000.
	MaxAgents int `mapstructure:"max_agents"`
	// MaxTotalAgents is how many agents of all sessions are followed, and how many of
	// their calls that nobody is known to come from. Default 20000.
	MaxTotalAgents int `mapstructure:"max_total_agents"`
	// SessionIdle is how long a silent session is remembered; one that has ended, for
	// an hour at most. Default 24h.
	SessionIdle time.Duration `mapstructure:"session_idle"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{CorrectionDelay: 2 * time.Second, MaxSessions: 10_000, MaxAgents: 2_000, MaxTotalAgents: 20_000, SessionIdle: 24 * time.Hour}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	within := func(key string, value, most int) {
		if value < 1 || value > most {
			faults = append(faults, fmt.Errorf("%s: must be 1 to %d, is %d", key, most, value))
		}
	}
	within("max_sessions", c.MaxSessions, maxMaxSessions)
	within("max_agents", c.MaxAgents, maxMaxAgents)
	within("max_total_agents", c.MaxTotalAgents, maxMaxTotalAgents)
	if c.MaxTotalAgents < c.MaxAgents {
		faults = append(faults, fmt.Errorf("max_total_agents: must be at least max_agents (%d), is %d", c.MaxAgents, c.MaxTotalAgents))
	}
	if c.CorrectionDelay < 0 || c.CorrectionDelay > maxCorrectionDelay {
		faults = append(faults, fmt.Errorf("correction_delay: must be 0s to %s, is %s", maxCorrectionDelay, c.CorrectionDelay))
	}
	if c.SessionIdle < minSessionIdle {
		faults = append(faults, fmt.Errorf("session_idle: must be at least %s, is %s", minSessionIdle, c.SessionIdle))
	}
	for key, path := range map[string]string{"state_file": c.StateFile, "projects_directory": c.ProjectsDirectory} {
		if path != "" && !filepath.IsAbs(path) {
			faults = append(faults, fmt.Errorf("%s: must be an absolute path, is %q", key, path))
		}
	}
	return errors.Join(faults...)
}
