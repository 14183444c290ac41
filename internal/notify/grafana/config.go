package grafana

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// Config says which Grafana gets the annotations.
type Config struct {
	// ClientConfig is the HTTP client. Its endpoint is the base URL of Grafana.
	// Required.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`
	// Token of a service account that may write annotations. Empty: auth or headers
	// have it.
	Token configopaque.String `mapstructure:"token"`
	// DashboardUID and PanelID are where an annotation is shown. Default: wherever
	// annotations with our tags are asked for.
	DashboardUID string `mapstructure:"dashboard_uid"`
	PanelID      int64  `mapstructure:"panel_id"`
	// Tags are added to ours, 20 at most.
	Tags []string `mapstructure:"tags"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config { return Config{ClientConfig: confighttp.NewDefaultClientConfig()} }

// Validate reports all faults.
func (c *Config) Validate() error {
	faults := []error{httpsend.CheckEndpoint("endpoint", c.ClientConfig.Endpoint)}
	if c.PanelID < 0 || (c.PanelID != 0 && c.DashboardUID == "") {
		faults = append(faults, errors.New("panel_id: must be that of a panel of dashboard_uid"))
	}
	if len(c.Tags) > 20 {
		faults = append(faults, fmt.Errorf("tags: %d are more than 20", len(c.Tags)))
	}
	return errors.Join(faults...)
}
