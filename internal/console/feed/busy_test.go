package feed

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// A Loki that has too much to do for a moment does not end the console; one that refuses
// the question does.
func TestABusyLoki(t *testing.T) {
	var status atomic.Int32
	status.Store(http.StatusTooManyRequests)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if s := int(status.Load()); s != http.StatusOK {
			http.Error(w, "too many outstanding requests", s)
			return
		}
		_, _ = w.Write([]byte(`{"data":{"result":[]}}`))
	}))
	t.Cleanup(server.Close)
	client, err := lokiquery.FromEnv(server.URL)
	require.NoError(t, err)
	hub := activity.NewHub(time.Now(), time.Now)
	l := &Loki{Client: client, Since: time.Now().Add(-time.Minute), Hub: hub, Now: time.Now}
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { done <- l.Run(ctx) }()
	require.Eventually(t, func() bool { return totals(hub).Notice != "" }, soon, 10*time.Millisecond)
	require.Contains(t, totals(hub).Notice, "too many outstanding requests")
	status.Store(http.StatusOK)
	require.Eventually(t, func() bool { return totals(hub).Notice == "" }, soon, 10*time.Millisecond)
	status.Store(http.StatusBadRequest)
	select {
	case err := <-done:
		require.ErrorContains(t, err, "400")
	case <-time.After(soon):
		require.Fail(t, "it goes on asking what is refused")
	}
}
