package installs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/installs"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestList(t *testing.T) {
	user := filepath.Join(t.TempDir(), "claude")
	t.Setenv("CLAUDE_CONFIG_DIR", user)
	home := statedir.Dir(t.TempDir())
	require.Empty(t, installs.List(home))
	require.NoError(t, os.Mkdir(home.Installs(), 0o700))
	note := func(name string, v any) {
		t.Helper()
		text, err := json.Marshal(v)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(home.Installs(), name), text, 0o600))
	}
	note("a.json", map[string]any{"settings": "/q/.claude/settings.json"})
	note("b.json", map[string]any{"settings": "/p/x/../.claude/settings.local.json"})
	note("c.json", map[string]any{"settings": filepath.Join(user, "settings.json")})
	note("relative.json", map[string]any{"settings": "p/.claude/settings.json"})
	note("long.json", map[string]any{"settings": "/" + strings.Repeat("x", 5000)})
	note("nonsense.json", 3)
	note("other", map[string]any{"settings": "/r/.claude/settings.json"})
	require.NoError(t, syscall.Mkfifo(filepath.Join(home.Installs(), "pipe.json"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(home.Installs(), "a.json"), filepath.Join(home.Installs(), "link.json")))
	list := installs.List(home)
	require.Len(t, list, 3)
	require.Contains(t, list, installs.Install{Settings: "/p/.claude/settings.local.json", Project: "/p"})
	require.Contains(t, list, installs.Install{Settings: "/q/.claude/settings.json", Project: "/q"})
	require.Contains(t, list, installs.Install{Settings: filepath.Join(user, "settings.json")})
	for i := range 2 * installs.Max {
		note(fmt.Sprintf("x%d.json", i), map[string]any{"settings": fmt.Sprintf("/many/%d/.claude/settings.json", i)})
	}
	require.Len(t, installs.List(home), installs.Max)
}
