package pending_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/pending"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestWaitsOverRestarts(t *testing.T) {
	dir := t.TempDir()
	s, err := pending.Open(dir, "x")
	require.NoError(t, err)
	now := notifytest.Time
	for i := range 3 {
		s.Add(notify.KindDigest, notifytest.Alert(i, semconv.SeverityLow), now)
	}
	require.NoError(t, s.Save())
	s, err = pending.Open(dir, "x")
	require.NoError(t, err)
	s.Add(notify.KindDigest, notifytest.Alert(2, semconv.SeverityLow), now) // the queue brings it again
	require.EqualValues(t, 3, s.Count(notify.KindDigest))
	require.Nil(t, s.Due(notify.KindDigest, time.Minute, now.Add(59*time.Second)))
	require.Nil(t, s.Due(notify.KindHeldBack, time.Minute, now.Add(time.Hour)))
	due := s.Due(notify.KindDigest, time.Minute, now.Add(time.Minute))
	require.EqualValues(t, 3, due.Count)
	require.NoError(t, s.Save())
	s.Add(notify.KindDigest, notifytest.Alert(9, semconv.SeverityLow), now.Add(time.Minute))
	require.NoError(t, s.Save())

	// A crash before it was told: it is the same summary, with the same id.
	s, err = pending.Open(dir, "x")
	require.NoError(t, err)
	again := s.Due(notify.KindDigest, time.Minute, now.Add(61*time.Second))
	require.Equal(t, notify.OfSummary(notify.KindDigest, due).ID, notify.OfSummary(notify.KindDigest, again).ID)
	s.Told(notify.KindDigest)
	require.EqualValues(t, 1, s.Count(notify.KindDigest))
	require.NoError(t, s.Save())
}

// Somebody made a pipe of that name, and holds it open: it is not waited for.
func TestAPipeIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pending.json")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer w.Close()
	s, err := pending.Open(dir, "x")
	require.ErrorIs(t, err, pending.ErrInvalid)
	s.Add(notify.KindDigest, notifytest.Alert(1, semconv.SeverityLow), notifytest.Time)
	require.NoError(t, s.Save())
	info, err := os.Lstat(path)
	require.NoError(t, err)
	require.True(t, info.Mode().IsRegular())
}

// The largest summaries, of characters that JSON writes longest, can be read again.
func TestTheLargestSummaries(t *testing.T) {
	dir := t.TempDir()
	s, err := pending.Open(dir, "x")
	require.NoError(t, err)
	for range 2 {
		for _, kind := range pending.Kinds {
			for i := range 5_000 {
				a := notifytest.Alert(i, semconv.SeverityHigh)
				a.ID = fmt.Sprint(kind, i)
				a.Rule, a.Title = fmt.Sprint(strings.Repeat("<", 250), i), strings.Repeat("<", 256)
				a.Session, a.ProjectName = a.Title, a.Title
				s.Add(kind, a, notifytest.Time)
			}
			require.NotNil(t, s.Due(kind, 0, notifytest.Time))
		}
	}
	require.NoError(t, s.Save())
	s, err = pending.Open(dir, "x")
	require.NoError(t, err)
	require.EqualValues(t, 5_000, s.Count(notify.KindDigest))
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"version":1,"open":{"digest":{"count":2,"rules":[{"rule":"a\nb","count":2}],"alerts":[{"id":"x"}]}},"since":{"digest":"2026-01-01T00:00:00Z"}}`))
	f.Add([]byte(`{"version":1,"open":{"digest":null}}`))
	f.Add([]byte(`{"version":1,"open":null,"sealed":{"held_back":{"count":-1}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.pending.json"), raw, 0o600))
		s, err := pending.Open(dir, "x")
		if err != nil {
			require.ErrorIs(t, err, pending.ErrInvalid)
		}
		s.Add(notify.KindDigest, notifytest.Alert(1, semconv.SeverityLow), notifytest.Time)
		for _, kind := range pending.Kinds {
			if due := s.Due(kind, 0, notifytest.Time); due != nil {
				require.Empty(t, notifytest.Invisible(notify.OfSummary(kind, due).OneLine()))
			}
		}
		require.NoError(t, s.Save())
	})
}
