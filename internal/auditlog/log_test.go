package auditlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func pending(id string, size int) Pending {
	attributes := ""
	if id != "" {
		attributes = fmt.Sprintf(`,"attributes":{"claude_code.event.id":%q}`, id)
	}
	return Pending{JSON: fmt.Appendf(nil, `{"kind":"log"%s,"body":{"x":%q}}`, attributes, strings.Repeat("x", size)), EventID: id}
}

func openLog(t testing.TB, dir string, o Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	return l
}

func readAll(t testing.TB, dir string) []Entry {
	t.Helper()
	var all []Entry
	require.NoError(t, Read(context.Background(), dir, Filter{}, func(e Entry) error { all = append(all, e); return nil }))
	for i, e := range all {
		require.Equal(t, uint64(i), e.Seq, "seq without gap")
	}
	return all
}

func TestAppendAndReadBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "audit")
	l := openLog(t, dir, Options{quiet: true})
	r, err := l.Append(t.Context(), pending("a", 1), pending("b", 1))
	require.NoError(t, err)
	assert.Equal(t, Receipt{FirstSeq: 0, Written: 2}, r)
	r, err = l.Append(t.Context(), pending("c", 1))
	require.NoError(t, err)
	assert.Equal(t, Receipt{FirstSeq: 2, Written: 1}, r)
	assert.Len(t, readAll(t, dir), 3)

	for name, want := range map[string]os.FileMode{".": 0o700, "00000000.jsonl": 0o600, "lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), name)
	}
}

func TestSeqGoesOnOverRestartsAndRotation(t *testing.T) {
	dir := t.TempDir()
	for range 5 {
		l, err := Open(dir, Options{quiet: true, SegmentMaxBytes: 500})
		require.NoError(t, err)
		for range 7 {
			_, err := l.Append(t.Context(), pending("", 100))
			require.NoError(t, err)
		}
		require.NoError(t, l.Close())
	}
	assert.Len(t, readAll(t, dir), 35)
	segments, err := Segments(dir)
	require.NoError(t, err)
	assert.Greater(t, len(segments), 7)
	for i, s := range segments {
		assert.Equal(t, uint64(i), s.Index)
		assert.LessOrEqual(t, s.Size, int64(500))
	}
}

func TestRotationByAge(t *testing.T) {
	dir := t.TempDir()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var passed atomic.Int64 // the keeper looks at the clock, too
	now := func() time.Time { return start.Add(time.Duration(passed.Load())) }
	l := openLog(t, dir, Options{quiet: true, SegmentMaxAge: time.Hour, now: now})
	for _, step := range []time.Duration{0, 59 * time.Minute, time.Minute, 30 * time.Minute, 30 * time.Minute} {
		passed.Add(int64(step))
		_, err := l.Append(t.Context(), pending("", 10))
		require.NoError(t, err)
	}
	segments, err := Segments(dir)
	require.NoError(t, err)
	assert.Len(t, segments, 3)
	assert.Len(t, readAll(t, dir), 5)
}

func TestSecondOpenerIsRefused(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, Options{quiet: true})
	require.NoError(t, err)
	_, err = Open(dir, Options{quiet: true})
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, l.Close())
	require.NoError(t, l.Close(), "a second Close does nothing")
	_, err = l.Append(t.Context(), pending("", 1))
	require.ErrorIs(t, err, ErrClosed)
	openLog(t, dir, Options{quiet: true})
}

func TestRefusedRecords(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{quiet: true, MaxRecordBytes: 100})
	_, err := l.Append(t.Context(), pending("", 1), pending("", 200))
	require.ErrorIs(t, err, ErrRecordTooLarge)
	for _, bad := range []string{"", "{", "[]", "{\"a\":\n1}", "null"} {
		_, err = l.Append(t.Context(), Pending{JSON: []byte(bad)})
		require.ErrorIs(t, err, ErrInvalidRecord, bad)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = l.Append(ctx, pending("", 1))
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, readAll(t, dir), "all or nothing")
}

func TestDuplicates(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, Options{quiet: true, DuplicateWindow: 3})
	require.NoError(t, err)
	r, err := l.Append(t.Context(), pending("a", 1), pending("a", 2), pending("b", 1), pending("", 1))
	require.NoError(t, err)
	assert.Equal(t, Receipt{Written: 3, Duplicates: 1}, r)
	r, err = l.Append(t.Context(), pending("b", 1))
	require.NoError(t, err)
	assert.Equal(t, Receipt{FirstSeq: 3, Duplicates: 1}, r)
	require.NoError(t, l.Close())

	l = openLog(t, dir, Options{quiet: true, DuplicateWindow: 3}) // refilled from the log
	r, err = l.Append(t.Context(), pending("a", 1), pending("c", 1), pending("d", 1))
	require.NoError(t, err)
	assert.Equal(t, Receipt{FirstSeq: 3, Written: 2, Duplicates: 1}, r)
	r, err = l.Append(t.Context(), pending("a", 1))
	require.NoError(t, err)
	assert.Equal(t, 1, r.Written, "a has left the window")
	assert.Len(t, readAll(t, dir), 6)
}

func TestConcurrentAppendersAndReaders(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{quiet: true, SegmentMaxBytes: 20_000})
	ctx, stop := context.WithCancel(t.Context())
	followed := make(chan uint64, 10_000)
	var readers sync.WaitGroup
	readers.Go(func() {
		assert.NoError(t, Follow(ctx, dir, Filter{}, func(e Entry) error { followed <- e.Seq; return nil }))
	})
	readers.Go(func() {
		for ctx.Err() == nil {
			err := Read(ctx, dir, Filter{}, func(Entry) error { return nil })
			if !errors.Is(err, context.Canceled) {
				assert.NoError(t, err)
			}
		}
	})
	const appenders, each = 16, 25
	var writers sync.WaitGroup
	for a := range appenders {
		writers.Go(func() {
			for i := range each {
				r, err := l.Append(t.Context(), pending(fmt.Sprint(a, "-", i), 50), pending("", 5))
				assert.NoError(t, err)
				assert.Equal(t, 2, r.Written)
			}
		})
	}
	writers.Wait()
	assert.Len(t, readAll(t, dir), 2*appenders*each)
	for want := range uint64(2 * appenders * each) {
		require.Equal(t, want, <-followed)
	}
	stop()
	readers.Wait()
}
