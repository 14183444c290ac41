package queuestorageextension

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

func TestFullDisk(t *testing.T) {
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(mount, 0)) })
	dir := filepath.Join(mount, "queue")
	j := open(t, dir)
	n := 0
	var err error
	for ; err == nil; n++ {
		err = offer(j, n, 3000)
	}
	n--
	require.ErrorIs(t, err, storage.ErrStorageFull)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.Greater(t, n, 60)
	ballast, err := os.Create(filepath.Join(mount, "ballast"))
	require.NoError(t, err)
	for err == nil {
		_, err = ballast.Write(make([]byte, 512))
	}
	require.NoError(t, ballast.Close())

	// A collector starts on a full disk, and has all that was acknowledged.
	require.NoError(t, j.close(ctx))
	j = open(t, dir)
	for i := range n {
		require.Equal(t, item(i, 3000), get(t, j, strconv.Itoa(i)))
	}
	require.Error(t, offer(j, n, 3000))
	// Items can be finished there, and their space comes back.
	for i := range n - 1 {
		finish(t, j, i)
	}
	require.Zero(t, len(j.index)-2)
	require.NoError(t, os.Remove(ballast.Name()))
	require.Eventually(t, func() bool { return j.tidy(true) == nil }, 10*time.Second, time.Millisecond)
	for i := range 30 {
		require.NoError(t, offer(j, n+i, 3000))
		require.NoError(t, j.tidy(false))
	}
	require.NoError(t, j.close(ctx))
	j = open(t, dir)
	require.Equal(t, 31, j.items, "what was finished on the full disk stays finished")
	require.NoError(t, j.close(ctx))
}
