package claudesettings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The example in config/ is what install writes.
func TestTemplateInConfig(t *testing.T) {
	want, err := commandPlan().Template()
	require.NoError(t, err)
	path := filepath.Join("..", "..", "config", "claude-settings.json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, want, 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}
