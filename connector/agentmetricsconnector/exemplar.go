package agentmetricsconnector

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
)

// spanContext is a context in the span of an event, for exemplars. Each measurement uses
// the same one: making one costs as much as the measurement.
type spanContext struct {
	context.Context
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// of is ctx in a span, until the next one.
func (s *spanContext) of(ctx context.Context, traceID pcommon.TraceID, spanID pcommon.SpanID) context.Context {
	if traceID.IsEmpty() || spanID.IsEmpty() {
		return ctx
	}
	s.Context, s.trace, s.span = ctx, traceID, spanID
	return s
}

// held is how long an exemplar stays when only smaller ones come: Prometheus scrapes
// every minute, mostly.
const held = time.Minute

// largest keeps the largest measurement of a span of the last minute, or the last one
// there was: the slowest is what one looks at.
type largest struct {
	mu    sync.Mutex
	found bool
	at    time.Time
	value float64
	trace pcommon.TraceID
	span  pcommon.SpanID
}

func largestExemplar(sdk.Aggregation) exemplar.ReservoirProvider {
	return func(attribute.Set) exemplar.Reservoir { return &largest{} }
}

// Offer implements exemplar.Reservoir.
func (l *largest) Offer(ctx context.Context, t time.Time, v exemplar.Value, _ []attribute.KeyValue) {
	span, ok := ctx.(*spanContext)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if value := v.Float64(); !l.found || value >= l.value || t.Sub(l.at) > held {
		l.found, l.at, l.value, l.trace, l.span = true, t, value, span.trace, span.span
	}
}

// Collect implements exemplar.Reservoir.
func (l *largest) Collect(dest *[]exemplar.Exemplar) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*dest = (*dest)[:0]
	if !l.found {
		return
	}
	traceID, spanID := l.trace, l.span
	*dest = append(*dest, exemplar.Exemplar{Time: l.at, Value: exemplar.NewValue(l.value), TraceID: traceID[:], SpanID: spanID[:]})
}

// none keeps nothing.
type none struct{}

func noExemplars(sdk.Aggregation) exemplar.ReservoirProvider {
	return func(attribute.Set) exemplar.Reservoir { return none{} }
}

// Offer implements exemplar.Reservoir.
func (none) Offer(context.Context, time.Time, exemplar.Value, []attribute.KeyValue) {}

// Collect implements exemplar.Reservoir.
func (none) Collect(dest *[]exemplar.Exemplar) { *dest = (*dest)[:0] }
