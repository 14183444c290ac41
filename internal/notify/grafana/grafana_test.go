package grafana_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/grafana"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

type annotation struct {
	Time int64
	Tags []string
	Text string
}

func TestAnAnnotationEach(t *testing.T) {
	var stored []annotation
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/annotations" || r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodGet {
			found := []annotation{}
			for _, a := range stored {
				if slices.Contains(a.Tags, r.URL.Query().Get("tags")) {
					found = append(found, a)
				}
			}
			_ = json.NewEncoder(w).Encode(found)
			return
		}
		var a annotation
		if json.NewDecoder(r.Body).Decode(&a) == nil {
			stored = append(stored, a)
		}
	}))
	defer s.Close()
	c := grafana.DefaultConfig()
	c.ClientConfig.Endpoint, c.Token = s.URL, "token"
	require.NoError(t, c.Validate())
	n := grafana.New(&c, s.Client())
	defer n.Close()
	list := append(notifytest.Notifications(0, 2), notify.Of(notifytest.HostileAlert()))
	for range 2 {
		told, _, err := n.Notify(t.Context(), list...)
		require.NoError(t, err)
		require.Equal(t, 3, told)
	}
	require.Len(t, stored, 3, "what is there is not written again")
	require.Equal(t, notifytest.Time.UnixMilli(), stored[0].Time)
	require.Contains(t, stored[0].Tags, "severity:medium")
	require.NotContains(t, stored[2].Text, "<script")
	require.Empty(t, notifytest.Invisible(stored[2].Text))

	c.Token = ""
	_, retry, err := grafana.New(&c, s.Client()).Notify(t.Context(), list[0])
	require.Error(t, err)
	require.True(t, retry, "an operator can cure it")
}

func TestFaultsAreNamed(t *testing.T) {
	c := grafana.DefaultConfig()
	c.PanelID, c.Tags = 3, make([]string, 21)
	for _, key := range []string{"endpoint:", "panel_id:", "tags:"} {
		require.ErrorContains(t, c.Validate(), key)
	}
}
