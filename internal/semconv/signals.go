package semconv

// Prefixes of the EventName of log records made from other signals. They keep
// a metric's or span's name apart from the events of that name.
const (
	MetricEventPrefix = "metric."
	SpanEventPrefix   = "span."
)

// Fields of the body of a record made from a metric's data point.
const (
	PointMetric       = "metric" // the metric's name
	PointType         = "type"   // gauge, sum, histogram, exponential_histogram, summary
	PointUnit         = "unit"
	PointTemporality  = "temporality" // delta or cumulative
	PointMonotonic    = "monotonic"
	PointStartTime    = "start_time" // RFC 3339
	PointNoValue      = "no_recorded_value"
	PointValue        = "value"
	PointCount        = "count"
	PointSum          = "sum"
	PointMin          = "min"
	PointMax          = "max"
	PointBounds       = "bounds"        // upper bounds of the buckets, without the last
	PointBucketCounts = "bucket_counts" // one more than bounds
	PointScale        = "scale"
	PointZeroCount    = "zero_count"
	PointPositive     = "positive" // {offset, bucket_counts}
	PointNegative     = "negative"
	PointOffset       = "offset"
	PointQuantiles    = "quantiles" // [{quantile, value}]
	PointQuantile     = "quantile"
	PointExemplars    = "exemplars" // how many there were
)

// Fields of the body of a record made from a span.
const (
	SpanName           = "span" // its name
	SpanKind           = "kind"
	SpanParentID       = "parent_span_id"
	SpanTraceState     = "trace_state"
	SpanStatus         = "status"
	SpanStatusCode     = "code"
	SpanStatusMessage  = "message"
	SpanStartTime      = "start_time" // RFC 3339
	SpanEndTime        = "end_time"
	SpanDurationMillis = "duration_ms"
	SpanEvents         = "events"
	SpanLinks          = "links"
	SpanItemName       = "name"
	SpanItemTime       = "time"
	SpanItemAttributes = "attributes"
	SpanLinkTraceID    = "trace_id"
	SpanLinkSpanID     = "span_id"
)

// BodyDropped holds how many items of a list were left out, by the list's name.
const BodyDropped = "dropped"
