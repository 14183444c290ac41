package signallogsconnector

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
)

// maxLimit is the largest value of a limit.
const maxLimit = 100_000

// Config of the signal_logs connector. A limit of 0 leaves the part out.
type Config struct {
	// MaxNameBytes is the longest name of a metric or span, and the longest
	// unit; a longer one is cut. A metric's name is repeated with each of its
	// data points. Default 256.
	MaxNameBytes int `mapstructure:"max_name_bytes"`
	// MaxBuckets is how many buckets of a histogram, or quantiles of a summary,
	// are kept; of a larger one only count, sum, min and max. Default 512.
	MaxBuckets int `mapstructure:"max_buckets"`
	// MaxSpanEvents is how many events of a span are kept. Default 128.
	MaxSpanEvents int `mapstructure:"max_span_events"`
	// MaxSpanLinks is how many links of a span are kept. Default 128.
	MaxSpanLinks int `mapstructure:"max_span_links"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{MaxNameBytes: 256, MaxBuckets: 512, MaxSpanEvents: 128, MaxSpanLinks: 128}
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	within := func(key string, value, least int) {
		if value < least || value > maxLimit {
			faults = append(faults, fmt.Errorf("%s: must be %d to %d, is %d", key, least, maxLimit, value))
		}
	}
	within("max_name_bytes", c.MaxNameBytes, 16)
	within("max_buckets", c.MaxBuckets, 0)
	within("max_span_events", c.MaxSpanEvents, 0)
	within("max_span_links", c.MaxSpanLinks, 0)
	return errors.Join(faults...)
}
