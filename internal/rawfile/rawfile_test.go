package rawfile

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	_, err := Open(path, os.O_RDWR)
	require.ErrorIs(t, err, os.ErrNotExist)
	f, err := Open(path, os.O_RDWR|os.O_CREATE)
	require.NoError(t, err)
	require.NoError(t, f.Regular())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	n, err := f.Start(make([]byte, 8))
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = f.Read(make([]byte, 8))
	require.Equal(t, io.EOF, err)
	require.Zero(t, n)
	whole := bytes.Repeat([]byte("0123456789"), 1000)
	require.NoError(t, f.WriteStart(whole))
	require.NoError(t, f.WriteStart([]byte("abc")))
	copy(whole, "abc")
	got, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, whole, got)
	got, err = io.ReadAll(io.NewSectionReader(f, 5000, 100_000))
	require.NoError(t, err)
	require.Equal(t, whole[5000:], got)
	buf := make([]byte, 5)
	n, err = f.Start(buf)
	require.NoError(t, err)
	require.Equal(t, "abc34", string(buf[:n]))

	require.NoError(t, f.Close())
	_, err = f.Read(buf)
	require.ErrorIs(t, err, syscall.EBADF)
	_, err = f.Start(buf)
	require.ErrorIs(t, err, syscall.EBADF)
	require.ErrorIs(t, f.WriteStart(buf), syscall.EBADF)
	require.ErrorIs(t, f.Regular(), syscall.EBADF)
	require.ErrorIs(t, f.Close(), syscall.EBADF)
}

func TestRegular(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, path := range []string{pipe, t.TempDir(), "/dev/null"} {
		f, err := Open(path, os.O_RDONLY|syscall.O_NONBLOCK)
		require.NoError(t, err)
		require.Error(t, f.Regular(), path)
		require.NoError(t, f.Close())
	}
}
