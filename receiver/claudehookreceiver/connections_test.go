package claudehookreceiver

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// TestIdleConnectionsKeepNobodyOut opens more connections than there may be.
func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	s := newStage(t).start()
	var first net.Conn
	for range maxConnections + 50 {
		conn, err := net.Dial("unix", s.config.socket())
		require.NoError(t, err)
		defer conn.Close()
		if first == nil {
			first = conn
		}
	}
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("a")).status)
	require.Equal(t, "echo a", s.take()[semconv.CommandLine])
	require.NoError(t, first.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err := first.Read(make([]byte, 1))
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the oldest was closed")
}

func TestSocketIsLocked(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	path := filepath.Join(dir, "s")
	lock, err := lockSocket(path) // another collector that is about to listen
	require.NoError(t, err)
	_, err = listenUnix(t.Context(), path, true)
	require.ErrorIs(t, err, ErrSocketInUse)
	require.NoError(t, lock.Close())
	l, err := listenUnix(t.Context(), path, true)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	l, err = listenUnix(t.Context(), path, true)
	require.NoError(t, err, "given up with the socket")
	require.NoError(t, l.Close())
}

// TestShutdownAwaitsRequests: nothing of a request runs after the shutdown.
func TestShutdownAwaitsRequests(t *testing.T) {
	s := newStage(t)
	entered, left := make(chan struct{}), make(chan struct{})
	s.consume = func(ctx context.Context, _ plog.Logs) error {
		close(entered)
		<-ctx.Done()
		close(left)
		return ctx.Err()
	}
	s.start()
	client := s.client()
	go func() {
		body := bytes.NewReader(eventjson.Request(event(eventIDs(1)[0])))
		req, err := http.NewRequest(http.MethodPost, "http://localhost"+pathLogs, body)
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", mediaJSON)
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	select {
	case <-entered:
	case <-time.After(10 * time.Second):
		require.FailNow(t, "no request arrived")
	}
	_ = s.receiver.Shutdown(context.Background())
	select {
	case <-left:
	default:
		require.Fail(t, "the request is still in the pipeline")
	}
}
