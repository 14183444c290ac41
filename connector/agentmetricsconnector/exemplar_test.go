package agentmetricsconnector

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
)

// The exemplar is the slowest of a minute, and never without a span.
func TestExemplarIsTheSlowest(t *testing.T) {
	var l largest
	offer := func(after time.Duration, value float64, span byte) {
		ctx := new(spanContext).of(context.Background(), pcommon.TraceID{1}, pcommon.SpanID{span})
		l.Offer(ctx, start.Add(after), exemplar.NewValue(value), nil)
	}
	shown := func() []exemplar.Exemplar {
		var list []exemplar.Exemplar
		l.Collect(&list)
		return list
	}
	offer(0, 9, 0)
	require.Empty(t, shown(), "no span")
	offer(0, 2, 1)
	offer(time.Second, 5, 2)
	offer(2*time.Second, 3, 3)
	for range 2 {
		require.Len(t, shown(), 1)
		require.InDelta(t, 5, shown()[0].Value.Float64(), 0)
		require.Equal(t, []byte{2, 0, 0, 0, 0, 0, 0, 0}, shown()[0].SpanID)
	}
	offer(2*time.Minute, 1, 4)
	require.InDelta(t, 1, shown()[0].Value.Float64(), 0)
}
