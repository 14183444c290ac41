package stacklook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// TestLook looks at a stack that does not run; test/endtoend at one that does.
func TestLook(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	t.Setenv("HOME", string(home))
	t.Setenv("AGENT_TELEMETRY_LOKI_URL", "http://127.0.0.1:1") // nothing listens there
	require.NoError(t, home.Create())
	require.NoError(t, os.WriteFile(filepath.Join(home.Audit(), "00000000.jsonl"), make([]byte, 3000), 0o600))
	project := filepath.Join(string(home), "shop")
	require.NoError(t, os.MkdirAll(filepath.Join(project, ".claude"), 0o700))
	s := Look(t.Context(), home, project)
	require.Equal(t, []Part{
		{"collector", Bad, "down"},
		{"audit", Good, "2.9 KiB"},
		{"Loki", Bad, "down"},
		{"spool", Good, "0"},
		{"enforce", Off, "off"},
	}, s.Parts)
	require.Contains(t, s.Problem, "agent-telemetry up", "the first problem, and what to do")
}
