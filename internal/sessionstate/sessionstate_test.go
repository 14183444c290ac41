package sessionstate

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

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
				err := Update(ctx, dir, "s", func(s *State) bool { next(s); got = s.Seq; return true })
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
	require.Equal(t, uint64(400), Load(dir, "s").Seq)
	info, err := os.Stat(File(dir, "s"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestUpdateDoesNotWaitForEver(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Update(t.Context(), dir, "s", next))
	f, err := os.Open(File(dir, "s"))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, Update(ctx, dir, "s", next), ErrLocked)
}

func TestUpdateRestartsOnGarbage(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(File(dir, "s"), []byte(`{"seq":`), 0o600))
	require.NoError(t, Update(t.Context(), dir, "s", func(s *State) bool {
		require.True(t, s.Restarted)
		return next(s)
	}))
	require.Equal(t, uint64(1), Load(dir, "s").Seq)
}

func TestUpdateRefusesWhatIsNotAFile(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	require.NoError(t, os.WriteFile(target, []byte("x"), 0o600))
	require.NoError(t, os.Symlink(target, File(dir, "link")))
	require.Error(t, Update(t.Context(), dir, "link", next))
	require.NoError(t, syscall.Mkfifo(File(dir, "fifo"), 0o600))
	require.Error(t, Update(t.Context(), dir, "fifo", next))
	got, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "x", string(got))
}

func TestRecentIsBounded(t *testing.T) {
	var s State
	for i := range 3 * MaxRecent {
		s.Remember(Seen{Key: Key([]byte{byte(i)}), Seq: uint64(i)})
	}
	require.Len(t, s.Recent, MaxRecent)
	got, ok := s.Find(Key([]byte{byte(3*MaxRecent - 1)}))
	require.True(t, ok)
	require.Equal(t, uint64(3*MaxRecent-1), got.Seq)
	_, ok = s.Find(Key([]byte{0}))
	require.False(t, ok)
}

func BenchmarkUpdate(b *testing.B) {
	dir := b.TempDir()
	for i := range MaxRecent {
		require.NoError(b, Update(b.Context(), dir, "s", func(s *State) bool {
			s.Remember(Seen{Key: Key([]byte{byte(i)}), ID: "01890a5d-ac96-774b-bcce-b302099a8057"})
			return true
		}))
	}
	for b.Loop() {
		if err := Update(b.Context(), dir, "s", next); err != nil {
			b.Fatal(err)
		}
	}
}
