package queuestorageextension

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Defaults and bounds of the configuration.
const (
	DefaultMaxBytes        = 4 << 30
	DefaultSegmentMaxBytes = 16 << 20
	DefaultSyncInterval    = time.Second

	minSegmentBytes = 64 << 10
	maxSegmentBytes = 512 << 20
	minSyncInterval = 10 * time.Millisecond
	maxSyncInterval = time.Minute
	// minSegments is how many segments must fit into max_bytes, so that there is
	// room to move items out of old ones.
	minSegments = 4
)

// Config of the queue_storage extension.
type Config struct {
	// Directory holds one directory for every client. It is made, with its
	// parents, 0700. Required.
	Directory string `mapstructure:"directory"`
	// MaxBytes bounds the journal of one client; beyond it items are refused
	// with a retryable error. Default 4 GiB.
	MaxBytes int64 `mapstructure:"max_bytes"`
	// SegmentMaxBytes is the size at which a segment file is closed. Default 16 MiB.
	SegmentMaxBytes int64 `mapstructure:"segment_max_bytes"`
	// SyncInterval is how long bookkeeping may stay unsynced. Items are always
	// synced at once. Default 1s.
	SyncInterval time.Duration `mapstructure:"sync_interval"`
}

func createDefaultConfig() component.Config {
	return &Config{
		MaxBytes:        DefaultMaxBytes,
		SegmentMaxBytes: DefaultSegmentMaxBytes,
		SyncInterval:    DefaultSyncInterval,
	}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.Directory == "" {
		faults = append(faults, errors.New("directory: must be set: the directory that holds the queues"))
	}
	if c.SegmentMaxBytes < minSegmentBytes || c.SegmentMaxBytes > maxSegmentBytes {
		faults = append(faults, fmt.Errorf("segment_max_bytes: %d is not between %d and %d", c.SegmentMaxBytes, minSegmentBytes, maxSegmentBytes))
	}
	if c.MaxBytes < minSegments*c.SegmentMaxBytes || c.MaxBytes <= 0 {
		faults = append(faults, fmt.Errorf("max_bytes: %d is below %d times segment_max_bytes (%d)", c.MaxBytes, minSegments, c.SegmentMaxBytes))
	}
	if c.SyncInterval < minSyncInterval || c.SyncInterval > maxSyncInterval {
		faults = append(faults, fmt.Errorf("sync_interval: %s is not between %s and %s", c.SyncInterval, minSyncInterval, maxSyncInterval))
	}
	return errors.Join(faults...)
}
