package auditlogexporter

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Bounds of the configuration.
const (
	minSegmentBytes = 64 << 10
	maxSegmentBytes = 16 << 30
	minSegmentAge   = time.Minute
	minRecordBytes  = 4 << 10
	maxWindow       = 10_000_000
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
}

func createDefaultConfig() component.Config {
	return &Config{
		SegmentMaxBytes: auditlog.DefaultSegmentMaxBytes,
		SegmentMaxAge:   auditlog.DefaultSegmentMaxAge,
		MaxRecordBytes:  auditlog.DefaultMaxRecordBytes,
		DuplicateWindow: auditlog.DefaultDuplicateWindow,
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
	return errors.Join(faults...)
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
	}
}
