package anchor

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// place is an anchor whose answers a test chooses. Nothing real runs here: what
// is tested is time, and time is synctest's.
type place struct {
	mu     sync.Mutex
	got    []int64
	at     []time.Time
	answer func(ctx context.Context) (retry bool, err error)
	closed bool
}

func (p *place) Anchor(ctx context.Context, c auditlog.Checkpoint) ([]byte, bool, error) {
	p.mu.Lock()
	p.got, p.at = append(p.got, c.Size), append(p.at, time.Now())
	answer := p.answer
	p.mu.Unlock()
	if answer == nil {
		return []byte("thanks"), false, nil
	}
	retry, err := answer(ctx)
	return nil, retry, err
}

func (p *place) Close() error { p.closed = true; return nil }

func (p *place) set(answer func(context.Context) (bool, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *place) sizes() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int64(nil), p.got...)
}

// watcher notes what it is told.
type watcher struct {
	mu       sync.Mutex
	changes  []string
	failures int
	anchored []int64
}

func (w *watcher) Anchored(_ string, c auditlog.Checkpoint, _ time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.anchored = append(w.anchored, c.Size)
}

func (w *watcher) Failed(string, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failures++
}

func (w *watcher) Changed(name string, retry bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.changes = append(w.changes, name+" works")
	case retry:
		w.changes = append(w.changes, name+" fails")
	default:
		w.changes = append(w.changes, name+" refuses")
	}
}

func (w *watcher) ReceiptLost(string, error) {}

var errDown = errors.New("down")

func down(context.Context) (bool, error) { return true, errDown }

func checkpoint(size int64) auditlog.Checkpoint {
	return auditlog.Checkpoint{Origin: "agent-telemetry/x", Size: size, Note: []byte("note")}
}

func TestTheNewestCheckpointWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, w := &place{}, &watcher{}
		s := Start([]Target{{Name: "a", Anchor: p, Interval: time.Minute}}, nil, w)
		for size := range int64(290) {
			s.Offer(checkpoint(size + 1))
			synctest.Wait()
			if time.Sleep(time.Second); size == 0 {
				time.Sleep(time.Second / 2) // never at the same instant as an attempt
			}
		}
		assert.Equal(t, []int64{1, 60, 120, 180, 240}, p.sizes(), "one a minute, each the newest")
		require.NoError(t, s.Shutdown(t.Context()))
		assert.Equal(t, []int64{1, 60, 120, 180, 240, 290}, p.sizes(), "and the last at the end")
		require.NoError(t, s.Shutdown(t.Context()), "twice")
		assert.True(t, p.closed)
		assert.Equal(t, []string{"a works"}, w.changes)
	})
}

func TestRetriesWithBackoffAndSaysSoOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, w := &place{answer: down}, &watcher{}
		s := Start([]Target{{Name: "a", Anchor: p, Interval: time.Minute}}, nil, w)
		s.Offer(checkpoint(1))
		time.Sleep(time.Hour)
		s.Offer(checkpoint(2))
		synctest.Wait()
		tries := len(p.sizes())
		assert.Greater(t, tries, 15)
		assert.Less(t, tries, 30, "the pauses grow to five minutes")
		for i := 1; i < tries; i++ {
			assert.LessOrEqual(t, p.at[i].Sub(p.at[i-1]), maxBackoff)
		}
		p.set(nil)
		time.Sleep(maxBackoff)
		synctest.Wait()
		assert.Equal(t, []int64{2}, w.anchored, "a retry takes the newest")
		assert.Equal(t, []string{"a fails", "a works"}, w.changes)
		assert.Equal(t, tries, w.failures)
		require.NoError(t, s.Shutdown(t.Context()))
	})
}

func TestARefusalIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, w := &place{answer: func(context.Context) (bool, error) { return false, errDown }}, &watcher{}
		s := Start([]Target{{Name: "a", Anchor: p}}, nil, w)
		s.Offer(checkpoint(1))
		time.Sleep(time.Hour)
		assert.Equal(t, []int64{1}, p.sizes())
		s.Offer(checkpoint(2))
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, []int64{1, 2}, p.sizes())
		assert.Equal(t, []string{"a refuses"}, w.changes)
		require.NoError(t, s.Shutdown(t.Context()))
	})
}

type throttled struct{ after time.Duration }

func (throttled) Error() string               { return "slow down" }
func (e throttled) RetryAfter() time.Duration { return e.after }

func TestAServerMayAskForTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, w := &place{answer: func(context.Context) (bool, error) { return true, throttled{10 * time.Minute} }}, &watcher{}
		s := Start([]Target{{Name: "a", Anchor: p}}, nil, w)
		s.Offer(checkpoint(1))
		time.Sleep(9 * time.Minute)
		assert.Len(t, p.sizes(), 1)
		p.set(func(context.Context) (bool, error) { return true, throttled{1000 * time.Hour} })
		time.Sleep(2 * time.Minute)
		assert.Len(t, p.sizes(), 2)
		time.Sleep(maxRetryAfter)
		assert.Len(t, p.sizes(), 3, "but not for ever")
		require.NoError(t, s.Shutdown(t.Context()))
	})
}

func TestOneHungAnchorHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		hung := &place{answer: func(context.Context) (bool, error) { <-free; return true, errDown }}
		p, w := &place{}, &watcher{}
		s := Start([]Target{{Name: "hung", Anchor: hung}, {Name: "a", Anchor: p}}, nil, w)
		for size := range int64(10) {
			s.Offer(checkpoint(size + 1))
			time.Sleep(time.Minute)
		}
		assert.GreaterOrEqual(t, len(p.sizes()), 9)
		began := time.Now()
		require.ErrorContains(t, s.Shutdown(t.Context()), "anchor hung: does not end")
		assert.LessOrEqual(t, time.Since(began), lastTry+time.Second)
		assert.True(t, p.closed)
		assert.False(t, hung.closed, "it is still in use")
		close(free)
	})
}

func TestAnAttemptThatHeedsItsContextEndsWithTheStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, w := &place{answer: func(ctx context.Context) (bool, error) { <-ctx.Done(); return true, ctx.Err() }}, &watcher{}
		s := Start([]Target{{Name: "a", Anchor: p}}, nil, w)
		s.Offer(checkpoint(1))
		synctest.Wait()
		require.NoError(t, s.Shutdown(t.Context()))
		assert.True(t, p.closed)
	})
}

func TestReceipts(t *testing.T) {
	dir := t.TempDir()
	r := NewReceipts(dir, 2000)
	path := filepath.Join(dir, ReceiptsName)
	require.NoError(t, os.WriteFile(path, []byte(`{"time":"2026-01-`), 0o600), "half a line of a crash")
	for size := range int64(20) {
		require.NoError(t, r.Add("a", checkpoint(size), []byte("token")))
	}
	var sizes []int64
	broken := 0
	for _, name := range []string{path + olderSuffix, path} {
		f, err := os.Open(name)
		require.NoError(t, err)
		info, err := f.Stat()
		require.NoError(t, err)
		assert.LessOrEqual(t, info.Size(), int64(2000))
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		for lines := bufio.NewScanner(f); lines.Scan(); {
			got, err := ParseReceipt(lines.Bytes())
			if err != nil {
				broken++
				continue
			}
			assert.Equal(t, "token", string(got.Receipt))
			sizes = append(sizes, got.Size)
		}
		require.NoError(t, f.Close())
	}
	assert.LessOrEqual(t, broken, 1)
	assert.Greater(t, len(sizes), 10)
	assert.Equal(t, int64(19), sizes[len(sizes)-1])
}

func TestReceiptsAreNotWrittenThroughALink(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, ReceiptsName)))
	require.Error(t, NewReceipts(dir, 0).Add("a", checkpoint(1), nil))
	assert.NoFileExists(t, filepath.Join(dir, "elsewhere"))
}
