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

// batch is the streams of a batch, in the order in which they first occur.
type batch struct {
	streams []*stream
	byKey   map[string]*stream
	records int
}

func (c *converter) convert(ctx context.Context, ld plog.Logs, now time.Time) *batch {
	b := &batch{byKey: make(map[string]*stream)}
	for _, rl := range ld.ResourceLogs().All() {
		resource := rl.Resource().Attributes()
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				c.add(ctx, b, resource, lr, now)
				b.records++
			}
		}
	}
	for _, s := range b.streams {
		s.sortEntries()
	}
	return b
}

func (c *converter) add(ctx context.Context, b *batch, resource pcommon.Map, lr plog.LogRecord, now time.Time) {
	meta := make(push.LabelsAdapter, 0, len(c.metadata)+1)
	for i := range c.metadata {
		if value := fieldValue(&c.metadata[i], resource, lr); value != "" {
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
	line, cut := c.line.encode(resource, lr)
	if cut {
		c.telemetry.ExporterLokiLinesCut.Add(ctx, 1)
	}
	meta, dropped := c.boundMetadata(meta)
	if dropped > 0 {
		c.telemetry.ExporterLokiStructuredMetadataDropped.Add(ctx, int64(dropped))
	}
	s.entries = append(s.entries, newEntry(timestamp(lr, now), line, meta, b.records))
}

func newEntry(at time.Time, line string, meta push.LabelsAdapter, record int) entry {
	size := len(line) + entryOverhead
	for _, m := range meta {
		size += len(m.Name) + len(m.Value) + metadataOverhead
	}
	return entry{
		Entry:  push.Entry{Timestamp: at, Line: line, StructuredMetadata: meta},
		record: record,
		size:   size,
	}
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
	value = fieldValue(&c.labels[i], resource, lr)
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

// route finds the stream of the record at hand: that of its label values, or
// the overflow stream where there are too many streams.
func (c *converter) route(ctx context.Context, b *batch, meta push.LabelsAdapter, now time.Time) (*stream, push.LabelsAdapter) {
	c.key = appendKey(c.key[:0], c.record)
	var avoid bool
	if state := c.table.find(c.key); state != nil {
		avoid = now.Before(state.overflowUntil)
	} else {
		avoid = c.table.crowded(now)
	}
	if avoid {
		if values, changed := c.overflow(c.record); changed {
			return c.stream(b, values, now), c.keepOverflowed(ctx, meta, c.record)
		}
	}
	return c.stream(b, c.record, now), meta
}

// stream finds or makes the batch's stream of the label values.
func (c *converter) stream(b *batch, values []string, now time.Time) *stream {
	c.key = appendKey(c.key[:0], values)
	if s := b.byKey[string(c.key)]; s != nil {
		return s
	}
	s := &stream{key: string(c.key), values: slices.Clone(values)}
	s.state = c.table.get(c.key, now, func() string { return c.formatLabels(values) })
	s.labels = s.state.labels
	b.byKey[s.key] = s
	b.streams = append(b.streams, s)
	return s
}

// formatLabels gives a stream of empty values its first label all the same:
// Loki refuses a stream without labels.
func (c *converter) formatLabels(values []string) string {
	for _, value := range values {
		if value != "" {
			return formatLabels(c.names, values)
		}
	}
	return formatLabels(c.names[:1], []string{"unknown"})
}

// overflow gives up the high-cardinality labels, and reports whether that
// makes another stream.
func (c *converter) overflow(values []string) (_ []string, changed bool) {
	values = slices.Clone(values)
	for i, label := range c.labels {
		if label.HighCardinality && values[i] != "" && values[i] != overflowValue {
			values[i], changed = overflowValue, true
		}
	}
	return values, changed
}

// keepOverflowed counts the labels that overflow gives up and keeps their
// values in the structured metadata.
func (c *converter) keepOverflowed(ctx context.Context, meta push.LabelsAdapter, values []string) push.LabelsAdapter {
	for i, label := range c.labels {
		if label.HighCardinality && values[i] != "" && values[i] != overflowValue {
			c.telemetry.ExporterLokiLabelOverflows.Add(ctx, 1, c.labelAttr[i])
			meta = keepValue(meta, label.Name, values[i])
		}
	}
	return meta
}

// reroute makes a batch of the overflow streams for parts that Loki refused
// because of its stream limit. What has no overflow stream is returned.
func (c *converter) reroute(ctx context.Context, parts []part, now time.Time) (b *batch, hopeless []part) {
	b = &batch{byKey: make(map[string]*stream)}
	for _, p := range parts {
		values, changed := c.overflow(p.stream.values)
		if !changed {
			hopeless = append(hopeless, p)
			continue
		}
		p.stream.state.overflowUntil = now.Add(overflowFor)
		s := c.stream(b, values, now)
		for _, old := range p.entries {
			meta := c.keepOverflowed(ctx, slices.Clone(old.StructuredMetadata), p.stream.values)
			meta, _ = c.boundMetadata(meta)
			s.entries = append(s.entries, newEntry(old.Timestamp, old.Line, meta, old.record))
		}
	}
	for _, s := range b.streams {
		s.sortEntries()
	}
	return b, hopeless
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

// fieldValue looks a value up in its sources, then takes the default.
func fieldValue(f *FieldConfig, resource pcommon.Map, lr plog.LogRecord) string {
	value := f.value(resource, lr)
	for i := 0; value == "" && i < len(f.Fallback); i++ {
		value = f.Fallback[i].value(resource, lr)
	}
	if value == "" {
		return f.Default
	}
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	return value
}

func (s *SourceConfig) value(resource pcommon.Map, lr plog.LogRecord) string {
	switch s.From {
	case SourceResource:
		return lookup(resource, s.Key)
	case SourceAttribute:
		return lookup(lr.Attributes(), s.Key)
	case SourceSeverity:
		return severity(lr)
	case SourceEventName:
		return lr.EventName()
	case SourceTraceID:
		if id := lr.TraceID(); !id.IsEmpty() {
			return id.String()
		}
	case SourceSpanID:
		if id := lr.SpanID(); !id.IsEmpty() {
			return id.String()
		}
	}
	return ""
}

func lookup(m pcommon.Map, key string) string {
	v, found := m.Get(key)
	if !found {
		return ""
	}
	return v.AsString()
}

// severity is the severity's text in upper case, as the body has it; without a
// text the name of the number's range.
func severity(lr plog.LogRecord) string {
	if text := lr.SeverityText(); text != "" {
		return strings.ToUpper(text)
	}
	if n := lr.SeverityNumber(); n != plog.SeverityNumberUnspecified {
		return strings.ToUpper(strings.TrimRight(n.String(), "234"))
	}
	return ""
}
