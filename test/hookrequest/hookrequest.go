// Package hookrequest makes the requests that claude-hook sends, for tests and benchmarks
// of what takes them.
package hookrequest

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

// Session is that of all requests.
const Session = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

// Pipeline are two of the fixtures that test/bench/pipeline sends.
func Pipeline() []string { return []string{"files/edit-post", "shell/test-pre"} }

// JSON is the request for a fixture's event, in a project that is watched. The project's
// directory has the short name that a user's has: it is part of many texts.
func JSON(t testing.TB, fixture string) []byte {
	t.Helper()
	dir, err := os.MkdirTemp("", "at-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	project := filepath.Join(dir, "shop")
	require.NoError(t, os.Mkdir(project, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(project, semconv.MarkerFile), nil, 0o600))
	r, err := capture.New(capture.Settings{Dir: statedir.Dir(filepath.Join(dir, "state")), PromptPreview: true}).Capture(t.Context(), capture.Input{
		Payload: hookfixtures.Named(fixture).PayloadIn(project, Session), Transport: semconv.TransportCommand,
		ProjectDir: project, InstallScope: semconv.InstallScopeProject, Received: time.Now(),
	})
	require.NoError(t, err)
	require.True(t, r.Watched)
	return eventjson.Request(r.Event)
}

// Logs is JSON, decoded.
func Logs(t testing.TB, fixture string) plog.Logs {
	t.Helper()
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(JSON(t, fixture))
	require.NoError(t, err)
	require.Positive(t, ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Len())
	return ld
}
