package file

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Formats of the lines.
const (
	FormatJSON = "json" // notify.Message
	FormatText = "text"
)

// Config says where notifications are written.
type Config struct {
	// Path of the file. Default: alerts/security-alerts.log in the state directory.
	Path string `mapstructure:"path"`
	// Format of the lines: json (the default) or text.
	Format string `mapstructure:"format"`
	// MaxBytes is the size at which the file is renamed to <path>.1. 4 KiB to 1 GiB,
	// default 10 MiB.
	MaxBytes int64 `mapstructure:"max_bytes"`
	// Keep is how many renamed files stay. 0 to 100, default 5.
	Keep int `mapstructure:"keep"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults, but for the path.
func DefaultConfig() Config { return Config{Format: FormatJSON, MaxBytes: 10 << 20, Keep: 5} }

// Validate reports all faults.
func (c *Config) Validate() error {
	var faults []error
	switch {
	case c.Path == "":
		faults = append(faults, errors.New("path: must be set"))
	case !filepath.IsAbs(c.Path):
		faults = append(faults, fmt.Errorf("path: %q must be an absolute path", c.Path))
	}
	if c.Format != FormatJSON && c.Format != FormatText {
		faults = append(faults, fmt.Errorf("format: %q is neither %s nor %s", c.Format, FormatJSON, FormatText))
	}
	if c.MaxBytes < 4<<10 || c.MaxBytes > 1<<30 {
		faults = append(faults, fmt.Errorf("max_bytes: %d is not between 4096 and %d", c.MaxBytes, 1<<30))
	}
	if c.Keep < 0 || c.Keep > 100 {
		faults = append(faults, fmt.Errorf("keep: %d is not between 0 and 100", c.Keep))
	}
	return errors.Join(faults...)
}
