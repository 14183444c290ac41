package auditlog

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFeedTellsOnlyWhatIsOnDisk: a line whose sync failed may be cut off and
// another take its number.
func TestFeedTellsOnlyWhatIsOnDisk(t *testing.T) {
	dir := t.TempDir()
	var broken error
	log, err := Open(dir, Options{quiet: true, sync: func(f *os.File) error { return errors.Join(broken, f.Sync()) }})
	require.NoError(t, err)
	tap := FeedOf(dir).Tap()
	defer tap.Close()
	one := Pending{JSON: []byte(`{"kind":"log","body":1}`)}
	receipt, err := log.AppendFor(t.Context(), "payload", one, one)
	require.NoError(t, err)

	id, next, w, ok := tap.Head()
	require.True(t, ok)
	require.Equal(t, log.Status().LogID, id)
	require.Equal(t, receipt.FirstSeq+2, next)
	require.Equal(t, "payload", w.Payload)
	require.Equal(t, next, w.End())
	require.False(t, w.Shared)
	tap.Take()

	broken = errors.New("the disk is gone")
	_, err = log.AppendFor(t.Context(), "lost", one)
	require.ErrorIs(t, err, ErrUnavailable)
	_, next, _, ok = tap.Head()
	require.False(t, ok)
	require.Equal(t, receipt.FirstSeq+2, next)
	broken = nil

	// The place that is told is where the line is.
	_, err = log.AppendFor(t.Context(), "payload", one)
	require.NoError(t, err)
	_, next, w, _ = tap.Head()
	r := NewReader(dir, w.FirstSeq, w.Place)
	var seqs []uint64
	require.NoError(t, r.Read(t.Context(), next, func(e Entry) error { seqs = append(seqs, e.Seq); return nil }))
	require.Equal(t, []uint64{w.FirstSeq}, seqs)
	at, place := r.Next()
	require.Equal(t, w.End(), at)
	require.Equal(t, w.After(), place)

	second := FeedOf(dir).Tap()
	_, err = log.AppendFor(t.Context(), "for both", one)
	require.NoError(t, err)
	_, _, w, ok = second.Head()
	require.True(t, ok)
	require.True(t, w.Shared)
	second.Close()
	require.NoError(t, log.Close())
}

// TestTapIsBounded: what does not fit is in the log.
func TestTapIsBounded(t *testing.T) {
	f := new(Feed)
	f.opened("log", 0)
	tap := f.Tap()
	for i := range uint64(2 * TapRecords) {
		f.wrote(Written{FirstSeq: i, Records: 1, bytes: 10})
	}
	require.Len(t, tap.queue, TapRecords)
	_, next, w, _ := tap.Head()
	require.EqualValues(t, 2*TapRecords, next)
	require.Zero(t, w.FirstSeq)
	for range 2 * TapRecords {
		tap.Take()
	}
	f.wrote(Written{FirstSeq: next, Records: 1, bytes: tapBytes + 1})
	require.Empty(t, tap.queue)
	require.Zero(t, tap.records)
	require.Zero(t, tap.bytes)
}
