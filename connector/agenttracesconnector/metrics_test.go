package agenttracesconnector

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// sumOf adds up what a metric says, over its attributes.
func sumOf(t *testing.T, m metricdata.Metrics) (n int64) {
	t.Helper()
	var points []metricdata.DataPoint[int64]
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		points = data.DataPoints
	case metricdata.Gauge[int64]:
		points = data.DataPoints
	default:
		require.Fail(t, "another kind of metric", m.Name)
	}
	for _, p := range points {
		n += p.Value
	}
	return n
}
