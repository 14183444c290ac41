package alertmanager_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/alertmanager"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

// An alert among others that is refused for good takes none of them with it.
func TestTheOneThatIsRefusedIsFound(t *testing.T) {
	list := notifytest.Notifications(0, 5)
	taken := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var posted []posted
		if json.NewDecoder(r.Body).Decode(&posted) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, a := range posted {
			if a.Labels["alert_id"] == list[2].ID {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
		for _, a := range posted {
			taken[a.Labels["alert_id"]] = true
		}
	}))
	defer s.Close()
	c := alertmanager.DefaultConfig()
	c.ClientConfig.Endpoint = s.URL
	n := alertmanager.New(&c, s.Client())
	defer n.Close()
	told, retry, err := n.Notify(t.Context(), list...)
	require.Error(t, err)
	require.False(t, retry)
	require.Equal(t, 2, told, "the first that was not told is the one that is refused")
	told, _, err = n.Notify(t.Context(), list[3:]...)
	require.NoError(t, err)
	require.Equal(t, 2, told)
	require.Len(t, taken, 4)
}
