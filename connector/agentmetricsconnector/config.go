package agentmetricsconnector

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Bounds of the configuration.
const (
	minInterval        = time.Second
	maxInterval        = time.Hour
	minSeries          = 10
	maxSeries          = 100_000
	minAttributeBytes  = 16
	maxAttributeBytes  = 256
	maxDedupWindow     = 1_000_000
	minActiveWindow    = 10 * time.Second
	maxActiveWindow    = 24 * time.Hour
	maxFollowed        = 1_000_000
	maxResource        = 32  // attributes of the resource
	maxResourceBytes   = 256 // of one of them
	temporalCumulative = "cumulative"
	temporalDelta      = "delta"
	bucketsExponential = "exponential"
	bucketsExplicit    = "explicit"
)

// Config of the agent_metrics connector.
type Config struct {
	// Interval is how often the metrics are sent on. Default 15s.
	Interval time.Duration `mapstructure:"interval"`
	// Temporality is cumulative, the default, or delta.
	Temporality string `mapstructure:"temporality"`
	// Histograms says which buckets durations and tokens have: exponential, the
	// default, or explicit: the boundaries of OpenTelemetry's GenAI conventions.
	Histograms string `mapstructure:"histograms"`
	// MaxSeries is how many series a metric has; what would need another one is added
	// to a single one that says so. Default 1000.
	MaxSeries int `mapstructure:"max_series"`
	// MaxAttributeBytes is the longest value of an attribute; longer ones are cut.
	// Default 128.
	MaxAttributeBytes int `mapstructure:"max_attribute_bytes"`
	// DedupWindow is of how many events the ids are remembered, so that none is
	// counted twice. 0: of none. Default 20000.
	DedupWindow int `mapstructure:"dedup_window"`
	// ActiveWindow is how long a session or an agent is active after its last event.
	// Default 5m.
	ActiveWindow time.Duration `mapstructure:"active_window"`
	// MaxSessions is how many sessions are followed at a time; the one that was silent
	// longest is forgotten for a new one. Default 10000.
	MaxSessions int `mapstructure:"max_sessions"`
	// MaxAgents is the same of the agents of all sessions. Default 20000.
	MaxAgents int `mapstructure:"max_agents"`
	// Exemplars gives histograms of durations the trace of the slowest. Default true.
	Exemplars bool `mapstructure:"exemplars"`
	// ProjectAttribute adds the project's name to every metric. Default false.
	ProjectAttribute bool `mapstructure:"project_attribute"`
	// ResourceAttributes are added to the resource of the metrics.
	ResourceAttributes map[string]string `mapstructure:"resource_attributes"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{
		Interval: 15 * time.Second, Temporality: temporalCumulative, Histograms: bucketsExponential,
		MaxSeries: 1_000, MaxAttributeBytes: 128, DedupWindow: 20_000,
		ActiveWindow: 5 * time.Minute, MaxSessions: 10_000, MaxAgents: 20_000, Exemplars: true,
	}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	within := func(key string, value, least, most int) {
		if value < least || value > most {
			faults = append(faults, fmt.Errorf("%s: must be %d to %d, is %d", key, least, most, value))
		}
	}
	lasts := func(key string, value, least, most time.Duration) {
		if value < least || value > most {
			faults = append(faults, fmt.Errorf("%s: must be %s to %s, is %s", key, least, most, value))
		}
	}
	oneOf := func(key, value, one, other string) {
		if value != one && value != other {
			faults = append(faults, fmt.Errorf("%s: must be %s or %s, is %q", key, one, other, value))
		}
	}
	lasts("interval", c.Interval, minInterval, maxInterval)
	oneOf("temporality", c.Temporality, temporalCumulative, temporalDelta)
	oneOf("histograms", c.Histograms, bucketsExponential, bucketsExplicit)
	within("max_series", c.MaxSeries, minSeries, maxSeries)
	within("max_attribute_bytes", c.MaxAttributeBytes, minAttributeBytes, maxAttributeBytes)
	within("dedup_window", c.DedupWindow, 0, maxDedupWindow)
	lasts("active_window", c.ActiveWindow, minActiveWindow, maxActiveWindow)
	within("max_sessions", c.MaxSessions, 1, maxFollowed)
	within("max_agents", c.MaxAgents, 1, maxFollowed)
	if n := len(c.ResourceAttributes); n > maxResource {
		faults = append(faults, fmt.Errorf("resource_attributes: %d are more than %d", n, maxResource))
	}
	for key, value := range c.ResourceAttributes {
		if key == "" || len(key) > maxResourceBytes || len(value) > maxResourceBytes {
			faults = append(faults, fmt.Errorf("resource_attributes[%.32q]: the name must not be empty, and name and value must have at most %d bytes", key, maxResourceBytes))
		}
	}
	return errors.Join(faults...)
}
