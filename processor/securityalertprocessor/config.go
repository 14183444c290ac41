package securityalertprocessor

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/behaviour"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Bounds of the configuration.
const (
	minBudget = time.Millisecond
	maxBudget = 10 * time.Second
	minLook   = 100 * time.Millisecond
)

// Config of the security_alert processor.
type Config struct {
	// RulesFile replaces the rules that the program carries. Empty: it does not.
	RulesFile string `mapstructure:"rules_file"`
	// UserRules is a file with more rules, changes to ours and exceptions; it need
	// not exist. Default: security-rules.yaml in the state directory.
	UserRules string `mapstructure:"user_rules"`
	// StateFile keeps counters and what was alerted over a restart. Empty: nothing
	// is kept. Default: alerts/security-alert.state in the state directory.
	StateFile string `mapstructure:"state_file"`
	// MaxSessions is how many sessions are followed at a time; the one that was
	// silent longest is forgotten for a new one. Default 10000, which is the most.
	MaxSessions int `mapstructure:"max_sessions"`
	// RequestBudget is how long the records of one request are judged before they
	// are handed on. What is left is judged behind the pipeline. Default 200ms.
	RequestBudget time.Duration `mapstructure:"request_budget"`
	// JudgeNative has tool events of Claude Code's own telemetry judged, too.
	// Default false: they tell again of what the hook tells.
	JudgeNative bool `mapstructure:"judge_native"`
	// IntegrityInterval is how often the hooks in Claude Code's settings and the
	// hook programs are looked at. Default 30s; 0 is never.
	IntegrityInterval time.Duration `mapstructure:"integrity_interval"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	cfg := &Config{MaxSessions: behaviour.MaxSessions, RequestBudget: 200 * time.Millisecond, IntegrityInterval: 30 * time.Second}
	if dir, err := statedir.Default(); err == nil { // without one nothing is kept
		cfg.UserRules = filepath.Join(string(dir), "security-rules.yaml")
		cfg.StateFile = filepath.Join(dir.Alerts(), "security-alert.state")
	}
	return cfg
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	for _, f := range []struct{ key, path string }{{"rules_file", c.RulesFile}, {"user_rules", c.UserRules}, {"state_file", c.StateFile}} {
		if f.path != "" && !filepath.IsAbs(f.path) {
			faults = append(faults, fmt.Errorf("%s: must be an absolute path, is %q", f.key, f.path))
		}
	}
	if c.MaxSessions < 1 || c.MaxSessions > behaviour.MaxSessions {
		faults = append(faults, fmt.Errorf("max_sessions: must be 1 to %d, is %d", behaviour.MaxSessions, c.MaxSessions))
	}
	if c.RequestBudget < minBudget || c.RequestBudget > maxBudget {
		faults = append(faults, fmt.Errorf("request_budget: must be %s to %s, is %s", minBudget, maxBudget, c.RequestBudget))
	}
	if c.IntegrityInterval != 0 && c.IntegrityInterval < minLook {
		faults = append(faults, fmt.Errorf("integrity_interval: must be 0 or at least %s, is %s", minLook, c.IntegrityInterval))
	}
	return errors.Join(faults...)
}
