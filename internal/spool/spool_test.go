package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const id = "01890a5d-ac96-774b-bcce-b302099a8057"

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "spool")
	require.NoError(t, Write(dir, id, []byte("{}"), 0))
	require.NoError(t, Write(dir, id, []byte("other"), 0), "an event that is there is left alone")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, id+Suffix, entries[0].Name())
	got, err := os.ReadFile(filepath.Join(dir, id+Suffix))
	require.NoError(t, err)
	require.Equal(t, "{}", string(got))
	info, err := os.Stat(filepath.Join(dir, id+Suffix))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestWriteRefusesPathsAndOverflow(t *testing.T) {
	dir := t.TempDir()
	for _, bad := range []string{"", "../../etc/passwd", "a/b", "short", "....................", "01890a5d\x00"} {
		require.ErrorIs(t, Write(dir, bad, nil, 0), ErrBadID, bad)
	}
	for i := range 3 {
		require.NoError(t, Write(dir, fmt.Sprintf("%s%d", id, i), nil, 3))
	}
	require.ErrorIs(t, Write(dir, id, nil, 3), ErrFull)
}

func TestWriteNeitherBlocksNorFollows(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	require.Error(t, Write(filepath.Join(dir, "fifo"), id, nil, 0))
	other := t.TempDir()
	require.NoError(t, os.Symlink(other, filepath.Join(dir, "link")))
	require.Error(t, Write(filepath.Join(dir, "link"), id, nil, 0))
	entries, err := os.ReadDir(other)
	require.NoError(t, err)
	require.Empty(t, entries)
}
