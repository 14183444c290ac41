package auditlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pruneCounter counts what was pruned, and what failed.
type pruneCounter struct {
	silent
	segments atomic.Int64
	failed   atomic.Pointer[error]
}

func (c *pruneCounter) Pruned(segments int, _ int64)       { c.segments.Add(int64(segments)) }
func (c *pruneCounter) KeeperFailed(_ string, error error) { c.failed.Store(&error) }

// requireKept requires that what is left of a pruned log follows from a prune
// record, and matches every checkpoint that it can.
func requireKept(t *testing.T, dir string) (first uint64, all []Entry) {
	t.Helper()
	require.NoError(t, Read(context.Background(), dir, Filter{}, func(e Entry) error { all = append(all, e); return nil }))
	first = all[0].Seq
	segments, err := Segments(dir)
	require.NoError(t, err)
	l, err := ParseLine(all[0].Line)
	require.NoError(t, err)
	c := chain{prev: l.Prev}
	if first > 0 {
		tree, err := findPrune(segments, l.Log, first)
		require.NoError(t, err)
		c.tree = *tree
	}
	checkpoints, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	roots := map[int64]bool{}
	for _, e := range all {
		l, err := ParseLine(e.Line)
		require.NoError(t, err)
		require.True(t, c.follows(l, l.Log), "seq %d", e.Seq)
		c.add(LeafHash(e.Line))
		for _, cp := range checkpoints {
			if cp.Size == c.tree.Size() {
				require.Equal(t, cp.Root, c.tree.Root(), "checkpoint of %d", cp.Size)
				roots[cp.Size] = true
			}
		}
	}
	require.NotEmpty(t, roots)
	return first, all
}

func TestRetentionBySize(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	for round := range 3 {
		var seen pruneCounter
		l, err := Open(dir, Options{SegmentMaxBytes: 3000, RetentionMaxBytes: 10_000, CheckpointInterval: time.Millisecond, Observer: &seen})
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			_, err := l.Append(t.Context(), pending("", 500))
			require.NoError(t, err)
			return seen.segments.Load() > 5
		}, 20*time.Second, time.Millisecond)
		require.NoError(t, l.Close())
		assert.Nil(t, seen.failed.Load())
		first, all := requireKept(t, dir)
		assert.Positive(t, first)
		if round == 1 { // the next Open reads everything that is left
			require.NoError(t, os.Remove(filepath.Join(dir, treeName)))
		}
		segments, err := Segments(dir)
		require.NoError(t, err)
		prunes, err := Last(t.Context(), dir, 100, Filter{Kind: KindPrune})
		require.NoError(t, err)
		last := prunes[len(prunes)-1]
		assert.Equal(t, first, jsonUint(t, last.Attributes[PruneFirstSeq]))
		assert.Equal(t, "size", last.Attribute(PruneReason))
		files := last.Attributes[PruneSegments].([]any)
		require.Len(t, files, 1)
		assert.Equal(t, segmentName(segments[0].Index-1), files[0].(map[string]any)["name"])
		require.Greater(t, len(all), 3)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		assert.False(t, e.IsDir(), "it is one log: %s", e.Name())
	}
}

func jsonUint(t *testing.T, v any) uint64 {
	t.Helper()
	n, err := v.(interface{ Int64() (int64, error) }).Int64()
	require.NoError(t, err)
	return uint64(n)
}

func TestRetentionByAge(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	var seen pruneCounter
	l := openLog(t, dir, Options{SegmentMaxBytes: 1000, RetentionMaxAge: time.Hour, CheckpointInterval: time.Millisecond, Observer: &seen})
	for range 6 {
		_, err := l.Append(t.Context(), pending("", 500))
		require.NoError(t, err)
	}
	old := time.Now().Add(-2 * time.Hour)
	for i := range uint64(2) {
		require.NoError(t, os.Chtimes(filepath.Join(dir, segmentName(i)), old, old))
	}
	require.Eventually(t, func() bool {
		_, err := l.Append(t.Context(), pending("", 1))
		require.NoError(t, err)
		return seen.segments.Load() == 2
	}, 20*time.Second, 5*time.Millisecond)
	require.NoError(t, l.Close())
	requireKept(t, dir)
	assert.NoFileExists(t, filepath.Join(dir, segmentName(1)))
	assert.FileExists(t, filepath.Join(dir, segmentName(2)))
}

// A segment that was changed is evidence: it is kept, and so is what follows.
func TestChangedSegmentIsNotPruned(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l, err := Open(dir, Options{SegmentMaxBytes: 3000})
	require.NoError(t, err)
	for range 30 {
		_, err := l.Append(t.Context(), pending("", 500))
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	path := filepath.Join(dir, segmentName(0))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[len(content)/2]++
	require.NoError(t, os.WriteFile(path, content, 0o600))

	var seen pruneCounter
	l = openLog(t, dir, Options{SegmentMaxBytes: 3000, RetentionMaxBytes: 6000, CheckpointInterval: time.Millisecond, Observer: &seen})
	require.Eventually(t, func() bool { return seen.failed.Load() != nil }, 20*time.Second, time.Millisecond)
	require.NoError(t, l.Close())
	assert.True(t, errors.Is(*seen.failed.Load(), errEvidence))
	assert.FileExists(t, path)
	assert.Zero(t, seen.segments.Load())
}

// A tree file of any content is either what a checkpoint agrees with, or nothing.
func FuzzReadTree(f *testing.F) {
	dir := f.TempDir()
	l, err := Open(filepath.Join(dir, "audit"), Options{})
	require.NoError(f, err)
	require.NoError(f, l.Close())
	good, err := os.ReadFile(filepath.Join(dir, "audit", treeName))
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte(`{"size":-1}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, treeName), content, 0o600))
		if s := readTree(dir); s != nil {
			assert.Equal(t, s.checkpoint.Root, s.chain.tree.Root())
			assert.Equal(t, s.checkpoint.Size, s.chain.tree.Size())
		}
	})
}
