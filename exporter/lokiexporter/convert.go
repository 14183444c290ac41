package lokiexporter

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/grafana/loki/pkg/push"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

// entryOverhead is an upper bound of what protobuf adds to an entry (time,
// tags, lengths), metadataOverhead of what it adds to one metadata entry.
const (
	entryOverhead    = 48
	metadataOverhead = 16
)

// overflowSuffix names the structured metadata with the real value of a label
// that overflowed or was cut.
const overflowSuffix = "_value"

// converter turns records into the streams of a batch. Not safe for
// concurrent use.
type converter struct {
	labels    []FieldConfig // in the order of their names
	names     []string
	values    []*valueSet // by the index of the label
	metadata  []FieldConfig
	limits    LimitsConfig
	line      lineEncoder
	table     *streamTable
	telemetry *metadata.TelemetryBuilder
	labelAttr []metric.AddOption // by the index of the label

	// reused from record to record
	record []string
	key    []byte
	meta   push.LabelsAdapter
	id     []byte

	spare *batch // reused from batch to batch
}

func newConverter(cfg *Config, telemetry *metadata.TelemetryBuilder) *converter {
	c := &converter{
		labels:    slices.Clone(cfg.Labels),
		metadata:  cfg.StructuredMetadata,
		limits:    cfg.Limits,
		line:      lineEncoder{config: cfg.Line, maxBytes: cfg.Limits.MaxLineBytes},
		table:     newStreamTable(cfg.Limits.MaxStreams, cfg.Limits.LabelValueIdle),
		telemetry: telemetry,
		record:    make([]string, len(cfg.Labels)),
	}
	slices.SortFunc(c.labels, func(a, b FieldConfig) int { return cmp.Compare(a.Name, b.Name) })
	for _, label := range c.labels {
		limit := label.MaxValues
		if limit == 0 {
			limit = defaultMaxValues
			if label.HighCardinality {
				limit = defaultMaxValuesHighCar
			}
		}
		c.names = append(c.names, label.Name)
		c.values = append(c.values, newValueSet(limit, cfg.Limits.LabelValueIdle))
		c.labelAttr = append(c.labelAttr, metric.WithAttributeSet(attribute.NewSet(attribute.String("label", label.Name))))
	}
	return c
}

// convert makes the streams of ld. The batch is to be released when nothing of it is used
// any more, or not at all.
func (c *converter) convert(ctx context.Context, ld plog.Logs, now time.Time) *batch {
	b := c.batch()
	for _, rl := range ld.ResourceLogs().All() {
		resource := rl.Resource().Attributes()
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				c.add(ctx, b, resource, lr, now)
				b.records++
			}
		}
	}
	b.arrange()
	return b
}

func (c *converter) add(ctx context.Context, b *batch, resource pcommon.Map, lr plog.LogRecord, now time.Time) {
	meta := c.meta[:0]
	for i := range c.metadata {
		if value := c.fieldValue(&c.metadata[i], resource, lr); value != "" {
			meta = append(meta, push.LabelAdapter{Name: c.metadata[i].Name, Value: value})
		}
	}
	for i := range c.labels {
		var real string
		c.record[i], real = c.labelValue(ctx, i, resource, lr, now)
		if real != "" {
			meta = keepValue(meta, c.names[i], real)
		}
	}
	s, meta := c.route(ctx, b, meta, now)
	line, cut := c.line.bytes(resource, lr)
	if cut {
		c.telemetry.ExporterLokiLinesCut.Add(ctx, 1)
	}
	meta, dropped := c.boundMetadata(meta)
	if dropped > 0 {
		c.telemetry.ExporterLokiStructuredMetadataDropped.Add(ctx, int64(dropped))
	}
	b.add(s, timestamp(lr, now), line, meta)
	clear(meta)
	c.meta = meta[:0]
}

func newEntry(at time.Time, line string, meta push.LabelsAdapter, record int) entry {
	return entry{
		Entry:  push.Entry{Timestamp: at, Line: line, StructuredMetadata: meta},
		record: record,
		size:   entrySize(len(line), meta),
	}
}

func entrySize(line int, meta push.LabelsAdapter) int {
	size := line + entryOverhead
	for _, m := range meta {
		size += len(m.Name) + len(m.Value) + metadataOverhead
	}
	return size
}

// timestamp is exact to the nanosecond: a record sent again must be the same
// entry, which Loki stores once.
func timestamp(lr plog.LogRecord, now time.Time) time.Time {
	switch {
	case lr.Timestamp() != 0:
		return lr.Timestamp().AsTime()
	case lr.ObservedTimestamp() != 0:
		return lr.ObservedTimestamp().AsTime()
	default:
		return now
	}
}

// labelValue returns the value of a label within its limits, and the real one
// when it differs.
func (c *converter) labelValue(ctx context.Context, i int, resource pcommon.Map, lr plog.LogRecord, now time.Time) (value, real string) {
	value = c.fieldValue(&c.labels[i], resource, lr)
	if value == "" {
		return "", ""
	}
	if strings.ContainsRune(value, utf8.RuneError) {
		// Loki refuses the whole push because of one such label.
		value = strings.ReplaceAll(value, "\uFFFD", "?")
	}
	if len(value) > c.limits.MaxLabelValueBytes {
		real = value
		value = value[:boundary(value, c.limits.MaxLabelValueBytes)]
		c.telemetry.ExporterLokiLabelValuesCut.Add(ctx, 1, c.labelAttr[i])
	}
	if !c.values[i].admit(value, now) {
		c.telemetry.ExporterLokiLabelOverflows.Add(ctx, 1, c.labelAttr[i])
		return overflowValue, cmp.Or(real, value)
	}
	return value, real
}

// keepValue adds the real value of a label, unless structured metadata has it.
func keepValue(meta push.LabelsAdapter, label, value string) push.LabelsAdapter {
	for _, m := range meta {
		if m.Value == value {
			return meta
		}
	}
	return append(meta, push.LabelAdapter{Name: label + overflowSuffix, Value: value})
}

// boundMetadata leaves out the largest entries until the limits are kept.
func (c *converter) boundMetadata(meta push.LabelsAdapter) (_ push.LabelsAdapter, dropped int) {
	size := 0
	for _, m := range meta {
		size += len(m.Name) + len(m.Value)
	}
	for len(meta) > c.limits.MaxStructuredMetadataEntries || size > c.limits.MaxStructuredMetadataBytes {
		largest, most := 0, -1
		for i, m := range meta {
			if n := len(m.Name) + len(m.Value); n > most {
				largest, most = i, n
			}
		}
		meta = slices.Delete(meta, largest, largest+1)
		size -= most
		dropped++
	}
	return meta, dropped
}
