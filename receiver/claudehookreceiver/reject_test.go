package claudehookreceiver

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRejectedMayNotBeALink holds that files of a directory that somebody linked
// to are neither pruned nor mixed with ours.
func TestRejectedMayNotBeALink(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Spool.RejectedMaxFiles = 1 })
	elsewhere := t.TempDir()
	require.NoError(t, os.Chmod(elsewhere, 0o755))
	for i := range 3 {
		require.NoError(t, os.WriteFile(filepath.Join(elsewhere, strconv.Itoa(i)), nil, 0o600))
	}
	aside := filepath.Join(s.config.spoolDir(), rejectedDir)
	require.NoError(t, os.MkdirAll(filepath.Dir(aside), 0o700))
	require.NoError(t, os.Symlink(elsewhere, aside))
	require.NoError(t, os.WriteFile(filepath.Join(s.config.spoolDir(), "0.json"), []byte("{"), 0o600))
	s.start()
	s.take()
	require.Eventually(t, func() bool {
		info, err := os.Lstat(filepath.Join(aside, "0.json"))
		return err == nil && info.Mode().IsRegular()
	}, eventually, tick)
	info, err := os.Lstat(aside)
	require.NoError(t, err)
	require.True(t, info.IsDir())
	files, err := os.ReadDir(elsewhere)
	require.NoError(t, err)
	require.Len(t, files, 3)
	info, err = os.Stat(elsewhere)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm())
}
