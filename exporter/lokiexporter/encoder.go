package lokiexporter

import (
	"context"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

// Entry is what the exporter stores in Loki of a record.
type Entry struct {
	// Time is the zero time for a record that tells no time of its own: the
	// exporter gives it the time at which it is sent.
	Time     time.Time
	Labels   map[string]string // of the stream
	Line     string
	Metadata map[string]string // structured metadata
}

// Encoder makes the entries of records without sending them, for who compares
// what Loki has with what it should have. Limits that depend on other records
// (max_values, max_streams) are not applied. Not safe for concurrent use.
type Encoder struct{ converter *converter }

// NewEncoder returns the encoder of an exporter with this configuration.
func NewEncoder(cfg *Config) (*Encoder, error) {
	telemetry, err := metadata.NewTelemetryBuilder(component.TelemetrySettings{MeterProvider: noop.NewMeterProvider()})
	if err != nil {
		return nil, fmt.Errorf("make the encoder: %w", err)
	}
	return &Encoder{newConverter(cfg, telemetry)}, nil
}

// Encode returns the entries of the records of ld, in their order.
func (e *Encoder) Encode(ld plog.Logs) []Entry {
	c := e.converter
	for i := range c.values { // nothing is remembered from call to call
		c.values[i] = newValueSet(math.MaxInt, time.Hour)
	}
	c.table = newStreamTable(math.MaxInt/2, time.Hour)
	b := c.convert(context.Background(), ld, time.Time{}) // only metrics that nobody reads take it
	entries := make([]Entry, b.records)
	for _, s := range b.streams {
		labels := make(map[string]string, len(c.names))
		for i, name := range c.names {
			if s.values[i] != "" {
				labels[name] = s.values[i]
			}
		}
		if len(labels) == 0 {
			labels[c.names[0]] = unknownLabel
		}
		for i := range s.entries {
			from := &s.entries[i]
			to := &entries[from.record]
			*to = Entry{Time: from.Timestamp, Labels: labels, Line: from.Line, Metadata: make(map[string]string, len(from.StructuredMetadata))}
			for _, m := range from.StructuredMetadata {
				to.Metadata[m.Name] = m.Value
			}
		}
	}
	return entries
}
