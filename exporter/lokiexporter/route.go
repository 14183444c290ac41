package lokiexporter

import (
	"context"
	"slices"
	"time"

	"github.com/grafana/loki/pkg/push"
)

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
	state := c.table.get(c.key, now, func() string { return c.formatLabels(values) })
	s := &stream{key: state.key, values: state.values, labels: state.labels, state: state}
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
	return formatLabels(c.names[:1], []string{unknownLabel})
}

// unknownLabel is the value of a label that only keeps a stream from having none.
const unknownLabel = "unknown"

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
