package auditlogexporter

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// hookEvent is the request that claude-hook makes of a fixture.
func hookEvent(t testing.TB, fixture string) plog.Logs {
	t.Helper()
	dir := t.TempDir()
	project := filepath.Join(dir, "shop")
	require.NoError(t, os.Mkdir(project, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(project, semconv.MarkerFile), nil, 0o600))
	r, err := capture.New(capture.Settings{Dir: statedir.Dir(filepath.Join(dir, "state")), PromptPreview: true}).Capture(t.Context(), capture.Input{
		Payload: hookfixtures.Named(fixture).PayloadIn(project, "3f2504e0-4f89-41d3-9a0c-0305e82c3301"), Transport: semconv.TransportCommand,
		ProjectDir: project, InstallScope: semconv.InstallScopeProject, Received: time.Now(),
	})
	require.NoError(t, err)
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(eventjson.Request(r.Event))
	require.NoError(t, err)
	require.Positive(t, ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Len())
	return ld
}

// BenchmarkEncodeEvents is of the events that test/bench/pipeline sends, in turns.
func BenchmarkEncodeEvents(b *testing.B) {
	events := []plog.Logs{hookEvent(b, "files/edit-post"), hookEvent(b, "shell/test-pre")}
	var out batch
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		out.recycle()
		out.encode(events[i%len(events)], 1<<20)
	}
	b.SetBytes(int64(len(out.buf)))
}
