package directory

import (
	"errors"
	"path/filepath"
)

// Config of a directory as an anchor.
type Config struct {
	// Path is the directory. It must exist: what is made by itself on the host's
	// own disk when a mount is missing is no anchor.
	Path string `mapstructure:"path"`
	// AllowSameFilesystem takes a directory on the file system that has the audit
	// log. Without it that means: the mount is missing. Default false.
	AllowSameFilesystem bool `mapstructure:"allow_same_filesystem"`
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	switch {
	case c.Path == "":
		return errors.New("path: must be set: the directory that takes the checkpoints")
	case !filepath.IsAbs(c.Path):
		return errors.New("path: must be absolute")
	}
	return nil
}
