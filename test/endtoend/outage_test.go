package endtoend

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// withForeignLoki returns a running stack whose Loki is somebody else's, so that
// each of the two can be stopped alone.
func withForeignLoki(t *testing.T) (*harness.Stack, *harness.LokiServer) {
	t.Helper()
	s := own(t)
	loki, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "foreign-loki"), nil)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	s.External = loki.URL
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	return s, loki
}

// Outages one after the other on one stack, with two events in between that
// both went through.
func TestOutages(t *testing.T) {
	s, loki := withForeignLoki(t)
	t.Run("collector stopped", func(t *testing.T) {
		const before, during = 3, 25
		for i := range before {
			run(t, s, call(s, "stopped", i))
		}
		require.NoError(t, s.Down(t.Context()))
		for i := range during {
			run(t, s, call(s, "stopped", before+i))
		}
		spooled, err := s.Spooled()
		require.NoError(t, err)
		require.Len(t, spooled, during, "what could not be handed over is in the spool")
		_, err = s.Up(t.Context())
		require.NoError(t, err)
		entries := requireOnce(t, s, "stopped", before+during)
		for i, e := range entries[before:] {
			require.Equal(t, spooled[i], e.Attribute(semconv.EventID), "drained in the order of capture")
		}
		requireSpoolEmpty(t, s)
	})
	t.Run("Loki stopped", func(t *testing.T) {
		const during = 25
		require.NoError(t, loki.Stop())
		for i := range during {
			run(t, s, call(s, "no-loki", i))
			entries, err := s.Events(t.Context(), auditlog.Filter{SessionID: "no-loki"})
			require.NoError(t, err)
			require.Len(t, entries, i+1, "acknowledged means that it is in the audit log")
		}
		spooled, err := s.Spooled()
		require.NoError(t, err)
		require.Empty(t, spooled, "the collector took them")
		require.NoError(t, loki.Start(t.Context()))
		requireOnce(t, s, "no-loki", during)
	})
	t.Run("Loki stopped and collector restarted", func(t *testing.T) {
		const during = 10
		require.NoError(t, loki.Stop())
		for i := range during {
			run(t, s, call(s, "queue", i))
		}
		require.NoError(t, s.Down(t.Context()))
		_, err := s.Up(t.Context(), "--wait", "2s")
		if err != nil {
			require.Contains(t, err.Error(), "exit status 4", "the collector records, Loki is not there")
		}
		require.NoError(t, loki.Start(t.Context()))
		requireOnce(t, s, "queue", during)
	})
	t.Run("collector killed", func(t *testing.T) { killUnderLoad(t, s) })
}

// killUnderLoad kills the collector twice while hooks run, without a chance to
// put anything in order.
func killUnderLoad(t *testing.T, s *harness.Stack) {
	const workers, each = 4, 50
	var done atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				o, err := s.Run(t.Context(), call(s, "killed", w*each+i))
				logFailure(t, o, err)
				done.Add(1)
			}
		})
	}
	for _, after := range []int64{workers * each / 4, workers * each / 2} {
		await(t, "hooks", func() error { return enough(int(done.Load()), int(after), nil) })
		await(t, "a collector to kill", func() error { return enough(killCollector(t, s), 1, nil) })
	}
	wg.Wait()
	requireCalls(t, requireOnce(t, s, "killed", workers*each), workers*each)
	requireSpoolEmpty(t, s)
}

// killCollector sends SIGKILL to the stack's collector and returns how many
// there were.
func killCollector(t *testing.T, s *harness.Stack) int {
	t.Helper()
	n := 0
	for pid, command := range s.PIDs() {
		if program, _, _ := strings.Cut(command, " "); filepath.Base(program) == "otelcol-claude" {
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
			n++
		}
	}
	return n
}

func requireSpoolEmpty(t *testing.T, s *harness.Stack) {
	t.Helper()
	await(t, "empty spool", func() error {
		spooled, err := s.Spooled()
		if err == nil && len(spooled) > 0 {
			err = fmt.Errorf("%d events stay in it", len(spooled))
		}
		return err
	})
}
