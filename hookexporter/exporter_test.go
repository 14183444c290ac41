package hookexporter_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"

	"github.com/agent-telemetry/agent-telemetry/hookexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func emit(t *testing.T, e *hookexporter.Exporter) {
	t.Helper()
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewSimpleProcessor(e)))
	var r log.Record
	r.SetTimestamp(time.Unix(1700000000, 0))
	r.SetEventName("claude_code.file_read")
	r.SetSeverity(log.SeverityInfo)
	r.SetBody(attribute.MapValue(attribute.String("k", "v")))
	r.AddAttributes(attribute.String("event.type", "file_read"))
	provider.Logger("scope").Emit(t.Context(), r)
	require.NoError(t, provider.Shutdown(t.Context()))
}

func TestExportToSocket(t *testing.T) {
	socket, spool := filepath.Join(t.TempDir(), "s"), filepath.Join(t.TempDir(), "spool")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	got := make(chan []byte, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got <- raw
		_, _ = io.WriteString(w, "{}")
	}))
	require.NoError(t, server.Listener.Close())
	server.Listener = l
	server.Start()
	defer server.Close()
	e, err := hookexporter.New(hookexporter.Config{Socket: socket, SpoolDir: spool, Timeout: 5 * time.Second})
	require.NoError(t, err)
	emit(t, e)
	req := plogotlp.NewExportRequest()
	require.NoError(t, req.UnmarshalJSON(<-got))
	rl := req.Logs().ResourceLogs().At(0)
	require.Equal(t, "scope", rl.ScopeLogs().At(0).Scope().Name())
	lr := rl.ScopeLogs().At(0).LogRecords().At(0)
	require.Equal(t, "claude_code.file_read", lr.EventName())
	id, ok := lr.Attributes().Get(semconv.EventID)
	require.True(t, ok, "a record without an id gets one")
	require.Len(t, id.Str(), 36)
	require.NoDirExists(t, spool)
	require.Error(t, e.Export(t.Context(), nil), "export after shutdown")
	require.NoError(t, e.Shutdown(context.Background()))
}

func TestExportToSpool(t *testing.T) {
	spool := filepath.Join(t.TempDir(), "spool")
	e, err := hookexporter.New(hookexporter.Config{Socket: filepath.Join(t.TempDir(), "none"), SpoolDir: spool})
	require.NoError(t, err)
	emit(t, e)
	entries, err := os.ReadDir(spool)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	raw, err := os.ReadFile(filepath.Join(spool, entries[0].Name()))
	require.NoError(t, err)
	require.NoError(t, plogotlp.NewExportRequest().UnmarshalJSON(raw))
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := hookexporter.New(hookexporter.Config{Socket: "s", Endpoint: "http://10.1.2.3:4318", Timeout: -1})
	require.ErrorIs(t, err, hookexporter.ErrConfig)
	for _, part := range []string{"Socket or Endpoint", "SpoolDir", "Timeout", "not on this host"} {
		require.ErrorContains(t, err, part)
	}
}
