package httpsend_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

func TestWhatAnAnswerMeans(t *testing.T) {
	for status, retry := range map[int]bool{
		200: false, 202: false, 302: true, 400: false, 401: true, 403: true, 404: true, 405: true, 408: true, 410: true, 413: false, 422: false,
		429: true, 500: true, 503: true,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("because\x1b[31m\n"))
		}))
		_, got, err := httpsend.Do(t.Context(), httpsend.Prepare(s.Client()), httpsend.Request{URL: s.URL, Body: map[string]int{"a": 1}})
		s.Close()
		require.Equal(t, retry, got, status)
		if status < 300 {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, `because\x1b[31m`)
		require.Equal(t, 7*time.Second, notify.RetryAfter(err))
	}
}

func TestTheURLIsNotTold(t *testing.T) {
	_, retry, err := httpsend.Do(t.Context(), httpsend.Prepare(&http.Client{}), httpsend.Request{URL: "http://127.0.0.1:1/services/SECRET"})
	require.Error(t, err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "SECRET")
	_, _, err = httpsend.Do(t.Context(), &http.Client{}, httpsend.Request{URL: "http://[SECRET"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "SECRET")
	require.NotContains(t, httpsend.CheckURL("url", "SECRET://[").Error(), "SECRET")
}

func TestEndpointsAreChecked(t *testing.T) {
	require.NoError(t, httpsend.CheckEndpoint("endpoint", "https://am.example:9093/prefix"))
	for _, bad := range []string{"", "am:9093", "ftp://x", "http://u:p@x", "http://x?y=1", "http://x#y", "http://"} {
		require.ErrorContains(t, httpsend.CheckEndpoint("endpoint", bad), "endpoint:", bad)
	}
}
