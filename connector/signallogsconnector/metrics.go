package signallogsconnector

import (
	"math"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// series is what the data points of a metric share.
type series struct {
	*conversion
	records     plog.LogRecordSlice
	name        string
	unit        string
	kind        string
	temporality string
	sum         bool
	monotonic   bool
}

// point is what all kinds of data points have.
type point interface {
	Timestamp() pcommon.Timestamp
	StartTimestamp() pcommon.Timestamp
	Attributes() pcommon.Map
	Flags() pmetric.DataPointFlags
}

func (cv *conversion) metric(m pmetric.Metric, records plog.LogRecordSlice) {
	s := series{conversion: cv, records: records, name: cv.name(m.Name()), unit: cv.name(m.Unit())}
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		s.kind = "gauge"
		s.numbers(m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		s.kind, s.sum, s.monotonic = "sum", true, m.Sum().IsMonotonic()
		s.temporality = temporality(m.Sum().AggregationTemporality())
		s.numbers(m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		s.kind, s.temporality = "histogram", temporality(m.Histogram().AggregationTemporality())
		for _, p := range m.Histogram().DataPoints().All() {
			s.histogram(p)
		}
	case pmetric.MetricTypeExponentialHistogram:
		s.kind, s.temporality = "exponential_histogram", temporality(m.ExponentialHistogram().AggregationTemporality())
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			s.exponential(p)
		}
	case pmetric.MetricTypeSummary:
		s.kind = "summary"
		for _, p := range m.Summary().DataPoints().All() {
			s.summary(p)
		}
	case pmetric.MetricTypeEmpty: // no points
	}
}

func temporality(t pmetric.AggregationTemporality) string {
	if t == pmetric.AggregationTemporalityUnspecified {
		return ""
	}
	return strings.ToLower(t.String())
}

// body appends the record of a point and returns its body, which holds what
// the points of the metric share.
func (s series) body(p point) pcommon.Map {
	at := p.Timestamp()
	if at == 0 {
		at = s.observed
	}
	r := s.record(s.records, semconv.MetricEventPrefix+s.name, at, p.Attributes())
	body := r.Body().SetEmptyMap()
	body.PutStr(semconv.PointMetric, s.name)
	body.PutStr(semconv.PointType, s.kind)
	putText(body, semconv.PointUnit, s.unit)
	putText(body, semconv.PointTemporality, s.temporality)
	if s.sum {
		body.PutBool(semconv.PointMonotonic, s.monotonic)
	}
	putTime(body, semconv.PointStartTime, p.StartTimestamp())
	if p.Flags().NoRecordedValue() {
		body.PutBool(semconv.PointNoValue, true)
	}
	return body
}

func (s series) numbers(points pmetric.NumberDataPointSlice) {
	for _, p := range points.All() {
		body := s.body(p)
		switch p.ValueType() {
		case pmetric.NumberDataPointValueTypeInt:
			body.PutInt(semconv.PointValue, p.IntValue())
		case pmetric.NumberDataPointValueTypeDouble:
			body.PutDouble(semconv.PointValue, p.DoubleValue())
		case pmetric.NumberDataPointValueTypeEmpty:
		}
		putCount(body, semconv.PointExemplars, p.Exemplars().Len())
	}
}

func (s series) histogram(p pmetric.HistogramDataPoint) {
	body := s.body(p)
	putUint(body, semconv.PointCount, p.Count())
	putIf(body, semconv.PointSum, p.HasSum(), p.Sum)
	putIf(body, semconv.PointMin, p.HasMin(), p.Min)
	putIf(body, semconv.PointMax, p.HasMax(), p.Max)
	if n := p.BucketCounts().Len(); n > 0 && s.fits(body, partBuckets, semconv.PointBucketCounts, max(n, p.ExplicitBounds().Len())) {
		bounds := body.PutEmptySlice(semconv.PointBounds)
		bounds.EnsureCapacity(p.ExplicitBounds().Len())
		for _, b := range p.ExplicitBounds().All() {
			bounds.AppendEmpty().SetDouble(b)
		}
		putCounts(body, p.BucketCounts())
	}
	putCount(body, semconv.PointExemplars, p.Exemplars().Len())
}

func (s series) exponential(p pmetric.ExponentialHistogramDataPoint) {
	body := s.body(p)
	putUint(body, semconv.PointCount, p.Count())
	putIf(body, semconv.PointSum, p.HasSum(), p.Sum)
	putIf(body, semconv.PointMin, p.HasMin(), p.Min)
	putIf(body, semconv.PointMax, p.HasMax(), p.Max)
	body.PutInt(semconv.PointScale, int64(p.Scale()))
	putUint(body, semconv.PointZeroCount, p.ZeroCount())
	n := p.Positive().BucketCounts().Len() + p.Negative().BucketCounts().Len()
	if n > 0 && s.fits(body, partBuckets, semconv.PointBucketCounts, n) {
		putBuckets(body, semconv.PointPositive, p.Positive())
		putBuckets(body, semconv.PointNegative, p.Negative())
	}
	putCount(body, semconv.PointExemplars, p.Exemplars().Len())
}

func (s series) summary(p pmetric.SummaryDataPoint) {
	body := s.body(p)
	putUint(body, semconv.PointCount, p.Count())
	body.PutDouble(semconv.PointSum, p.Sum())
	if n := p.QuantileValues().Len(); n > 0 && s.fits(body, partQuantiles, semconv.PointQuantiles, n) {
		list := body.PutEmptySlice(semconv.PointQuantiles)
		list.EnsureCapacity(n)
		for _, q := range p.QuantileValues().All() {
			item := list.AppendEmpty().SetEmptyMap()
			item.PutDouble(semconv.PointQuantile, q.Quantile())
			item.PutDouble(semconv.PointValue, q.Value())
		}
	}
}

func putBuckets(body pcommon.Map, key string, b pmetric.ExponentialHistogramDataPointBuckets) {
	if b.BucketCounts().Len() == 0 {
		return
	}
	m := body.PutEmptyMap(key)
	m.PutInt(semconv.PointOffset, int64(b.Offset()))
	putCounts(m, b.BucketCounts())
}

func putCounts(m pcommon.Map, counts pcommon.UInt64Slice) {
	list := m.PutEmptySlice(semconv.PointBucketCounts)
	list.EnsureCapacity(counts.Len())
	for _, n := range counts.All() {
		setUint(list.AppendEmpty(), n)
	}
}

func putCount(m pcommon.Map, key string, n int) {
	if n > 0 {
		m.PutInt(key, int64(n))
	}
}

func putIf(m pcommon.Map, key string, has bool, value func() float64) {
	if has {
		m.PutDouble(key, value())
	}
}

func putUint(m pcommon.Map, key string, n uint64) { setUint(m.PutEmpty(key), n) }

// setUint keeps a count that an integer value cannot hold as a float.
func setUint(v pcommon.Value, n uint64) {
	if n > math.MaxInt64 {
		v.SetDouble(float64(n))
		return
	}
	v.SetInt(int64(n))
}
