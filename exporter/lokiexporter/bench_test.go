package lokiexporter

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// hookEvents returns so many records as the audit log has them: of each request its own
// resource, of some sessions in turns.
func hookEvents(tb testing.TB, n, sessions int) plog.Logs {
	tb.Helper()
	project := filepath.Join(tb.TempDir(), "shop")
	require.NoError(tb, os.Mkdir(project, 0o700))
	require.NoError(tb, os.WriteFile(filepath.Join(project, semconv.MarkerFile), nil, 0o600))
	settings := capture.Settings{Dir: statedir.Dir(tb.TempDir()), PromptPreview: true}
	all := plog.NewLogs()
	for i := range n {
		payload := hookfixtures.Named([]string{"files/edit-post", "shell/test-pre"}[i%2]).PayloadIn(project, fmt.Sprintf("session-%02d", i%sessions))
		r, err := capture.New(settings).Capture(tb.Context(), capture.Input{
			Payload: payload, Transport: semconv.TransportCommand, ProjectDir: project, InstallScope: semconv.InstallScopeProject, Received: time.Now(),
		})
		require.NoError(tb, err)
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(eventjson.Request(r.Event))
		require.NoError(tb, err)
		require.Equal(tb, pcommon.ValueTypeMap, ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Type())
		ld.ResourceLogs().MoveAndAppendTo(all.ResourceLogs())
	}
	return all
}

// What a batch costs until it is sent.
func BenchmarkEncode(b *testing.B) {
	const records = 200
	ld := hookEvents(b, records, 64)
	telemetry, err := metadata.NewTelemetryBuilder(componenttest.NewNopTelemetrySettings())
	require.NoError(b, err)
	cfg := createDefaultConfig().(*Config)
	c := newConverter(cfg, telemetry)
	var room encodeRoom
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		batch := c.convert(b.Context(), ld, now)
		for _, s := range batch.streams {
			s.state.accepted = now
		}
		for _, p := range plan(batch.streams, cfg.Limits.MaxPushBytes, now) {
			if _, err := encodePush(p, &room); err != nil {
				b.Fatal(err)
			}
		}
		c.release(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/record")
}
