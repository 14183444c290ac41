package alertmanager_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/alertmanager"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

type posted struct {
	StartsAt, EndsAt    time.Time
	Labels, Annotations map[string]string
}

func TestAlerts(t *testing.T) {
	var got [][]posted
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var list []posted
		if r.URL.Path != "/prefix/api/v2/alerts" || json.NewDecoder(r.Body).Decode(&list) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got = append(got, list)
	}))
	defer s.Close()
	c := alertmanager.DefaultConfig()
	c.ClientConfig.Endpoint = s.URL + "/prefix/"
	c.Labels = map[string]string{"team": "sec", "severity": "mine"}
	require.NoError(t, c.Validate())
	n := alertmanager.New(&c, s.Client())
	defer n.Close()
	list := append(notifytest.Notifications(0, 2), notify.Of(notifytest.HostileAlert()))
	for range 2 { // sent again it is the same alert
		told, _, err := n.Notify(t.Context(), list...)
		require.NoError(t, err)
		require.Equal(t, 3, told)
	}
	require.Len(t, got, 2)
	for i := range got[0] {
		require.Equal(t, got[0][i].Labels, got[1][i].Labels)
		require.Equal(t, got[0][i].StartsAt, got[1][i].StartsAt)
	}
	first := got[0][0]
	require.Equal(t, map[string]string{
		"alertname": "download-execute", "rule": "download-execute", "severity": "medium", "category": "network", "session": "session-1",
		"project": "project", "tool": "Bash", "host": "host", "alert_id": list[0].ID, "source": "agent-telemetry", "team": "sec",
	}, first.Labels)
	require.True(t, first.StartsAt.Equal(notifytest.Time))
	require.True(t, first.EndsAt.After(time.Now().Add(50*time.Minute)), "it fires still, though it is old")
	require.Equal(t, "MEDIUM: A download is run (project)", first.Annotations["summary"])
	for _, v := range got[0][2].Annotations {
		require.Empty(t, notifytest.Invisible(v))
	}
	for _, v := range got[0][2].Labels {
		require.Empty(t, notifytest.Invisible(v))
		require.NotContains(t, v, "\n")
	}
}

func TestFaultsAreNamed(t *testing.T) {
	c := alertmanager.DefaultConfig()
	c.ResolveAfter = 0
	c.Labels = map[string]string{"not-a-label": "x"}
	for _, key := range []string{"endpoint:", "resolve_after:", "labels:"} {
		require.ErrorContains(t, c.Validate(), key)
	}
}
