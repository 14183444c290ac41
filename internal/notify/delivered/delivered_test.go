package delivered_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/delivered"
)

func TestRemembersOverRestarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	r, err := delivered.Open(dir, "notify%2Fx")
	require.NoError(t, err)
	require.False(t, r.Has("a"))
	require.NoError(t, r.Add("a", "b\nc"))
	// A crash: nothing is closed, and a line is cut.
	path := filepath.Join(dir, "notify%2Fx.delivered")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("0123")
	require.NoError(t, err)
	require.NoError(t, f.Close())

	again, err := delivered.Open(dir, "notify%2Fx")
	require.NoError(t, err)
	require.True(t, again.Has("a"))
	require.True(t, again.Has("b\nc"))
	require.False(t, again.Has("c"))
	require.NoError(t, again.Add("d"))
	require.NoError(t, again.Close())
	require.NoError(t, r.Close())
	again, err = delivered.Open(dir, "notify%2Fx")
	require.NoError(t, err)
	require.True(t, again.Has("d"), "the cut line is no part of it")
	require.NoError(t, again.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
}

func TestIsBounded(t *testing.T) {
	dir := t.TempDir()
	r, err := delivered.Open(dir, "x")
	require.NoError(t, err)
	const n = 35_000
	for i := 0; i < n; i += 100 {
		var ids []string
		for j := range 100 {
			ids = append(ids, fmt.Sprint(i+j))
		}
		require.NoError(t, r.Add(ids...))
	}
	require.NoError(t, r.Close())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(400_000))
	}
	r, err = delivered.Open(dir, "x")
	require.NoError(t, err)
	defer r.Close()
	require.True(t, r.Has(fmt.Sprint(n-1)))
	require.True(t, r.Has(fmt.Sprint(n-10_000)))
	require.False(t, r.Has("0"))
}

func TestALinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(dir, "target"), filepath.Join(dir, "x.delivered")))
	_, err := delivered.Open(dir, "x")
	require.Error(t, err)
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("00112233445566778899aabbccddeeff\n"))
	f.Add([]byte("00112233445566778899aabbccddeeff00\nzz\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.delivered"), raw, 0o600))
		r, err := delivered.Open(dir, "x")
		require.NoError(t, err)
		require.NoError(t, r.Add("new"))
		require.NoError(t, r.Close())
		r, err = delivered.Open(dir, "x")
		require.NoError(t, err)
		if len(raw) < 1000 {
			require.True(t, r.Has("new"))
		}
		require.NoError(t, r.Close())
	})
}
