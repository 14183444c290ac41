package feed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

var start = time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)

// record is a tool call number i, i seconds after the start, at least so many
// bytes long.
func record(i, size int) auditlog.Pending {
	at := start.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano)
	id := fmt.Sprint("id-", i)
	return auditlog.Pending{EventID: id, JSON: fmt.Appendf(nil, `{"kind":"log","time":%q,"event_name":"claude_code.command_execution","resource":{"service.name":"claude-telemetry"},`+
		`"attributes":{"claude_code.event.id":%q,"event.type":"command_execution","session.id":"s"},"body":{"hook_event":"PreToolUse","tool_name":"Bash","raw_input":{"x":"%0*d"}}}`, at, id, max(size, 1), i)}
}

// write appends the records from one number to another.
func write(t *testing.T, l *auditlog.Log, from, to, size int) {
	t.Helper()
	for from < to {
		var group []auditlog.Pending
		for ; from < to && len(group) < 500; from++ {
			group = append(group, record(from, size))
		}
		_, err := l.Append(t.Context(), group...)
		require.NoError(t, err)
	}
}

func openLog(t *testing.T, dir string, o auditlog.Options) *auditlog.Log {
	t.Helper()
	o.KeyDir = dir + "-keys"
	o.CheckpointInterval = time.Hour // nothing of its own in between
	l, err := auditlog.Open(dir, o)
	require.NoError(t, err)
	return l
}

// run follows until the test ends.
func run(t *testing.T, a *Audit) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
}

func totals(h *activity.Hub) (t activity.Totals) {
	h.Look(func(s *activity.State) { t = s.Totals(start) })
	return t
}

func newest(h *activity.Hub) (id string) {
	h.Look(func(s *activity.State) {
		if all := s.Events(nil); len(all) > 0 {
			id = all[len(all)-1].ID
		}
	})
	return id
}

func newHub(since time.Time) *activity.Hub {
	return activity.NewHub(since, func() time.Time { return start.AddDate(0, 0, 1) })
}

const soon = 20 * time.Second

func TestHistoryThenWhatComes(t *testing.T) {
	for name, o := range map[string]auditlog.Options{"one segment": {}, "many segments": {SegmentMaxBytes: 1 << 20}} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			l := openLog(t, dir, o)
			write(t, l, 0, 5000, 1500) // 9 MB
			since := start.Add(4000 * time.Second)
			hub := newHub(since)
			run(t, &Audit{Dir: dir, Since: since, Hub: hub})
			require.Eventually(t, func() bool { return totals(hub).Events == 1000 }, soon, time.Millisecond)
			write(t, l, 5000, 5010, 10)
			require.Eventually(t, func() bool { return totals(hub).Events == 1010 }, soon, time.Millisecond)
			require.Equal(t, "id-5009", newest(hub))
			require.Empty(t, totals(hub).Notice)
			require.Zero(t, totals(hub).Skipped)

			// The collector starts anew: the log goes on.
			require.NoError(t, l.Close())
			l = openLog(t, dir, o)
			write(t, l, 5010, 5020, 10)
			require.Eventually(t, func() bool { return newest(hub) == "id-5019" }, soon, time.Millisecond)
			require.Equal(t, 1020, totals(hub).Events)
			require.NoError(t, l.Close())
		})
	}
}

// TestStartIsFoundQuickly: the recent past is at the end of a log, and the rest is
// not read.
func TestStartIsFoundQuickly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l := openLog(t, dir, auditlog.Options{})
	const all = 8000
	write(t, l, 0, all, 1000)
	require.NoError(t, l.Close())
	segments, err := auditlog.Segments(dir)
	require.NoError(t, err)
	for _, back := range []int{0, 1, 100, 1000, all - 1} {
		since := start.Add(time.Duration(all-back) * time.Second)
		next, at, cut := startOf(segments, since)
		require.False(t, cut)
		require.LessOrEqual(t, next, uint64(all+1-back), "nothing is left out")
		if at != (auditlog.Place{}) && next > 0 {
			require.GreaterOrEqual(t, next+uint64(5*back)+2000, uint64(all), "and not much more is read")
		}
		n := 0
		require.NoError(t, auditlog.NewReader(dir, next, at).Read(t.Context(), 1<<40, func(e auditlog.Entry) error {
			if !e.When().Before(since) && e.Kind == auditlog.KindLog {
				n++
			}
			return nil
		}))
		require.Equal(t, back, n)
	}
}

