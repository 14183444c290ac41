package queuestorageextension

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// TestNothingInTheWayStopsTheStart: a file or a link in a queue's place is moved,
// and what a link leads to is left alone.
func TestNothingInTheWayStopsTheStart(t *testing.T) {
	base := t.TempDir()
	other := t.TempDir()
	file, link, dir := filepath.Join(base, "file"), filepath.Join(base, "link"), filepath.Join(base, "dir")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	require.NoError(t, os.Symlink(other, link))
	require.NoError(t, os.Mkdir(dir, 0o700))
	for _, path := range []string{file, link, dir, filepath.Join(base, "none")} {
		require.NoError(t, moveAway(path, zap.NewNop()))
	}
	require.FileExists(t, file+asideSuffix)
	require.NoFileExists(t, file)
	require.DirExists(t, dir)
	entries, err := os.ReadDir(other)
	require.NoError(t, err)
	require.Empty(t, entries)
}
