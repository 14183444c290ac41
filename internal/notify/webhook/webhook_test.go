package webhook_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/webhook"
)

const secret = "0123456789abcdef"

func TestSignedAndIdempotent(t *testing.T) {
	type request struct {
		header http.Header
		body   []byte
	}
	var got []request
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			got = append(got, request{r.Header, body})
		}
	}))
	defer s.Close()
	c := webhook.DefaultConfig()
	c.URL, c.Secret = configopaque.String(s.URL), secret
	require.NoError(t, c.Validate())
	w := webhook.New(&c, s.Client())
	list := append(notifytest.Notifications(0, 2), notify.Of(notifytest.HostileAlert()))
	told, _, err := w.Notify(t.Context(), list...)
	require.NoError(t, err)
	require.Equal(t, 3, told)
	require.NoError(t, w.Close())
	require.Len(t, got, 3)
	for i, r := range got {
		timestamp := r.header.Get(webhook.HeaderTimestamp)
		at, err := strconv.ParseInt(timestamp, 10, 64)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), time.Unix(at, 0), 10*time.Second)
		require.Equal(t, webhook.Sign([]byte(secret), timestamp, r.body), r.header.Get(webhook.HeaderSignature))
		require.NotEqual(t, webhook.Sign([]byte(secret+"x"), timestamp, r.body), r.header.Get(webhook.HeaderSignature))
		require.Equal(t, list[i].ID, r.header.Get(webhook.HeaderKey))
		require.Empty(t, r.header.Get("X-Injected"))
		require.Equal(t, "application/json", r.header.Get("Content-Type"))
		var m notify.Message
		require.NoError(t, json.Unmarshal(r.body, &m))
		require.Equal(t, list[i].ID, m.ID)
		require.Empty(t, notifytest.Invisible(m.Command))
	}
}

// The vector that others can check their receivers with.
func TestSignature(t *testing.T) {
	require.Equal(t, "v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e", webhook.Sign([]byte(secret), "1700000000", []byte(`{}`)))
}

func TestOnlyTheFirstAreTold(t *testing.T) {
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 3 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer s.Close()
	c := webhook.DefaultConfig()
	c.URL = configopaque.String(s.URL)
	w := webhook.New(&c, s.Client())
	defer w.Close()
	told, retry, err := w.Notify(t.Context(), notifytest.Notifications(0, 5)...)
	require.Error(t, err)
	require.Equal(t, 2, told)
	require.True(t, retry)
	require.Equal(t, 2*time.Second, notify.RetryAfter(err))
}

func TestFaultsAreNamed(t *testing.T) {
	c := webhook.DefaultConfig()
	c.Secret = "short"
	c.ClientConfig.Endpoint = "http://x"
	for _, key := range []string{"url:", "secret:", "endpoint:"} {
		require.ErrorContains(t, c.Validate(), key)
	}
}
