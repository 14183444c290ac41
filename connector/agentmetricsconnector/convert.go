package agentmetricsconnector

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// convert makes the collector's form of what was collected. It fails for what no
// instrument of ours gives.
func convert(rm *metricdata.ResourceMetrics, resource pcommon.Resource) (pmetric.Metrics, error) {
	md := pmetric.NewMetrics()
	for _, sm := range rm.ScopeMetrics {
		out := md.ResourceMetrics().AppendEmpty()
		resource.CopyTo(out.Resource())
		scope := out.ScopeMetrics().AppendEmpty()
		scope.Scope().SetName(sm.Scope.Name)
		scope.Scope().SetVersion(sm.Scope.Version)
		scope.Metrics().EnsureCapacity(len(sm.Metrics))
		for _, m := range sm.Metrics {
			to := scope.Metrics().AppendEmpty()
			to.SetName(m.Name)
			to.SetDescription(m.Description)
			to.SetUnit(m.Unit)
			if err := data(m.Data, to); err != nil {
				return md, fmt.Errorf("convert metric %s: %w", m.Name, err)
			}
		}
	}
	return md, nil
}

func data(from metricdata.Aggregation, to pmetric.Metric) error {
	switch d := from.(type) {
	case metricdata.Sum[int64]:
		sum(d, to, pmetric.NumberDataPoint.SetIntValue)
	case metricdata.Sum[float64]:
		sum(d, to, pmetric.NumberDataPoint.SetDoubleValue)
	case metricdata.Histogram[float64]:
		h := to.SetEmptyHistogram()
		h.SetAggregationTemporality(temporalityOf(d.Temporality))
		for _, p := range d.DataPoints {
			bucketed(p, h.DataPoints().AppendEmpty())
		}
	case metricdata.ExponentialHistogram[float64]:
		h := to.SetEmptyExponentialHistogram()
		h.SetAggregationTemporality(temporalityOf(d.Temporality))
		for _, p := range d.DataPoints {
			exponential(p, h.DataPoints().AppendEmpty())
		}
	default:
		return fmt.Errorf("unexpected kind %T", from)
	}
	return nil
}

func sum[N int64 | float64](d metricdata.Sum[N], to pmetric.Metric, set func(pmetric.NumberDataPoint, N)) {
	s := to.SetEmptySum()
	s.SetIsMonotonic(d.IsMonotonic)
	s.SetAggregationTemporality(temporalityOf(d.Temporality))
	s.DataPoints().EnsureCapacity(len(d.DataPoints))
	for _, p := range d.DataPoints {
		q := s.DataPoints().AppendEmpty()
		q.SetStartTimestamp(pcommon.NewTimestampFromTime(p.StartTime))
		q.SetTimestamp(pcommon.NewTimestampFromTime(p.Time))
		attributes(p.Attributes, q.Attributes())
		set(q, p.Value)
	}
}

func bucketed(p metricdata.HistogramDataPoint[float64], q pmetric.HistogramDataPoint) {
	q.SetStartTimestamp(pcommon.NewTimestampFromTime(p.StartTime))
	q.SetTimestamp(pcommon.NewTimestampFromTime(p.Time))
	attributes(p.Attributes, q.Attributes())
	q.SetCount(p.Count)
	q.SetSum(p.Sum)
	extreme(p.Min, q.SetMin)
	extreme(p.Max, q.SetMax)
	q.ExplicitBounds().FromRaw(p.Bounds)
	q.BucketCounts().FromRaw(p.BucketCounts)
	exemplars(p.Exemplars, q.Exemplars())
}

func exponential(p metricdata.ExponentialHistogramDataPoint[float64], q pmetric.ExponentialHistogramDataPoint) {
	q.SetStartTimestamp(pcommon.NewTimestampFromTime(p.StartTime))
	q.SetTimestamp(pcommon.NewTimestampFromTime(p.Time))
	attributes(p.Attributes, q.Attributes())
	q.SetCount(p.Count)
	q.SetSum(p.Sum)
	extreme(p.Min, q.SetMin)
	extreme(p.Max, q.SetMax)
	q.SetScale(p.Scale)
	q.SetZeroCount(p.ZeroCount)
	q.SetZeroThreshold(p.ZeroThreshold)
	q.Positive().SetOffset(p.PositiveBucket.Offset)
	q.Positive().BucketCounts().FromRaw(p.PositiveBucket.Counts)
	exemplars(p.Exemplars, q.Exemplars())
}

func extreme(e metricdata.Extrema[float64], set func(float64)) {
	if v, ok := e.Value(); ok {
		set(v)
	}
}

func exemplars(list []metricdata.Exemplar[float64], to pmetric.ExemplarSlice) {
	for _, e := range list {
		x := to.AppendEmpty()
		x.SetTimestamp(pcommon.NewTimestampFromTime(e.Time))
		x.SetDoubleValue(e.Value)
		var traceID pcommon.TraceID
		var spanID pcommon.SpanID
		copy(traceID[:], e.TraceID)
		copy(spanID[:], e.SpanID)
		x.SetTraceID(traceID)
		x.SetSpanID(spanID)
	}
}

func attributes(set attribute.Set, to pcommon.Map) {
	to.EnsureCapacity(set.Len())
	for _, kv := range set.ToSlice() {
		if kv.Value.Type() == attribute.BOOL {
			to.PutBool(string(kv.Key), kv.Value.AsBool())
			continue
		}
		to.PutStr(string(kv.Key), kv.Value.AsString())
	}
}

func temporalityOf(t metricdata.Temporality) pmetric.AggregationTemporality {
	if t == metricdata.DeltaTemporality {
		return pmetric.AggregationTemporalityDelta
	}
	return pmetric.AggregationTemporalityCumulative
}