// TestLongHistory: of a long past the end is read, and the screen says from when
// on.
func TestLongHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l := openLog(t, dir, auditlog.Options{})
	write(t, l, 0, 5000, 10)
	hub := newHub(start)
	require.NoError(t, (&Audit{Dir: dir, Since: start, Hub: hub, limits: limits{history: 1000, lag: 10_000}}).look(t.Context()))
	require.Equal(t, 1000, totals(hub).Events)
	require.Zero(t, totals(hub).Skipped)
	hub.Look(func(s *activity.State) { require.Equal(t, start.Add(4000*time.Second), s.Since) })
	require.NoError(t, l.Close())
}

// TestTooMuchIsSkippedAndCounted: what a follower cannot keep up with, it passes
// over, to the record.
func TestTooMuchIsSkippedAndCounted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l := openLog(t, dir, auditlog.Options{})
	hub := newHub(start)
	a := &Audit{Dir: dir, Since: start, Hub: hub, limits: limits{history: 1000, lag: 2000, keep: 100}}
	write(t, l, 0, 10, 10)
	require.NoError(t, a.look(t.Context()))
	require.Equal(t, 10, totals(hub).Events)
	const more = 3000
	write(t, l, 10, 10+more, 10)
	require.NoError(t, a.look(t.Context()))
	got := totals(hub)
	require.Equal(t, uint64(more-100), got.Skipped)
	require.Equal(t, 110, got.Events)
	require.Equal(t, fmt.Sprint("id-", 9+more), newest(hub))
	require.Empty(t, got.Notice, "what is skipped is not missing")
	require.NoError(t, l.Close())
}

func TestMissingAndOtherLogs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	hub := newHub(start)
	a := &Audit{Dir: dir, Since: start, Hub: hub}
	require.NoError(t, a.look(t.Context()))
	require.Contains(t, totals(hub).Notice, "agent-telemetry up")

	l := openLog(t, dir, auditlog.Options{SegmentMaxBytes: 64 << 10})
	write(t, l, 0, 100, 1000)
	require.NoError(t, a.look(t.Context()))
	require.Equal(t, 100, totals(hub).Events)
	require.Empty(t, totals(hub).Notice)
	for i := 100; i < 400; i += 20 { // a group is never parted
		write(t, l, i, i+20, 1000)
	}
	require.NoError(t, l.Close())
	segments, err := auditlog.Segments(dir)
	require.NoError(t, err)
	require.NoError(t, os.Remove(segments[len(segments)/2].Path))
	require.NoError(t, a.look(t.Context()))
	require.Contains(t, totals(hub).Notice, "agent-telemetry verify")
	require.Less(t, totals(hub).Events, 400)
	require.Equal(t, "id-399", newest(hub))

	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.RemoveAll(dir+"-keys"))
	l = openLog(t, dir, auditlog.Options{})
	write(t, l, 1000, 1010, 10)
	require.NoError(t, a.look(t.Context()))
	require.Equal(t, "id-1009", newest(hub), "another log in its place is followed from its start")
	require.NoError(t, l.Close())
}

// FuzzStart: a log is a file that the agent may have written.
func FuzzStart(f *testing.F) {
	f.Add([]byte("{\"seq\":1}\n\n\n"), int64(3))
	f.Add([]byte("\x00\x00\n{"), int64(0))
	f.Fuzz(func(t *testing.T, text []byte, offset int64) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "00000000.jsonl"), text, 0o600))
		segments, err := auditlog.Segments(dir)
		require.NoError(t, err)
		lineBehind(segments[0], min(max(offset, 0), int64(len(text))))
		next, at, _ := startOf(segments, start)
		require.NoError(t, auditlog.NewReader(dir, next, at).Read(t.Context(), 1<<40, func(auditlog.Entry) error { return nil }))
	})
}
