package pagerduty_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/pagerduty"
)

func TestEvents(t *testing.T) {
	var got []map[string]any
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m map[string]any
		if r.URL.Path != "/v2/enqueue" || json.NewDecoder(r.Body).Decode(&m) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got = append(got, m)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	c := pagerduty.DefaultConfig()
	require.Equal(t, "https://events.pagerduty.com", c.ClientConfig.Endpoint)
	c.ClientConfig.Endpoint, c.RoutingKey = s.URL, "key"
	require.NoError(t, c.Validate())
	n := pagerduty.New(&c, s.Client())
	defer n.Close()
	list := append(notifytest.Notifications(0, 1), notify.Of(notifytest.HostileAlert()))
	told, _, err := n.Notify(t.Context(), list...)
	require.NoError(t, err)
	require.Equal(t, 2, told)
	require.Equal(t, list[0].ID, got[0]["dedup_key"])
	require.Equal(t, "trigger", got[0]["event_action"])
	require.Equal(t, "key", got[0]["routing_key"])
	payload := got[0]["payload"].(map[string]any)
	require.Equal(t, "warning", payload["severity"])
	require.Equal(t, "MEDIUM: A download is run (project)", payload["summary"])
	require.Equal(t, "host", payload["source"])
	hostile := got[1]["payload"].(map[string]any)
	require.Equal(t, "critical", hostile["severity"])
	require.LessOrEqual(t, len(hostile["summary"].(string)), 1024)
	require.Empty(t, notifytest.Invisible(hostile["summary"].(string)))
}

func TestFaultsAreNamed(t *testing.T) {
	c := pagerduty.DefaultConfig()
	c.ClientConfig.Endpoint = "x"
	for _, key := range []string{"endpoint:", "routing_key:"} {
		require.ErrorContains(t, c.Validate(), key)
	}
}
