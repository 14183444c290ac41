package auditlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

func TestFailedSync(t *testing.T) {
	dir := t.TempDir()
	var failing atomic.Bool
	l := openLog(t, dir, Options{quiet: true, sync: func(f *os.File) error {
		if failing.Load() {
			return errors.New("input/output error")
		}
		return safefile.SyncData(f)
	}})
	_, err := l.Append(t.Context(), pending("a", 1))
	require.NoError(t, err)
	failing.Store(true)
	for range 3 {
		_, err = l.Append(t.Context(), pending("b", 1), pending("c", 1))
		require.ErrorIs(t, err, ErrUnavailable)
		assert.False(t, l.Status().Healthy)
	}
	failing.Store(false)
	r, err := l.Append(t.Context(), pending("b", 1))
	require.NoError(t, err)
	assert.Equal(t, Receipt{FirstSeq: 1, Written: 1}, r, "what was not acknowledged is not in the way")
	assert.True(t, l.Status().Healthy)
	assert.Len(t, readAll(t, dir), 2)
}

func TestRotationOverTakenNames(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{quiet: true, SegmentMaxBytes: 100})
	for i := range uint64(maxOccupied + 1) {
		require.NoError(t, os.Mkdir(filepath.Join(dir, segmentName(i+1)), 0o700))
	}
	for range 3 {
		_, err := l.Append(t.Context(), pending("", 80))
		require.NoError(t, err, "no free name is no reason to stop")
	}
	assert.Len(t, readAll(t, dir), 3)
}

// When every attempt takes time, those who wait share the next group.
func TestGroupsAreShared(t *testing.T) {
	counter := &counting{}
	l := openLog(t, t.TempDir(), Options{quiet: true, Observer: counter, sync: func(f *os.File) error {
		time.Sleep(5 * time.Millisecond) // a slow disk
		return safefile.SyncData(f)
	}})
	results := make(chan error)
	for i := range 100 {
		go func() {
			_, err := l.Append(t.Context(), pending(fmt.Sprint(i), 10))
			results <- err
		}()
	}
	for range 100 {
		require.NoError(t, <-results)
	}
	assert.Equal(t, 100, counter.records)
	assert.Less(t, counter.groups, 20)
}

type counting struct {
	silent
	groups, records int
}

func (c *counting) Committed(m Commit) { c.groups++; c.records += m.Records }
