//go:build unix

package safefile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

func TestReplaceAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "state")
	_, err := safefile.Read(path, 10)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for _, text := range []string{"one", "another"} {
		require.NoError(t, safefile.Replace(path, []byte(text), text == "one"))
		got, err := safefile.Read(path, int64(len(text)))
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	_, err = safefile.Read(path, 3)
	require.ErrorIs(t, err, safefile.ErrTooLarge)
	left, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.Equal(t, []string{path}, left)
}

// The watched agent may put anything in the place of a file.
func TestWhatIsNoFileIsNeitherWaitedForNorFollowed(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	held, err := os.OpenFile(pipe, os.O_RDWR, 0) // a writer that says nothing
	require.NoError(t, err)
	defer held.Close()
	_, err = safefile.Read(pipe, 10)
	require.ErrorIs(t, err, safefile.ErrNoFile)

	// Without a writer, opening it would wait, too.
	alone := filepath.Join(dir, "alone")
	require.NoError(t, syscall.Mkfifo(alone, 0o600))
	_, err = safefile.OpenDir(alone)
	require.ErrorIs(t, err, syscall.ENOTDIR)
	require.ErrorIs(t, safefile.SyncDir(alone), syscall.ENOTDIR)

	victim := filepath.Join(dir, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("mine"), 0o600))
	link := filepath.Join(dir, "state")
	require.NoError(t, os.Symlink(victim, link))
	require.NoError(t, os.Symlink(victim, link+".tmp"))
	_, err = safefile.Read(link, 10)
	require.Error(t, err)
	require.NoError(t, safefile.Replace(link, []byte("state"), false))
	got, err := os.ReadFile(victim)
	require.NoError(t, err)
	require.Equal(t, "mine", string(got))
}
