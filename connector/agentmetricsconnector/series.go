package agentmetricsconnector

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxLabels is how many attributes of a metric come from events.
const maxLabels = 5

// labels are the values of a series' attributes, in the order of its metric's keys.
// An empty one is left out.
type labels [maxLabels]string

// choice is a series, as measurements name it.
type choice struct {
	metric.MeasurementOption
	record []metric.RecordOption // the same: a list for each measurement would cost more
	// What was counted since the metrics were collected last, of counters: an addition
	// here costs a tenth of one there.
	count  int64
	amount float64
}

func newChoice(attributes ...attribute.KeyValue) *choice {
	o := metric.WithAttributeSet(attribute.NewSet(attributes...))
	return &choice{MeasurementOption: o, record: []metric.RecordOption{o}}
}

// series are those that a metric has. At most so many are told apart, for as long as
// the process lives: names come from whom is watched.
type series struct {
	name     string // the metric's
	keys     []string
	fixed    []attribute.KeyValue
	most     int // values' bytes
	limit    int
	known    map[labels]*choice
	overflow *choice
	over     int64   // measurements that went there
	project  *string // of the record that is counted; nil when it is in no metric
}

func newSeries(cfg *Config, project *string, name string, fixed []attribute.KeyValue, keys ...string) *series {
	s := &series{
		name: name, keys: keys, fixed: fixed, most: cfg.MaxAttributeBytes, limit: cfg.MaxSeries,
		known:    make(map[labels]*choice),
		overflow: newChoice(attribute.Bool(semconv.MetricOverflow, true)),
	}
	if cfg.ProjectAttribute {
		s.keys, s.project = append(s.keys, semconv.ProjectName), project
	}
	return s
}

// option is what a measurement with these values is made with.
func (s *series) option(values labels) *choice {
	if s.project != nil {
		values[len(s.keys)-1] = *s.project
	}
	if o, ok := s.known[values]; ok {
		return o // as labels, so they are
	}
	for i := range s.keys {
		values[i] = label(values[i], s.most)
	}
	if o, ok := s.known[values]; ok {
		return o
	}
	if len(s.known) >= s.limit {
		s.over++
		return s.overflow
	}
	all := append(make([]attribute.KeyValue, 0, len(s.fixed)+len(s.keys)), s.fixed...)
	for i, key := range s.keys {
		values[i] = strings.Clone(values[i]) // the record is not kept for it
		if values[i] != "" {
			all = append(all, attribute.String(key, values[i]))
		}
	}
	o := newChoice(all...)
	s.known[values] = o
	return o
}

// all are the series that there are.
func (s *series) all(yield func(*choice) bool) {
	for _, o := range s.known {
		if !yield(o) {
			return
		}
	}
	yield(s.overflow)
}
