package capture

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/projectscope"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// BenchmarkCaptureHook makes events of what Claude Code sends as HTTP hooks, of a session
// that has been going on for a while.
func BenchmarkCaptureHook(b *testing.B) {
	for _, name := range []string{"files/edit-pre", "files/edit-post", "shell/test-pre"} {
		b.Run(name, func(b *testing.B) {
			project := filepath.Join(b.TempDir(), "src", "shop")
			require.NoError(b, os.MkdirAll(filepath.Join(project, "src"), 0o700))
			require.NoError(b, os.WriteFile(filepath.Join(project, projectscope.Marker), nil, 0o600))
			require.NoError(b, os.WriteFile(filepath.Join(project, "src", "cart.go"), bytes.Repeat([]byte("package src\n"), 300), 0o600))
			f := hookfixtures.Named(name)
			c := New(Settings{Dir: statedir.Dir(b.TempDir()), PromptPreview: true})
			payload := f.PayloadIn(project, f.SessionID)
			id := []byte(f.ToolUseID)
			capture := func(n int) {
				in := Input{
					Payload:   bytes.Replace(payload, id, fmt.Appendf(nil, "%s%09d", id[:len(id)-9], n), 1),
					Transport: semconv.TransportHTTP, ProjectDir: project, Received: time.Now(),
				}
				if r, err := c.Capture(b.Context(), in); err != nil || !r.Watched {
					b.Fatal(err)
				}
			}
			for n := range 60 {
				capture(-n)
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				capture(n)
			}
		})
	}
}
