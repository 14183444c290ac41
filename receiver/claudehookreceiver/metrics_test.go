package claudehookreceiver

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/receiver/claudehookreceiver/internal/metadatatest"
)

func TestRequestsAreCounted(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	s := newStage(t)
	var err error
	s.receiver, err = newReceiver(metadatatest.NewSettings(telemetry), s.config, s.receiver.next)
	require.NoError(t, err)
	s.start()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	var want []metricdata.DataPoint[int64]
	count := func(n int64, transport, endpoint, outcome string) {
		want = append(want, metricdata.DataPoint[int64]{Value: n, Attributes: attribute.NewSet(
			attribute.String("transport", transport), attribute.String("endpoint", endpoint), attribute.String("outcome", outcome))})
	}
	one := eventjson.Request(event(eventIDs(1)[0]))
	for _, body := range [][]byte{one, one, one} {
		require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaJSON, body).status)
	}
	count(1, transportUnix, endpointLogs, string(outcomeAccepted))
	count(2, transportUnix, endpointLogs, string(outcomeDuplicate))
	s.post(s.tcpClient(), pathLogs, mediaProtobuf, []byte("\xff"))
	count(1, transportTCP, endpointLogs, string(outcomeInvalid))
	s.hook(s.tcpClient(), s.payload("a"))
	count(1, transportTCP, endpointHooks, string(outcomeAccepted))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got, err := telemetry.GetMetric("otelcol_receiver_claude_hook_requests")
		require.NoError(c, err)
		require.Len(c, got.Data.(metricdata.Sum[int64]).DataPoints, len(want)) // counted behind the answer
	}, eventually, tick)
	metadatatest.AssertEqualReceiverClaudeHookRequests(t, telemetry, want, metricdatatest.IgnoreTimestamp())
}

// Every kind of request has its attributes.
func TestRequestAttributes(t *testing.T) {
	require.Len(t, requestAttributes, 2*2*7)
	for kind, options := range requestAttributes {
		require.Len(t, options, 1, "%+v", kind)
	}
}
