package alertmanager

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// Config says which Alertmanager gets the alerts.
type Config struct {
	// ClientConfig is the HTTP client. Its endpoint is the base URL of the
	// Alertmanager, without /api/v2/alerts. Required.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`
	// ResolveAfter is how long an alert counts as firing. 1m to 720h, default 1h.
	ResolveAfter time.Duration `mapstructure:"resolve_after"`
	// Labels are added to each alert, 20 at most; they do not replace our own.
	Labels map[string]string `mapstructure:"labels"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{ClientConfig: confighttp.NewDefaultClientConfig(), ResolveAfter: time.Hour}
}

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// Validate reports all faults.
func (c *Config) Validate() error {
	faults := []error{httpsend.CheckEndpoint("endpoint", c.ClientConfig.Endpoint)}
	if c.ResolveAfter < time.Minute || c.ResolveAfter > 720*time.Hour {
		faults = append(faults, fmt.Errorf("resolve_after: %s is not between 1m and 720h", c.ResolveAfter))
	}
	if len(c.Labels) > 20 {
		faults = append(faults, fmt.Errorf("labels: %d are more than 20", len(c.Labels)))
	}
	for name := range c.Labels {
		if !labelName.MatchString(name) {
			faults = append(faults, fmt.Errorf("labels: %q is not the name of a label", name))
		}
	}
	return errors.Join(faults...)
}
