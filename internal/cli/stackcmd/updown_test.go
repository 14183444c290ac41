package stackcmd

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

func (c *cli) down() DownResult {
	c.t.Helper()
	code, stdout, stderr := c.run("down", "--json")
	require.Zero(c.t, code, stderr)
	var r DownResult
	require.NoError(c.t, json.Unmarshal([]byte(stdout), &r))
	return r
}

func TestUpDown(t *testing.T) {
	c := newCLI(t)
	r := c.up(0, "--no-loki")
	require.Equal(t, []supervise.Role{supervise.Collector}, r.Started)
	require.True(t, r.TokenCreated)
	require.NoError(t, health.Socket(t.Context(), c.home))
	info, err := os.Stat(stack.Log(c.home, supervise.Collector))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	again := c.up(0, "--no-loki")
	require.Empty(t, again.Started)
	require.Equal(t, r.Collector.PID, again.Collector.PID)

	code, _, stderr := c.run("up", "--hook-port", "1234")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "other settings (hook_port)")

	// Without flags the running stack's settings count.
	code, _, stderr = c.run("up", "--no-loki")
	require.Zero(t, code, stderr)

	d := c.down()
	require.Len(t, d.Stopped, 2)
	require.Empty(t, d.Leftovers)
	require.NoFileExists(t, c.home.Socket())
	require.Empty(t, c.down().Stopped)
}

func TestUpWithoutLokiProgram(t *testing.T) {
	t.Setenv("PATH", "")
	c := newCLI(t)
	r := c.up(ExitNoLoki)
	require.Equal(t, LokiMissing, r.Loki.Mode)
	require.Contains(t, strings.Join(r.Next, "\n"), "make bin/loki")
	require.NotZero(t, r.Collector.PID)
}

func TestPortsOfOthersAreNamed(t *testing.T) {
	c := newCLI(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	code, _, stderr := c.run(append(append([]string{"up", "--no-loki"}, c.flags...), "--health-port", port)...)
	require.Equal(t, 1, code)
	for _, part := range []string{port, "health check", strconv.Itoa(os.Getpid()), "--health-port", "AGENT_TELEMETRY_HEALTH_PORT"} {
		require.Contains(t, stderr, part)
	}
	require.NoFileExists(t, supervise.PIDFile(c.home, supervise.Supervisor), "nothing was started")
}

func TestOrphansAreTakenOver(t *testing.T) {
	c := newCLI(t)
	first := c.up(0, "--no-loki")
	kill := func() {
		sup, err := supervise.Find(c.home, supervise.Supervisor)
		require.NoError(t, err)
		require.NoError(t, sup.Signal(syscall.SIGKILL))
		eventually(t, "the supervisor is dead", func() bool { return !sup.Alive() })
	}
	kill()
	require.NoError(t, health.Socket(t.Context(), c.home), "the collector records on")
	s := c.status(ExitDegraded)
	require.Equal(t, stateOrphan, s.Collector.State)
	require.NotEqual(t, 4319, s.Settings.HookPort, "its settings still count")
	code, _, stderr := c.run("up", "--no-loki")
	require.Zero(t, code, stderr)
	second := c.up(0, "--no-loki")
	require.Empty(t, second.Started)
	require.NotEqual(t, first.Collector.PID, second.Collector.PID)
	all, err := supervise.FindAll(c.home, supervise.Collector)
	require.NoError(t, err)
	require.Len(t, all, 1)

	// Also when somebody removes the PID files.
	kill()
	require.NoError(t, os.Remove(supervise.PIDFile(c.home, supervise.Collector)))
	d := c.down()
	require.Len(t, d.Stopped, 1)
	require.True(t, d.Stopped[0].Orphan)
	require.Equal(t, second.Collector.PID, d.Stopped[0].PID)
}

func TestCrashedCollectorIsRestarted(t *testing.T) {
	c := newCLI(t)
	first := c.up(0, "--no-loki")
	p, err := supervise.Find(c.home, supervise.Collector)
	require.NoError(t, err)
	require.Equal(t, first.Collector.PID, p.PID)
	require.NoError(t, p.Signal(syscall.SIGKILL))
	eventually(t, "a new collector runs", func() bool {
		r, err := supervise.ReadReport(c.home)
		return err == nil && r.Children[supervise.Collector].Restarts == 1 && r.Children[supervise.Collector].State == supervise.Running
	})
}

func TestRestartChecksBeforeItStops(t *testing.T) {
	c := newCLI(t)
	first := c.up(0, "--no-loki")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	code, _, stderr := c.run("restart", "--no-loki", "--hook-port", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "--hook-port")
	require.Equal(t, first.Collector.PID, c.up(0, "--no-loki").Collector.PID, "it runs on")

	port := freePort(t)
	code, _, stderr = c.run("restart", "--no-loki", "--hook-port", strconv.Itoa(port))
	require.Zero(t, code, stderr)
	s := c.status(ExitDegraded)
	require.Equal(t, port, s.Settings.HookPort)
	require.NotEqual(t, first.Collector.PID, s.Collector.PID)
}

func TestBrokenCollectorIsAnErrorAndLeavesNothing(t *testing.T) {
	c := newCLI(t)
	sh := filepath.Join(string(c.home), "broken")
	require.NoError(t, os.WriteFile(sh, []byte("#!/bin/sh\necho my configuration is bad >&2\nexit 1\n"), 0o700))
	code, _, stderr := c.run(append(append([]string{"up", "--no-loki"}, c.flags...), "--collector-bin", sh)...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "my configuration is bad")
	require.Equal(t, StateStopped, c.status(ExitNotRunning).State)
}

func TestTwoStacksSideBySide(t *testing.T) {
	a, b := newCLI(t), newCLI(t)
	a.up(0, "--no-loki")
	rb := b.up(0, "--no-loki")
	a.down()
	p, err := supervise.Find(b.home, supervise.Collector)
	require.NoError(t, err)
	require.Equal(t, rb.Collector.PID, p.PID)
	require.NoError(t, health.Socket(t.Context(), b.home))
}

func TestLokiIsStartedLater(t *testing.T) {
	c := newCLI(t)
	bin := lokiBin(t)
	c.flags = append(c.flags, "--loki-bin", bin)
	first := c.up(0, "--no-loki")
	require.Equal(t, LokiOff, first.Loki.Mode)
	r := c.up(0)
	require.Equal(t, []supervise.Role{supervise.Loki}, r.Started)
	require.True(t, r.Loki.Ready)
	require.Equal(t, first.Collector.PID, r.Collector.PID)
	require.NotZero(t, r.Loki.PID)

	code, _, stderr := c.run("restart")
	require.Zero(t, code, stderr)
	again := c.up(0)
	require.NotEqual(t, r.Loki.PID, again.Loki.PID)
	require.Len(t, c.down().Stopped, 3)
}
