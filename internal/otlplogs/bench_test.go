package otlplogs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/otlplogs"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// BenchmarkDecodeCaptured decodes what claude-hook sends of an edit and of a command, with
// another event id and session each time, as they come.
func BenchmarkDecodeCaptured(b *testing.B) {
	project := b.TempDir()
	var requests [][]byte
	size := 0
	for _, name := range []string{"files/edit-post", "shell/test-pre"} {
		r, err := capture.New(capture.Settings{Dir: statedir.Dir(b.TempDir()), PromptPreview: true}).Capture(b.Context(), capture.Input{
			Payload: hookfixtures.Named(name).PayloadIn(project, "session-0000"), Transport: semconv.TransportCommand,
			ProjectDir: project, InstallScope: semconv.InstallScopeUser, Received: time.Now(),
		})
		require.NoError(b, err)
		require.True(b, r.Watched)
		raw := string(eventjson.Request(r.Event))
		for i := range 64 {
			session := fmt.Sprintf("session-%04d", i%16)
			requests = append(requests, []byte(strings.ReplaceAll(raw, "session-0000", session)))
		}
		size += len(raw)
	}
	for i := range requests {
		// The event's id, wherever it stands, differs from one to the next.
		requests[i] = withID(b, requests[i], i)
	}
	b.SetBytes(int64(size / 2))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := otlplogs.Decode(requests[i%2*64+i/2%64]); !ok {
			b.Fatal("not decoded")
		}
	}
}

func withID(b *testing.B, raw []byte, n int) []byte {
	b.Helper()
	_, rest, ok := strings.Cut(string(raw), `"`+semconv.EventID+`","value":{"stringValue":"`)
	require.True(b, ok)
	id, _, _ := strings.Cut(rest, `"`)
	return []byte(strings.ReplaceAll(string(raw), id, fmt.Sprintf("%s%06x", id[:len(id)-6], n)))
}
