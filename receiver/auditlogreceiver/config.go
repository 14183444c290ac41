package auditlogreceiver

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Bounds of the configuration.
const (
	maxBatchRecords = 10_000
	maxFlush        = time.Minute
	maxEvents       = 64
	maxBodyFields   = 64
)

// windowHeartbeat is a window from one record of the log's own to the next.
const windowHeartbeat = "heartbeat"

// Where a receiver without a cursor begins.
const (
	startBeginning = "beginning"
	startEnd       = "end"
)

// Config of the audit_log receiver.
type Config struct {
	// Directory is that of the audit_log exporter, in this collector. Required.
	Directory string `mapstructure:"directory"`
	// CursorDirectory holds the file that says how far the pipeline has taken the
	// log. Default: queue, beside Directory.
	CursorDirectory string `mapstructure:"cursor_directory"`
	// StartAt is where a receiver without a cursor begins: beginning (the default)
	// or end.
	StartAt string `mapstructure:"start_at"`
	// Events are the event types that are delivered, such as security_alert; the
	// cursor passes the others. Empty: all.
	Events []string `mapstructure:"events"`
	// BodyFields are the top-level fields of a record's body that are delivered;
	// bodies that are no map are not. Empty: the whole body.
	BodyFields []string `mapstructure:"body_fields"`
	// Batch says how records are put together.
	Batch BatchConfig `mapstructure:"batch"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// BatchConfig says how records are put together.
type BatchConfig struct {
	// FlushTimeout is how long a record waits for more. Default 200ms.
	FlushTimeout time.Duration `mapstructure:"flush_timeout"`
	// MaxRecords is how many records make a batch at most. A batch is larger when
	// a single request to the collector was. Default 1000.
	MaxRecords int `mapstructure:"max_records"`
	// Window, when it is heartbeat, has the log alone decide where batches end: at
	// each record of its own, such as the heartbeat that it writes every minute, and
	// between them behind every MaxRecords records. A batch that is delivered again
	// then is the same batch. FlushTimeout means nothing. Empty, the default: no window.
	Window string `mapstructure:"window"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	return &Config{
		StartAt: startBeginning,
		Batch:   BatchConfig{FlushTimeout: 200 * time.Millisecond, MaxRecords: 1_000},
	}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.Directory == "" {
		faults = append(faults, errors.New("directory: must be set: the directory of the audit_log exporter"))
	}
	if c.StartAt != startBeginning && c.StartAt != startEnd {
		faults = append(faults, fmt.Errorf("start_at: %q is neither %s nor %s", c.StartAt, startBeginning, startEnd))
	}
	if len(c.Events) > maxEvents {
		faults = append(faults, fmt.Errorf("events: %d are more than %d", len(c.Events), maxEvents))
	}
	for i, e := range c.Events {
		if e == "" {
			faults = append(faults, fmt.Errorf("events[%d]: must not be empty", i))
		}
	}
	if len(c.BodyFields) > maxBodyFields {
		faults = append(faults, fmt.Errorf("body_fields: %d are more than %d", len(c.BodyFields), maxBodyFields))
	}
	for i, f := range c.BodyFields {
		if f == "" {
			faults = append(faults, fmt.Errorf("body_fields[%d]: must not be empty", i))
		}
	}
	if w := c.Batch.Window; w != "" && w != windowHeartbeat {
		faults = append(faults, fmt.Errorf("batch.window: %q must be %s, or empty for none", w, windowHeartbeat))
	} else if w != "" && len(c.Events) > 0 {
		faults = append(faults, errors.New("batch.window: cannot be used together with events: records that are left out would be counted"))
	}
	if c.Batch.FlushTimeout < 0 || c.Batch.FlushTimeout > maxFlush {
		faults = append(faults, fmt.Errorf("batch.flush_timeout: %s is not between 0 and %s", c.Batch.FlushTimeout, maxFlush))
	}
	if c.Batch.MaxRecords < 1 || c.Batch.MaxRecords > maxBatchRecords {
		faults = append(faults, fmt.Errorf("batch.max_records: %d is not between 1 and %d", c.Batch.MaxRecords, maxBatchRecords))
	}
	return errors.Join(faults...)
}

func (c *Config) cursorDirectory() string {
	if c.CursorDirectory != "" {
		return c.CursorDirectory
	}
	return filepath.Join(filepath.Dir(filepath.Clean(c.Directory)), "queue")
}
