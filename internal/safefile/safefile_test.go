package safefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

func TestALinkIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	require.NoError(t, os.WriteFile(target, []byte("x"), 0o600))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(target, link))

	_, err := os.OpenFile(link, os.O_RDONLY|safefile.NoFollow, 0)
	require.Error(t, err)
	f, err := os.OpenFile(target, os.O_RDWR|safefile.NoFollow, 0)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, safefile.SyncData(f))
	require.NoError(t, safefile.SyncDir(dir))
}

func TestWhatCannotBeSyncedIsTold(t *testing.T) {
	require.ErrorContains(t, safefile.SyncDir(filepath.Join(t.TempDir(), "none")), "sync directory")
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Error(t, safefile.SyncData(f))
}
