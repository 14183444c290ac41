package reserve

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func blocks(t *testing.T, f *os.File) int64 {
	info, err := f.Stat()
	require.NoError(t, err)
	return info.Sys().(*syscall.Stat_t).Blocks * 512
}

func TestReservedBlocksAreBehindTheEnd(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString("line\n")
	require.NoError(t, err)
	upTo := Ahead(f, 5, 0)
	require.Equal(t, int64(5+Bytes), upTo)
	require.Equal(t, upTo, Ahead(f, 1000, upTo), "enough is there")
	require.Greater(t, Ahead(f, upTo-10, upTo), upTo)
	raw, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	require.Equal(t, "line\n", string(raw), "readers see nothing of it")
	if runtime.GOOS == "linux" && blocks(t, f) < Bytes {
		t.Skip("this file system reserves nothing")
	}
	Release(f, 4)
	require.Less(t, int64(Bytes-1), blocks(t, f), "never cuts")
	Release(f, 5)
	require.Less(t, blocks(t, f), int64(Bytes))
	raw, err = os.ReadFile(f.Name())
	require.NoError(t, err)
	require.Equal(t, "line\n", string(raw))
}
