package sessionstate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func load(dir, session string) State {
	s := Open(dir, session)
	defer s.Close()
	return s.Known()
}

func update(ctx context.Context, dir, session string, change func(*State) bool) error {
	s := Open(dir, session)
	defer s.Close()
	return s.Update(ctx, time.Minute, change)
}

func next(s *State) bool { s.Seq++; return true }

func TestUpdateCountsWithoutHolesUnderContention(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run", "sessions")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var mu sync.Mutex
	seen := map[uint64]bool{}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 20 {
				var got uint64
				err := update(ctx, dir, "s", func(s *State) bool { next(s); got = s.Seq; return true })
				mu.Lock()
				require.NoError(t, err)
				require.False(t, seen[got])
				seen[got] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 400)
	require.Equal(t, uint64(400), load(dir, "s").Seq)
	info, err := os.Stat(File(dir, "s"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestUpdateDoesNotWaitForEver(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, update(t.Context(), dir, "s", next))
	f, err := os.Open(File(dir, "s"))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, update(ctx, dir, "s", next), ErrLocked)
}

func TestUpdateRestartsOnGarbage(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(File(dir, "s"), []byte(`{"seq":5,"recent":"AAAA"}`), 0o600))
	require.NoError(t, update(t.Context(), dir, "s", func(s *State) bool {
		require.True(t, s.Restarted)
		return next(s)
	}))
	require.Equal(t, uint64(1), load(dir, "s").Seq)
}

func TestUpdateRefusesWhatIsNotAFile(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	require.NoError(t, os.WriteFile(target, []byte("x"), 0o600))
	require.NoError(t, os.Symlink(target, File(dir, "link")))
	require.Error(t, update(t.Context(), dir, "link", next))
	require.NoError(t, syscall.Mkfifo(File(dir, "fifo"), 0o600))
	require.Error(t, update(t.Context(), dir, "fifo", next))
	got, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "x", string(got))
}

func TestRecentIsBounded(t *testing.T) {
	var r Recent
	for i := range 3 * MaxRecent {
		r.Remember(Seen{Key: KeyOf([]byte{byte(i)}), ID: uuid.UUID{1, 2}, Seq: uint64(i), Time: time.UnixMilli(1700000000123)})
	}
	require.Len(t, r, MaxRecent*entry)
	got, ok := r.Find(KeyOf([]byte{byte(3*MaxRecent - 1)}))
	require.True(t, ok)
	require.Equal(t, Seen{Key: KeyOf([]byte{byte(3*MaxRecent - 1)}), ID: uuid.UUID{1, 2}, Seq: 3*MaxRecent - 1, Time: time.UnixMilli(1700000000123)}, got)
	_, ok = r.Find(KeyOf([]byte{0}))
	require.False(t, ok)
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	for _, session := range []string{"old", "new"} {
		require.NoError(t, update(t.Context(), dir, session, next))
	}
	require.NoError(t, os.Chtimes(File(dir, "old"), time.Now(), time.Now().Add(-40*24*time.Hour)))
	n, err := Prune(dir, 30*24*time.Hour, 100)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.FileExists(t, File(dir, "new"))
	n, err = Prune(filepath.Join(dir, "none"), 0, 100)
	require.NoError(t, err)
	require.Zero(t, n)
}

// TestLoadIsNeverTorn reads while states of different sizes are written.
func TestLoadIsNeverTorn(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, update(t.Context(), dir, "s", func(s *State) bool { s.Watched = true; return next(s) }))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 300 {
			_ = update(t.Context(), dir, "s", func(s *State) bool {
				s.Project = strings.Repeat("p", i%2*2000)
				return next(s)
			})
		}
	}()
	for {
		require.True(t, load(dir, "s").Watched)
		select {
		case <-done:
			return
		default:
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	dir := b.TempDir()
	for i := range MaxRecent {
		require.NoError(b, update(b.Context(), dir, "s", func(s *State) bool {
			s.Recent.Remember(Seen{Key: KeyOf([]byte{byte(i)}), ID: uuid.New()})
			return true
		}))
	}
	for b.Loop() {
		if err := update(b.Context(), dir, "s", next); err != nil {
			b.Fatal(err)
		}
	}
}

// What another process wrote since the session was opened counts, and what it did not write
// is not read again.
func TestUpdateSeesWhatOthersWrote(t *testing.T) {
	dir := t.TempDir()
	count := func(s *Session) (seen State) {
		t.Helper()
		require.NoError(t, s.Update(t.Context(), time.Second, func(s *State) bool {
			seen = *s
			s.Seq++
			s.Project = strings.Repeat("/p", int(s.Seq)%3) // longer and shorter
			s.Recent.Remember(Seen{Key: Key{byte(s.Seq)}, Seq: s.Seq})
			return true
		}))
		return seen
	}
	first, early := Open(dir, "s"), Open(dir, "s")
	defer first.Close()
	defer early.Close()
	for n := range uint64(2 * MaxRecent) {
		late := Open(dir, "s")
		require.Equal(t, n*2, late.Known().Seq)
		require.Equal(t, n*2, count(first).Seq, "it writes again and again")
		seen := count(late)
		require.Equal(t, n*2+1, seen.Seq, "first has written since late was opened")
		if n > 0 {
			got, ok := seen.Recent.Find(Key{byte(n*2 + 1)})
			require.True(t, ok)
			require.Equal(t, n*2+1, got.Seq)
		}
		late.Close()
		late.Close() // does nothing
	}
	require.Equal(t, uint64(4*MaxRecent), count(early).Seq, "there was no file when it was opened")
}
