package secretredactionprocessor

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/processor/secretredactionprocessor/internal/metadata"
)

// hookEvent is the request that claude-hook makes of a fixture.
func hookEvent(t testing.TB, fixture string) plog.Logs {
	t.Helper()
	dir, err := os.MkdirTemp("", "at-") // as that benchmark does: its name is part of the texts
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
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

// BenchmarkEvents is of the events that test/bench/pipeline sends. They have no secret,
// so nothing is changed, and none has to be copied.
func BenchmarkEvents(b *testing.B) {
	next, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	require.NoError(b, err)
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config), next)
	require.NoError(b, err)
	for _, fixture := range []string{"files/edit-post", "shell/test-pre"} {
		b.Run(fixture, func(b *testing.B) {
			ld := hookEvent(b, fixture)
			b.ReportAllocs()
			for b.Loop() {
				if err := p.ConsumeLogs(b.Context(), ld); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
