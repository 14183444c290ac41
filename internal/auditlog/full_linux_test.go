package auditlog

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFullDisk(t *testing.T) {
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(mount, 0)) })
	for name, options := range map[string]Options{"one segment": {}, "at rotation": {SegmentMaxBytes: 10_000}} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(mount, "audit")
			ballast := filepath.Join(mount, "ballast")
			options.quiet = true
			l, err := Open(dir, options)
			require.NoError(t, err)
			for range 5 {
				_, err := l.Append(t.Context(), pending("", 3000))
				require.NoError(t, err)
			}
			fill(t, ballast)
			appended := 5
			for range 20 { // the last page may take some more
				if _, err = l.Append(t.Context(), pending("", 3000), pending("", 3000)); err != nil {
					break
				}
				appended += 2
			}
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorIs(t, err, syscall.ENOSPC)
			assert.Len(t, readAll(t, dir), appended, "nothing of the failed append is left")

			require.NoError(t, os.Remove(ballast))
			for range 3 {
				_, err = l.Append(t.Context(), pending("", 3000))
				require.NoError(t, err, "it goes on by itself")
			}
			assert.Len(t, readAll(t, dir), appended+3)
			require.NoError(t, l.Close())
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.RemoveAll(dir+"-keys"))
		})
	}
}

// A full disk keeps nobody from opening a log that is there; what the log has to
// say of itself is written when there is room.
func TestOpenOnAFullDisk(t *testing.T) {
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(mount, 0)) })
	dir := filepath.Join(mount, "audit")
	l, err := Open(dir, Options{})
	require.NoError(t, err)
	for l.Status().SegmentBytes%4096 < 3800 { // the last page is all but full
		_, err = l.Append(t.Context(), pending("", 50))
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	ballast := filepath.Join(mount, "ballast")
	fill(t, ballast)

	l, err = Open(dir, Options{CheckpointInterval: time.Millisecond})
	require.NoError(t, err)
	_, err = l.Append(t.Context(), pending("", 9000))
	require.ErrorIs(t, err, ErrUnavailable)
	require.NoError(t, os.Remove(ballast))
	_, err = l.Append(t.Context(), pending("", 9000))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		n, _ := l.Uncovered()
		return n == 0 && l.Status().Epoch == 1
	}, 20*time.Second, 5*time.Millisecond, "it signs, and the key is changed")
	require.NoError(t, l.Close())
	assert.Equal(t, 1, requireSigned(t, dir))
	starts, err := Last(t.Context(), dir, 9, Filter{Kind: KindStart})
	require.NoError(t, err)
	assert.Len(t, starts, 2)
}

func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	page := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(page)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, f.Close())
}
