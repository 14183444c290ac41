package auditlogexporter

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Bounds of the configuration.
const (
	minSegmentBytes = 64 << 10
	maxSegmentBytes = 16 << 30
	minSegmentAge   = time.Minute
	minRecordBytes  = 4 << 10
	maxWindow       = 10_000_000
	minCheckpoint   = 10 * time.Millisecond
	maxCheckpoint   = time.Minute
	minEpoch        = time.Minute
	minHeartbeat    = time.Second
	maxHeartbeat    = time.Hour
	minRetentionAge = time.Hour
)

// Config of the audit_log exporter.
type Config struct {
	// Directory holds the log. It is made, with its parents, 0700. Required.
	Directory string `mapstructure:"directory"`
	// SegmentMaxBytes is the size at which a segment file is closed. Default 64 MiB.
	SegmentMaxBytes int64 `mapstructure:"segment_max_bytes"`
	// SegmentMaxAge is the age at which a segment file is closed. Default 24h.
	SegmentMaxAge time.Duration `mapstructure:"segment_max_age"`
	// MaxRecordBytes is the longest record stored whole. Default 4 MiB.
	MaxRecordBytes int `mapstructure:"max_record_bytes"`
	// DuplicateWindow is how many event ids are remembered to recognise a record
	// that is handed in again; 0 turns that off. Default 100000.
	DuplicateWindow int `mapstructure:"duplicate_window"`
	// KeyDirectory holds the keys that sign the log's checkpoints. It belongs to
	// this log alone and must not lie in Directory. Default: keys, beside Directory.
	KeyDirectory string `mapstructure:"key_directory"`
	// CheckpointInterval is how long a record can wait for a signed checkpoint
	// that covers it. Default 750ms.
	CheckpointInterval time.Duration `mapstructure:"checkpoint_interval"`
	// KeyEpoch is how long a key signs before another takes its place; each start
	// changes it, too. Default 24h.
	KeyEpoch time.Duration `mapstructure:"key_epoch"`
	// HeartbeatInterval is the time between records that say that the log is
	// open. Default 1m.
	HeartbeatInterval time.Duration `mapstructure:"heartbeat_interval"`
	// RetentionMaxBytes is the size of all segments above which the oldest is
	// removed; 0, the default, keeps all.
	RetentionMaxBytes int64 `mapstructure:"retention_max_bytes"`
	// RetentionMaxAge is the time since its last write after which a closed segment
	// is removed; 0, the default, keeps all.
	RetentionMaxAge time.Duration `mapstructure:"retention_max_age"`
	// Anchors are the places off the host that are given the log's checkpoints,
	// each under a name of one's own. Default none.
	Anchors map[string]AnchorConfig `mapstructure:"anchors"`
}

func createDefaultConfig() component.Config {
	return &Config{
		SegmentMaxBytes: auditlog.DefaultSegmentMaxBytes,
		SegmentMaxAge:   auditlog.DefaultSegmentMaxAge,
		MaxRecordBytes:  auditlog.DefaultMaxRecordBytes,
		DuplicateWindow: auditlog.DefaultDuplicateWindow,

		CheckpointInterval: auditlog.DefaultCheckpointInterval,
		KeyEpoch:           auditlog.DefaultEpochInterval,
		HeartbeatInterval:  auditlog.DefaultHeartbeatInterval,
	}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.Directory == "" {
		faults = append(faults, errors.New("directory: must be set: the directory that holds the audit log"))
	}
	if c.SegmentMaxBytes < minSegmentBytes || c.SegmentMaxBytes > maxSegmentBytes {
		faults = append(faults, fmt.Errorf("segment_max_bytes: %d is not between %d and %d", c.SegmentMaxBytes, int64(minSegmentBytes), int64(maxSegmentBytes)))
	}
	if c.SegmentMaxAge < minSegmentAge {
		faults = append(faults, fmt.Errorf("segment_max_age: %s is below %s", c.SegmentMaxAge, minSegmentAge))
	}
	if c.MaxRecordBytes < minRecordBytes || c.MaxRecordBytes > auditlog.LimitRecordBytes {
		faults = append(faults, fmt.Errorf("max_record_bytes: %d is not between %d and %d", c.MaxRecordBytes, minRecordBytes, auditlog.LimitRecordBytes))
	}
	if c.DuplicateWindow < 0 || c.DuplicateWindow > maxWindow {
		faults = append(faults, fmt.Errorf("duplicate_window: %d is not between 0 and %d", c.DuplicateWindow, maxWindow))
	}
	faults = append(faults, c.validateSigning()...)
	faults = append(faults, c.validateAnchors()...)
	if c.RetentionMaxBytes != 0 && c.RetentionMaxBytes < 2*c.SegmentMaxBytes {
		faults = append(faults, fmt.Errorf("retention_max_bytes: %d is less than two segments of segment_max_bytes; 0 keeps all", c.RetentionMaxBytes))
	}
	if c.RetentionMaxAge != 0 && c.RetentionMaxAge < minRetentionAge {
		faults = append(faults, fmt.Errorf("retention_max_age: %s is below %s; 0 keeps all", c.RetentionMaxAge, minRetentionAge))
	}
	return errors.Join(faults...)
}

func (c *Config) validateSigning() (faults []error) {
	if c.KeyDirectory != "" && c.Directory != "" && within(c.KeyDirectory, c.Directory) {
		faults = append(faults, errors.New("key_directory: must not lie in directory: whoever gets the log would get the keys that sign it"))
	}
	if c.CheckpointInterval < minCheckpoint || c.CheckpointInterval > maxCheckpoint {
		faults = append(faults, fmt.Errorf("checkpoint_interval: %s is not between %s and %s", c.CheckpointInterval, minCheckpoint, maxCheckpoint))
	}
	if c.KeyEpoch < minEpoch {
		faults = append(faults, fmt.Errorf("key_epoch: %s is below %s", c.KeyEpoch, minEpoch))
	}
	if c.HeartbeatInterval < minHeartbeat || c.HeartbeatInterval > maxHeartbeat {
		faults = append(faults, fmt.Errorf("heartbeat_interval: %s is not between %s and %s", c.HeartbeatInterval, minHeartbeat, maxHeartbeat))
	}
	return faults
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// keyDirectory is where the keys are.
func (c *Config) keyDirectory() string {
	if c.KeyDirectory != "" {
		return c.KeyDirectory
	}
	return filepath.Join(filepath.Dir(filepath.Clean(c.Directory)), "keys")
}

func (c *Config) options(o auditlog.Observer) auditlog.Options {
	window := c.DuplicateWindow
	if window == 0 {
		window = -1
	}
	return auditlog.Options{
		SegmentMaxBytes: c.SegmentMaxBytes,
		SegmentMaxAge:   c.SegmentMaxAge,
		MaxRecordBytes:  c.MaxRecordBytes,
		DuplicateWindow: window,
		Observer:        o,

		KeyDir:             c.keyDirectory(),
		Version:            version.Version,
		CheckpointInterval: c.CheckpointInterval,
		EpochInterval:      c.KeyEpoch,
		HeartbeatInterval:  c.HeartbeatInterval,
		RetentionMaxBytes:  c.RetentionMaxBytes,
		RetentionMaxAge:    c.RetentionMaxAge,
	}
}
