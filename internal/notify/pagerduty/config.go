package pagerduty

import (
	"errors"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// Config says which PagerDuty service is called.
type Config struct {
	// ClientConfig is the HTTP client. Its endpoint is the base URL of the Events API
	// v2. Default: https://events.pagerduty.com
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`
	// RoutingKey is the integration key of the service. Required.
	RoutingKey configopaque.String `mapstructure:"routing_key"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	c := Config{ClientConfig: confighttp.NewDefaultClientConfig()}
	c.ClientConfig.Endpoint = "https://events.pagerduty.com"
	return c
}

// Validate reports all faults.
func (c *Config) Validate() error {
	faults := []error{httpsend.CheckEndpoint("endpoint", c.ClientConfig.Endpoint)}
	if c.RoutingKey == "" {
		faults = append(faults, errors.New("routing_key: must be set"))
	}
	return errors.Join(faults...)
}
