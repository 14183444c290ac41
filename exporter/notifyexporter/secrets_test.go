package notifyexporter

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

// The URL of a webhook is a secret: the collector's own traces do not have it.
func TestNoSpanHasTheURL(t *testing.T) {
	s := newSink(t)
	c := testConfig(t, s, t.TempDir())
	c.Webhook.Get().URL = configopaque.String(s.URL + "/SECRET")
	telemetry := componenttest.NewTelemetry()
	n, err := c.open(t.Context(), componenttest.NewNopHost(), telemetry.NewTelemetrySettings())
	require.NoError(t, err)
	defer n.Close()
	told, _, err := n.Notify(t.Context(), notifytest.Notifications(0, 1)...)
	require.NoError(t, err)
	require.Equal(t, 1, told)
	require.Empty(t, telemetry.SpanRecorder.Ended())
}
