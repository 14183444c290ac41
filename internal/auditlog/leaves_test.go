package auditlog

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
)

func TestLeavesGoOnWhereTheyEnded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l := openLog(t, dir, Options{SegmentMaxBytes: 1000, HeartbeatInterval: -1})
	tree := &CompactRange{}
	var r *LeafReader
	for i := range 20 {
		_, err := l.Append(t.Context(), pending("", 300))
		require.NoError(t, err)
		if r == nil {
			r, err = NewLeafReader(dir, l.id, 0)
			require.NoError(t, err)
		}
		size := int64(l.Status().NextSeq)
		require.NoError(t, r.Read(t.Context(), size, tree.Append))
		assert.Equal(t, size, r.Next())
		require.NoError(t, r.Read(t.Context(), size, func(tlog.Hash) { t.Fatal("twice") }))
		if i%5 == 0 {
			again, err := NewLeafReader(dir, l.id, size-1)
			require.NoError(t, err)
			require.NoError(t, again.Skip(t.Context(), size))
			assert.Equal(t, r.prev, again.prev)
		}
	}
	require.ErrorIs(t, r.Skip(t.Context(), 1000), ErrNoLeaves)
	_, err := NewLeafReader(dir, "01920000-0000-7000-8000-000000000001", 0)
	require.ErrorIs(t, err, ErrNoLeaves, "of another log")
	require.NoError(t, l.Close())
	checkpoints, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	last := checkpoints[len(checkpoints)-1]
	require.NoError(t, r.Read(t.Context(), last.Size, tree.Append))
	assert.Equal(t, last.Root, tree.Root())
	assert.Zero(t, PrunedRange(dir).Size())
}
