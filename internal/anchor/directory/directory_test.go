package directory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

func TestConfig(t *testing.T) {
	require.ErrorContains(t, (&Config{}).Validate(), "path: must be set")
	require.ErrorContains(t, (&Config{Path: "a/b"}).Validate(), "path: must be absolute")
	require.NoError(t, (&Config{Path: "/a"}).Validate())
}

func newDirectory(t *testing.T) (*Directory, string) {
	t.Helper()
	dir := t.TempDir()
	d := New(&Config{Path: dir, AllowSameFilesystem: true}, anchortest.Settings(t.TempDir()))
	d.now = func() time.Time { return time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC) }
	return d, filepath.Join(dir, anchortest.LogID+"-2026-01.checkpoints")
}

func anchorIn(t *testing.T, d *Directory, c auditlog.Checkpoint) {
	t.Helper()
	receipt, retry, err := d.Anchor(t.Context(), c)
	require.NoError(t, err)
	assert.False(t, retry)
	assert.Empty(t, receipt)
}

func TestAppends(t *testing.T) {
	d, file := newDirectory(t)
	signer, tree := anchortest.NewSigner(t, 0), anchortest.NewTree("a", 5)
	var want strings.Builder
	for size := range int64(5) {
		c := signer.Checkpoint(t, size, tree.Root(size))
		anchorIn(t, d, c)
		anchorIn(t, d, c) // a retry after a lost answer
		want.Write(append(c.Note, '\n'))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, want.String(), string(got))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	d.now = func() time.Time { return time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) }
	anchorIn(t, d, signer.Checkpoint(t, 5, tree.Root(5)))
	assert.FileExists(t, strings.Replace(file, "2026-01", "2026-02", 1))
	require.NoError(t, d.Close())

	// The log's own reader takes the file.
	copied := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(copied, auditlog.CheckpointsName), got, 0o600))
	all, err := auditlog.ReadCheckpoints(copied)
	require.NoError(t, err)
	assert.Len(t, all, 5)
}

func TestHalfANoteIsKeptApart(t *testing.T) {
	signer, tree := anchortest.NewSigner(t, 0), anchortest.NewTree("a", 2)
	first, second := signer.Checkpoint(t, 1, tree.Root(1)), signer.Checkpoint(t, 2, tree.Root(2))
	for _, cut := range []int{1, len(first.Note) / 2, len(first.Note) - 1, len(first.Note)} {
		d, file := newDirectory(t)
		require.NoError(t, os.WriteFile(file, first.Note[:cut], 0o600))
		anchorIn(t, d, second)
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(first.Note[:cut])+"\n\n"+string(second.Note)+"\n", string(got))
	}
}

func TestAMissingMountIsNoticed(t *testing.T) {
	c := anchortest.NewSigner(t, 0).Checkpoint(t, 1, anchortest.NewTree("a", 1).Root(1))
	dir := t.TempDir()
	_, retry, err := New(&Config{Path: dir}, anchortest.Settings(t.TempDir())).Anchor(t.Context(), c)
	require.ErrorIs(t, err, ErrNotMounted)
	assert.True(t, retry, "it may come back")

	_, retry, err = New(&Config{Path: filepath.Join(dir, "none"), AllowSameFilesystem: true}, anchortest.Settings(dir)).Anchor(t.Context(), c)
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.True(t, retry)
	assert.NoDirExists(t, filepath.Join(dir, "none"), "it is not made")

	_, err = os.Stat("/dev/shm")
	if err != nil {
		t.Skip("no second file system at hand")
	}
	other, err := os.MkdirTemp("/dev/shm", "anchor")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(other)) })
	_, _, err = New(&Config{Path: other}, anchortest.Settings(dir)).Anchor(t.Context(), c)
	require.NoError(t, err)
}

func TestRemovedCheckpointsAreToldOnce(t *testing.T) {
	d, file := newDirectory(t)
	signer, tree := anchortest.NewSigner(t, 0), anchortest.NewTree("a", 4)
	anchorIn(t, d, signer.Checkpoint(t, 1, tree.Root(1)))
	anchorIn(t, d, signer.Checkpoint(t, 2, tree.Root(2)))
	require.NoError(t, os.Truncate(file, 10))
	_, retry, err := d.Anchor(t.Context(), signer.Checkpoint(t, 3, tree.Root(3)))
	require.ErrorIs(t, err, ErrShrunk)
	assert.True(t, retry)
	anchorIn(t, d, signer.Checkpoint(t, 3, tree.Root(3)))
	require.NoError(t, os.Remove(file))
	_, _, err = d.Anchor(t.Context(), signer.Checkpoint(t, 4, tree.Root(4)))
	require.ErrorIs(t, err, ErrShrunk)
	anchorIn(t, d, signer.Checkpoint(t, 4, tree.Root(4)))
}

func TestNotThroughALink(t *testing.T) {
	d, file := newDirectory(t)
	target := filepath.Join(t.TempDir(), "target")
	require.NoError(t, os.Symlink(target, file))
	_, _, err := d.Anchor(t.Context(), anchortest.NewSigner(t, 0).Checkpoint(t, 1, anchortest.NewTree("a", 1).Root(1)))
	require.Error(t, err)
	assert.NoFileExists(t, target)
}

func TestAnOriginIsNoPath(t *testing.T) {
	d, _ := newDirectory(t)
	_, retry, err := d.Anchor(t.Context(), auditlog.Checkpoint{Origin: "agent-telemetry/../../x", Note: []byte("x")})
	require.ErrorIs(t, err, errForeign)
	assert.False(t, retry)
}
