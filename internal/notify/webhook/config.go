package webhook

import (
	"errors"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// Config says where notifications are posted.
type Config struct {
	// URL of the webhook. It is kept secret: many hold a token. Required.
	URL configopaque.String `mapstructure:"url"`
	// Secret is the key of the signature. Empty: no signature.
	Secret configopaque.String `mapstructure:"secret"`
	// ClientConfig is the HTTP client: tls, proxy_url, headers, auth. Its endpoint
	// must not be set.
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
	if n := len(c.Secret); n > 0 && n < 16 {
		faults = append(faults, errors.New("secret: must have at least 16 characters"))
	}
	return errors.Join(faults...)
}
