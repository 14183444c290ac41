package securityalertprocessor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestBudget(t *testing.T) {
	b := newBench(t, nil)
	now := b.now
	b.now = func() time.Time { b.at = b.at.Add(10 * time.Millisecond); return now() } // each look costs
	ld := plog.NewLogs()
	const n = 100
	for i := range n {
		record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), "odd", b.at)
	}
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	first := len(b.alerts())
	require.Less(t, first, 50)
	b.judgeLate(t.Context())
	b.flush(t.Context())
	var odd int
	for _, a := range b.alerts() {
		if a.Rule == "odd-program" {
			odd++
		}
	}
	require.Equal(t, n, odd, "what was put off is judged behind the pipeline")
}

func TestTooManyPutOff(t *testing.T) {
	b := newBench(t, nil)
	for range maxLate + 5 {
		ld := plog.NewLogs()
		lr := record(ld, semconv.HookPreToolUse, "x", "x", "ls", b.at)
		b.late.put(t.Context(), ld.ResourceLogs().At(0).Resource(), lr)
	}
	b.judgeLate(t.Context())
	b.flush(t.Context())
	require.Equal(t, []string{"events-unjudged"}, b.rulesAlerted())
	require.Contains(t, b.alerts()[0].Evidence[0], "5 records")
}

func TestConcurrentRequests(t *testing.T) {
	b := newBench(t, func(c *Config) { c.StateFile = filepath.Join(t.TempDir(), "state") })
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				_ = b.run(fmt.Sprint(g, "-", i%25), "odd") // each twice
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			_ = b.save(context.Background(), true)
			b.memory.due(b.at)
		}
	})
	wg.Wait()
	ids := map[string]bool{}
	for _, a := range b.alerts() {
		if a.Rule == "odd-program" {
			require.False(t, ids[a.ID])
			ids[a.ID] = true
		}
	}
	require.Len(t, ids, 8*25)
}

// A flood of a million events takes a minute; ALERT_FLOOD=1 asks for all of it.
func TestFloodLeavesMemoryBounded(t *testing.T) {
	events := 30_000
	if os.Getenv("ALERT_FLOOD") != "" {
		events = 1_000_000
	}
	b := newBench(t, nil)
	b.sink = nil
	b.next = drop{}
	for i := range events {
		ld := plog.NewLogs()
		command := "ls"
		if i%3 == 0 {
			command = fmt.Sprint("bad ", i)
		} else if i%7 == 0 {
			command = fmt.Sprint("odd ", i)
		}
		lr := record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), command, b.at)
		lr.Attributes().PutStr(semconv.SessionID, fmt.Sprint("s", i%20_000))
		require.NoError(t, b.ConsumeLogs(context.Background(), ld))
		b.at = b.at.Add(time.Millisecond)
		if i%1000 == 0 {
			b.flush(context.Background())
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d events, heap %d MiB", events, m.HeapAlloc>>20)
	require.Less(t, m.HeapAlloc, uint64(200<<20))
	require.LessOrEqual(t, b.memory.seen.Len(), maxSeen)
	require.LessOrEqual(t, b.memory.windows.Len(), maxWindows)
	runtime.KeepAlive(b)
}

// A sender of long texts fills no memory: neither by what waits to be judged, nor by
// what is remembered of alerts.
func TestLongTextsLeaveMemoryBounded(t *testing.T) {
	b := newBench(t, nil)
	long := strings.Repeat("x", 1<<20)
	for i := range 40 {
		ld := plog.NewLogs()
		lr := record(ld, semconv.HookPreToolUse, fmt.Sprint(i), "", "bad", b.at)
		ld.ResourceLogs().At(0).Resource().Attributes().PutStr(semconv.HostName, long)
		ld.ResourceLogs().At(0).Resource().Attributes().PutStr("filler", long)
		for _, key := range []string{semconv.SessionID, semconv.ProjectPath, semconv.FilePath, semconv.AgentID, semconv.ToolName} {
			lr.Attributes().PutStr(key, fmt.Sprint(i)+long)
		}
		require.NoError(t, b.ConsumeLogs(t.Context(), ld))
		b.sink.Reset()
		if i < 3 {
			require.True(t, b.late.put(t.Context(), ld.ResourceLogs().At(0).Resource(), plog.NewLogRecord()))
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	require.Less(t, m.HeapAlloc, uint64(64<<20))
	require.Less(t, b.late.records[0].resource.Attributes().Len(), 7)
}
