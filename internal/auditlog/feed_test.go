package auditlog

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// told waits until the readers are told of all that was written.
func told(t *testing.T, f *Feed) {
	t.Helper()
	require.Eventually(t, func() bool {
		f.handing.Lock()
		defer f.handing.Unlock()
		return !f.sharing
	}, 5*time.Second, 50*time.Microsecond)
}

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
	told(t, FeedOf(dir))

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
	told(t, FeedOf(dir))
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
	told(t, FeedOf(dir))
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
	told(t, f)
	require.Len(t, tap.queue, TapRecords)
	_, next, w, _ := tap.Head()
	require.EqualValues(t, 2*TapRecords, next)
	require.Zero(t, w.FirstSeq)
	for range 2 * TapRecords {
		tap.Take()
	}
	f.wrote(Written{FirstSeq: next, Records: 1, bytes: tapBytes + 1})
	told(t, f)
	require.Empty(t, tap.queue)
	require.Zero(t, tap.records)
	require.Zero(t, tap.bytes)
}

// TestTapPassesWhatItsReaderDoesNotWant: it wakes nobody, belongs to the other reader
// alone, and is one step for this one, however much it is.
func TestTapPassesWhatItsReaderDoesNotWant(t *testing.T) {
	f := new(Feed)
	f.opened("log", 0)
	all := f.Tap()
	some := f.TapPart(func(p any) any {
		if p == "alert" {
			return "copy"
		}
		return nil
	})
	some.Want(1)
	place := Place{Segment: 1}
	seq := uint64(0)
	write := func(payload any) Written {
		w := Written{FirstSeq: seq, Records: 1, Place: place, Payload: payload, bytes: 10}
		f.wrote(w)
		told(t, f)
		seq, place.Offset = seq+1, place.Offset+10
		return w
	}
	for range 3 {
		write("event")
	}
	require.Empty(t, some.Wake())
	_, _, w, _ := all.Head()
	require.Equal(t, "event", w.Payload)
	require.False(t, w.Shared)
	write("alert")
	require.Len(t, some.Wake(), 1)
	_, _, w, _ = some.Head()
	require.True(t, w.Passed)
	require.Nil(t, w.Payload)
	require.EqualValues(t, 3, w.End())
	require.Equal(t, Place{Segment: 1, Offset: 30}, w.After())
	some.Take()
	_, _, w, _ = some.Head()
	require.Equal(t, "copy", w.Payload)
	require.False(t, w.Shared)
	some.Take()
	require.Zero(t, some.records)
	require.Zero(t, some.bytes)

	// What has no payload is in the log alone: it is told.
	write(nil)
	_, _, w, _ = some.Head()
	require.False(t, w.Passed)
	some.Take()

	// Of much that is passed the reader hears, so that its place moves on.
	<-some.Wake()
	some.Want(1)
	for range TapRecords {
		write("event")
	}
	require.Len(t, some.Wake(), 1)
	require.Len(t, some.queue, 1)
	some.Take()
	require.Zero(t, some.records)

	// Each segment is a step of its own, of which not more are kept than can be used.
	for range 3 * TapRecords {
		place = Place{Segment: place.Segment + 1}
		write("event")
	}
	require.Len(t, some.queue, 2*TapRecords)
}

// TestFeedDoesNotKeepTheLogWaiting: a reader whose copies take long holds up nobody, and
// what it cannot be told it finds in the log.
func TestFeedDoesNotKeepTheLogWaiting(t *testing.T) {
	f := new(Feed)
	f.opened("log", 0)
	busy, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	some := f.TapPart(func(p any) any {
		once.Do(func() { close(busy); <-goOn })
		return p
	})
	write := func(seq uint64) { f.wrote(Written{FirstSeq: seq, Records: 1, bytes: 1, Payload: seq}) }
	write(0)
	<-busy
	for seq := range uint64(maxHanded + 10) {
		write(seq + 1)
	}
	require.Len(t, f.handed.all, maxHanded)
	close(goOn)
	told(t, f)
	_, next, w, ok := some.Head()
	require.True(t, ok)
	require.EqualValues(t, maxHanded+11, next)
	require.Zero(t, w.FirstSeq)
	require.Len(t, some.queue, TapRecords)
	require.Len(t, some.Wake(), 1)

	// Nothing of a log before is told of the next.
	write(next)
	f.opened("another", 7)
	told(t, f)
	log, next, _, ok := some.Head()
	require.Equal(t, "another", log)
	require.EqualValues(t, 7, next)
	require.False(t, ok)
}

// TestAcknowledgedIsWritten: who was told that a record is on disk finds that the log is
// so far, whether or not the readers have been told.
func TestAcknowledgedIsWritten(t *testing.T) {
	log, err := Open(t.TempDir(), Options{quiet: true, sync: func(*os.File) error { return nil }})
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				receipt, err := log.Append(t.Context(), pending("", 10))
				if _, next := log.feed.Written(); err != nil || next <= receipt.FirstSeq {
					t.Errorf("record %d was acknowledged (%v) and %d are known", receipt.FirstSeq, err, next)
					return
				}
			}
		})
	}
	wg.Wait()
}
