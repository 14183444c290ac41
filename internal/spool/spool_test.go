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
	require.NoError(t, Write(dir, id, []byte("{}"), Bounds{}))
	require.NoError(t, Write(dir, id, []byte("other"), Bounds{}), "an event that is there is left alone")
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
		require.ErrorIs(t, Write(dir, bad, nil, Bounds{}), ErrBadID, bad)
	}
	for i := range 3 {
		require.NoError(t, Write(dir, fmt.Sprintf("%s%d", id, i), nil, Bounds{Files: 3}))
	}
	require.ErrorIs(t, Write(dir, id, nil, Bounds{Files: 3}), ErrFull)
}

func TestWriteNeitherBlocksNorFollows(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	require.Error(t, Write(filepath.Join(dir, "fifo"), id, nil, Bounds{}))
	other := t.TempDir()
	require.NoError(t, os.Symlink(other, filepath.Join(dir, "link")))
	require.Error(t, Write(filepath.Join(dir, "link"), id, nil, Bounds{}))
	entries, err := os.ReadDir(other)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// However large the events are, the spool stays about within its bound, and what
// was there first stays.
func TestBytesAreBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	body := make([]byte, 10_000)
	const limit = 1_000_000
	written := 0
	for i := range 500 {
		err := Write(dir, fmt.Sprintf("0195f0c0-0000-7000-8000-%012d", i), body, Bounds{Bytes: limit})
		if err == nil {
			require.Equal(t, i, written, "nothing is taken behind what was refused")
			written++
			continue
		}
		require.ErrorIs(t, err, ErrFull)
	}
	require.InDelta(t, limit/len(body), written, 2)
	require.FileExists(t, filepath.Join(dir, "0195f0c0-0000-7000-8000-000000000000"+Suffix))
}

func TestWeighingManyFilesIsAboutRight(t *testing.T) {
	dir := t.TempDir()
	var names []string
	total := int64(0)
	for i := range 1000 {
		size := 100 + i%7*300
		total += int64(size)
		names = append(names, fmt.Sprint(i))
		require.NoError(t, os.WriteFile(filepath.Join(dir, names[i]), make([]byte, size), 0o600))
	}
	require.InEpsilon(t, total, weigh(dir, names), 0.3)
	require.Zero(t, weigh(dir, nil))
}
