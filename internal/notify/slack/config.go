package slack

import (
	"errors"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// Config says which Slack channel is told.
type Config struct {
	// URL is that of an incoming webhook, which is a secret. Required.
	URL configopaque.String `mapstructure:"url"`
	// ClientConfig is the HTTP client: tls, proxy_url. Its endpoint must not be set.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config { return Config{ClientConfig: confighttp.NewDefaultClientConfig()} }

// Validate reports all faults.
func (c *Config) Validate() error {
	faults := []error{httpsend.CheckURL("url", string(c.URL))}
	if c.ClientConfig.Endpoint != "" {
		faults = append(faults, errors.New("endpoint: must not be set: use url, which is kept secret"))
	}
	return errors.Join(faults...)
}
