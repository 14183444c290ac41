package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// TestFaults emits events through every way while everything fails around them.
func TestFaults(t *testing.T) {
	notShort(t)
	c := choose(t)
	n := number(t, "FAULT_EVENTS", shortEvents)
	lasting := time.Duration(number(t, "FAULT_SECONDS", shortSeconds)) * time.Second
	s, err := harness.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	var disks []string
	for dir, size := range map[string]string{s.Home.Audit(): "1g", s.Home.Queue(): "1m"} {
		if err := smallDisk(t, dir, size); err != nil {
			say("no full disks: %v", err)
			break
		}
		disks = append(disks, dir)
	}
	require.NoError(t, s.Home.Create())

	loki, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "loki"), nil)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	s.External = loki.URL

	// The collector listens behind the cutters.
	inner := filepath.Join(s.Home.Run(), "inner.sock")
	override := filepath.Join(s.Dir, "override.yaml")
	require.NoError(t, os.WriteFile(override, []byte("receivers:\n  claude_hook:\n    socket: "+inner+"\n"), 0o600))
	collector := s.NewCollector(override)
	require.NoError(t, collector.Start())
	t.Cleanup(func() { require.NoError(t, collector.Stop()) })
	require.NoError(t, collector.Ready(t.Context()))
	ports, err := freeport.Find(1)
	require.NoError(t, err)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[0]))
	sockets := newCutter(t, "unix", s.Home.Socket(), "unix", inner, c.of(10))
	hooks := newCutter(t, "tcp", address, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Ports.Hook)), c.of(11))

	ctx, stop := context.WithCancel(t.Context())
	clock := number(t, "FAULT_CLOCK", 0) == 1
	if !clock {
		say("the clock stays right: FAULT_CLOCK=1, as root, sets that of the whole machine wrong")
	}
	faults := sabotage(ctx, collector, loki, disks, clock, c)
	all := emitAll(t, s, "http://"+address+semconv.HookURLPath, n, lasting, c)
	stop()
	done, err := faults.wait()
	require.NoError(t, err)
	require.NoError(t, collector.Start())
	cuts := sockets.cuts.Load() + hooks.cuts.Load()
	say("%d kills, %d refusals to start on a full disk, %d stops of Loki, %d full disks, %d jumps of the clock, %d answers cut", done.kills, done.exits, done.lokiStops, done.fullDisks, done.clockJumps, cuts)

	require.NoError(t, collector.Ready(t.Context()))
	a := settle(t, s, all)
	say("%d HTTP hooks had no answer, %d of them were recorded", a.unanswered, a.unansweredKept)
	requireVerified(t, s)
	fmt.Printf("RESULT emitted=%d audit=%d loki=%d doubled=%d holes=%d kills=%d loki_stops=%d full_disks=%d clock_jumps=%d cuts=%d\n",
		a.emitted, a.audit, a.loki, a.doubled, a.holes, done.kills, done.lokiStops, done.fullDisks, done.clockJumps, cuts)
	require.Equal(t, a.emitted, a.audit)
	require.Equal(t, a.emitted, a.loki)
	require.Zero(t, a.doubled)
	require.Zero(t, a.holes)
	require.Positive(t, done.kills)
	require.Positive(t, cuts)
}

// requireVerified asks the program that users have whether the log was changed:
// it says that it was not, and that nobody elsewhere has a checkpoint.
func requireVerified(t *testing.T, s *harness.Stack) {
	t.Helper()
	out, err := s.CLI(t.Context(), "verify", "--json")
	var report struct {
		Verdict string `json:"verdict"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &report), "%v", err)
	require.Equal(t, "not_anchored", report.Verdict, out)
}
