package secretredactionprocessor

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Bounds of the configuration.
const (
	minRecordTimeout = time.Millisecond
	maxRecordTimeout = 10 * time.Second
)

// Config of the secret_redaction processor.
type Config struct {
	// KeyFile holds the key of the hashes in the marks; it is made when there is
	// none. Default: keys/redaction.key in the state directory, where claude-hook
	// has its own from.
	KeyFile string `mapstructure:"key_file"`
	// RecordTimeout is how long one record is searched. What is left then loses
	// everything that looks like a token. Default 50ms.
	RecordTimeout time.Duration `mapstructure:"record_timeout"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	cfg := &Config{RecordTimeout: 50 * time.Millisecond}
	if dir, err := statedir.Default(); err == nil { // Validate says when there is none
		cfg.KeyFile = dir.RedactionKey()
	}
	return cfg
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if !filepath.IsAbs(c.KeyFile) {
		faults = append(faults, fmt.Errorf("key_file: must be an absolute path, is %q (or set %s)", c.KeyFile, statedir.EnvHome))
	}
	if c.RecordTimeout < minRecordTimeout || c.RecordTimeout > maxRecordTimeout {
		faults = append(faults, fmt.Errorf("record_timeout: must be %s to %s, is %s", minRecordTimeout, maxRecordTimeout, c.RecordTimeout))
	}
	return errors.Join(faults...)
}
