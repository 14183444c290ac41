package spool

import (
	"fmt"
	"os"
	"path/filepath"
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
