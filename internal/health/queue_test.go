package health

import (
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

const metrics = `# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{data_type="logs",exporter="loki",otel_scope_name="x"} 42
otelcol_exporter_queue_size{data_type="logs",exporter="loki/fleet"} 1e+06
otelcol_exporter_queue_size{data_type="logs",exporter="bad"} NaN
otelcol_exporter_queue_capacity{data_type="logs",exporter="loki"} 50000
`

func TestQueued(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(metrics)) })}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	port := l.Addr().(*net.TCPAddr).Port
	for exporter, want := range map[string]int{"loki": 42, "loki/fleet": 1_000_000} {
		n, ok := Queued(t.Context(), port, exporter)
		require.True(t, ok)
		require.Equal(t, want, n)
	}
	for _, exporter := range []string{"bad", "other"} {
		_, ok := Queued(t.Context(), port, exporter)
		require.False(t, ok)
	}
	_, ok := Queued(t.Context(), 1, "loki")
	require.False(t, ok)
}
