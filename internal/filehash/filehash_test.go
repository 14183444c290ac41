package filehash

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(file, []byte("abc"), 0o600))
	want := Result{Exists: true, Size: 3, SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
	require.Equal(t, want, File(t.Context(), file))
	require.NoError(t, os.Symlink(file, dir+"/link"))
	require.Equal(t, want, File(t.Context(), dir+"/link"))
	require.Equal(t, Result{}, File(t.Context(), dir+"/none"))
	require.Equal(t, Result{}, File(t.Context(), file+"/below-a-file"))
	require.Equal(t, Result{}, File(t.Context(), "relative"))
	require.NoError(t, os.Truncate(file, MaxBytes))
	require.NotEmpty(t, File(t.Context(), file).SHA256, "exactly the limit is hashed")
	require.NoError(t, os.Truncate(file, MaxBytes+1))
	require.Equal(t, Result{Exists: true, Size: MaxBytes + 1, Skipped: "larger than 8 MiB"}, File(t.Context(), file))
}

func TestFileNeitherBlocksNorActs(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(dir+"/fifo", 0o600))
	require.NoError(t, os.Symlink("/proc/self/maps", dir+"/proc"))
	start := time.Now()
	for _, path := range []string{dir + "/fifo", dir, "/dev/zero", "/dev/tty", "/proc/self/status", dir + "/proc"} {
		require.Equal(t, "not a regular file", File(t.Context(), path).Skipped, path)
	}
	require.Less(t, time.Since(start), time.Second)
}

func TestFileStopsAtTheDeadline(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(file, make([]byte, MaxBytes), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, "timeout", File(ctx, file).Skipped)
}
