package auditlogexporter

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/directory"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/https"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/otlp"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/rfc3161"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/witness"
)

// Bounds of the anchors.
const (
	maxAnchors        = 16
	minAnchorInterval = time.Second
	maxAnchorInterval = 24 * time.Hour
	// timestampInterval is the default for time-stamping authorities: public ones
	// are a shared good.
	timestampInterval = time.Hour
)

// AnchorConfig is a place off the host that is given the log's checkpoints. It
// has one kind.
type AnchorConfig struct {
	// Interval is the least time between two checkpoints. What came after the
	// last one can be changed unseen: it is the exposure. Default 60s; 1h for rfc3161.
	Interval time.Duration `mapstructure:"interval"`

	Directory configoptional.Optional[directory.Config] `mapstructure:"directory"`
	HTTPS     configoptional.Optional[https.Config]     `mapstructure:"https"`
	OTLP      configoptional.Optional[otlp.Config]      `mapstructure:"otlp"`
	RFC3161   configoptional.Optional[rfc3161.Config]   `mapstructure:"rfc3161"`
	Witness   configoptional.Optional[witness.Config]   `mapstructure:"witness"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// Unmarshal puts the defaults in.
func (c *AnchorConfig) Unmarshal(conf *confmap.Conf) error {
	*c = AnchorConfig{
		Directory: configoptional.Default(directory.Config{}),
		HTTPS:     configoptional.Default(*https.NewDefaultConfig()),
		OTLP:      configoptional.Default(*otlp.NewDefaultConfig()),
		RFC3161:   configoptional.Default(*rfc3161.NewDefaultConfig()),
		Witness:   configoptional.Default(*witness.NewDefaultConfig()),
	}
	if err := conf.Unmarshal(c); err != nil {
		return err
	}
	if c.Interval == 0 {
		c.Interval = anchor.DefaultInterval
		if c.RFC3161.HasValue() {
			c.Interval = timestampInterval
		}
	}
	return nil
}

// Validate reports the faults that are not those of one kind.
func (c *AnchorConfig) Validate() error {
	kinds := 0
	for _, has := range []bool{
		c.Directory.HasValue(), c.HTTPS.HasValue(), c.OTLP.HasValue(), c.RFC3161.HasValue(), c.Witness.HasValue(),
	} {
		if has {
			kinds++
		}
	}
	var faults []error
	if kinds != 1 {
		faults = append(faults, fmt.Errorf("must have one of directory, https, otlp, rfc3161 and witness; it has %d", kinds))
	}
	if c.Interval < minAnchorInterval || c.Interval > maxAnchorInterval {
		faults = append(faults, fmt.Errorf("interval: %s is not between %s and %s", c.Interval, minAnchorInterval, maxAnchorInterval))
	}
	return errors.Join(faults...)
}

// anchorName is what an anchor may be called: the name is in metrics and files.
var anchorName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$`)

// validateAnchors reports the faults of the names. Each anchor is validated on its
// own.
func (c *Config) validateAnchors() (faults []error) {
	if len(c.Anchors) > maxAnchors {
		faults = append(faults, fmt.Errorf("anchors: %d, at most %d", len(c.Anchors), maxAnchors))
	}
	for name, a := range c.Anchors {
		if !anchorName.MatchString(name) {
			faults = append(faults, fmt.Errorf("anchors: %q: a name has up to 63 letters, digits, and . _ - /", name))
		}
		if d := a.Directory.Get(); d != nil && c.Directory != "" && d.Path != "" && within(d.Path, c.Directory) {
			faults = append(faults, fmt.Errorf("anchors::%s::directory::path: must not lie in directory: what changes the log would change the anchor", name))
		}
	}
	return faults
}
