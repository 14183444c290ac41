package heaptargetextension

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"

	"github.com/agent-telemetry/agent-telemetry/extension/heaptargetextension/internal/metadata"
)

func start(t *testing.T, targetMiB int) *heapTarget {
	t.Helper()
	h := newTarget(t, targetMiB)
	require.NoError(t, h.Start(t.Context(), componenttest.NewNopHost()))
	return h
}

func newTarget(t *testing.T, targetMiB int) *heapTarget {
	t.Helper()
	h, err := newHeapTarget(extensiontest.NewNopSettings(metadata.Type).TelemetrySettings, &Config{TargetMiB: targetMiB})
	require.NoError(t, err)
	return h
}

// withGOGC runs a test with a percentage of the process's own.
func withGOGC(t *testing.T, percent int) {
	t.Helper()
	before := debug.SetGCPercent(percent)
	t.Cleanup(func() { debug.SetGCPercent(before) })
}

func gogc() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

var kept []byte

// collections is how often n MiB of garbage are collected.
func collections(n int) uint32 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n / 4 {
		for range 64 {
			kept = make([]byte, 64<<10)
		}
		time.Sleep(time.Millisecond) // no collector makes more than 4 GiB a second
	}
	runtime.ReadMemStats(&after)
	return after.NumGC - before.NumGC
}

func TestGarbageWaitsForTheTarget(t *testing.T) {
	withGOGC(t, 20)
	held := make([]byte, 8<<20)
	defer runtime.KeepAlive(held)
	runtime.GC()
	without := collections(512)
	h := start(t, 16)
	runtime.GC()
	require.Eventually(t, func() bool { return h.current.Load() > 20 }, 10*time.Second, time.Millisecond)
	with := collections(512)
	require.NoError(t, h.Shutdown(t.Context()))
	require.Equal(t, 20, gogc(), "the process has its own percentage again")
	t.Logf("512 MiB of garbage: %d collections without, %d with a target of 16 MiB", without, with)
	require.Greater(t, without, 2*with)
	require.GreaterOrEqual(t, with, uint32(16), "the heap stays below twice the target")
}

func TestMemoryIsGivenBackWhenNothingHappens(t *testing.T) {
	withGOGC(t, 35)
	held := make([]byte, 32<<20)
	defer runtime.KeepAlive(held)
	h := newTarget(t, 64)
	h.idle = 200 * time.Millisecond
	require.NoError(t, h.Start(t.Context(), componenttest.NewNopHost()))
	runtime.GC()
	collections(256)
	require.Greater(t, h.current.Load(), int64(35))
	var used runtime.MemStats
	runtime.ReadMemStats(&used)
	require.Greater(t, used.HeapSys-used.HeapReleased, uint64(50<<20))
	require.Eventually(t, func() bool {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		return h.current.Load() == 35 && now.HeapSys-now.HeapReleased < used.HeapSys-used.HeapReleased-(10<<20)
	}, 5*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		runtime.GC() // it begins to work again
		return h.current.Load() > 35
	}, 5*time.Second, 10*time.Millisecond)
	require.NoError(t, h.Shutdown(t.Context()))
}

func TestMuchInUseIsCollectedByGOGC(t *testing.T) {
	withGOGC(t, 50)
	held := make([]byte, 32<<20)
	runtime.GC() // what is in use is known from here on
	h := start(t, 16)
	runtime.GC()
	require.Never(t, func() bool { return h.current.Load() != 50 }, 50*time.Millisecond, time.Millisecond)
	require.Equal(t, 50, gogc())
	require.NoError(t, h.Shutdown(t.Context()))
	runtime.KeepAlive(held)
}

func TestNothingIsCollected(t *testing.T) {
	withGOGC(t, -1)
	h := start(t, 16)
	require.Equal(t, -1, gogc())
	require.NoError(t, h.Shutdown(t.Context()))
	require.Equal(t, -1, gogc())
}

func TestStartedAndEndedTwice(t *testing.T) {
	withGOGC(t, 80)
	h := start(t, 16)
	require.NoError(t, h.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, h.Shutdown(t.Context()))
	require.NoError(t, h.Shutdown(t.Context()))
	require.Equal(t, 80, gogc())
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		live, target uint64
		own, want    int
	}{
		{0, 48, 35, 35},       // nothing was collected so far
		{24, 48, 35, 100},     // 24 and 100 % of it are 48
		{40, 48, 35, 35},      // 20 % would do
		{48, 48, 35, 35},      // reached
		{100, 48, 35, 35},     // more than that
		{1, 1 << 40, 35, 120}, // bounded
	} {
		require.Equal(t, c.want, percent(c.live<<20, c.target<<20, c.own), "%+v", c)
	}
}

func TestOnlyWhatDiffersIsSet(t *testing.T) {
	require.False(t, differs(100, 110))
	require.True(t, differs(100, 120))
	require.True(t, differs(120, 100))
	require.False(t, differs(35, 35))
}
