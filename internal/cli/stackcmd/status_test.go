package stackcmd

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/hookrun"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

func (c *cli) status(want int) Status {
	c.t.Helper()
	code, stdout, stderr := c.run("status", "--json")
	require.Equal(c.t, want, code, stderr+stdout)
	var s Status
	require.NoError(c.t, json.Unmarshal([]byte(stdout), &s))
	return s
}

func TestStatus(t *testing.T) {
	bin := lokiBin(t)
	c := newCLI(t)
	c.flags = append(c.flags, "--loki-bin", bin)
	require.Equal(t, StateStopped, c.status(ExitNotRunning).State)
	c.up(0, "--no-loki")
	s := c.status(ExitDegraded)
	require.False(t, s.Loki.Ready)
	require.Equal(t, supervise.Running, s.Collector.State)
	c.up(0)
	require.NoError(t, os.WriteFile(filepath.Join(c.home.Spool(), "01890a5d-ac96-774b-bcce-b302099a8057.json"), []byte("{}"), 0o600))
	s = c.status(0)
	require.Equal(t, StateOK, s.State)
	require.True(t, s.Loki.Ready)
	require.NotEmpty(t, s.Loki.Version)
	require.NotZero(t, s.Loki.Process.RSSBytes)
	require.Equal(t, 1, s.Spool.Files)
	require.NotZero(t, s.Disk.Free)
	code, text, _ := c.run("status")
	require.Zero(t, code)
	require.Contains(t, text, "All is well.")
}

func (c *cli) doctor(project string) (int, map[string]Check) {
	c.t.Helper()
	code, stdout, stderr := c.run("doctor", "--json", "--project", project)
	var d Diagnosis
	require.NoError(c.t, json.Unmarshal([]byte(stdout), &d), stderr)
	checks := map[string]Check{}
	for _, k := range d.Checks {
		require.True(c.t, k.Result == Pass || k.Remedy != "", "%s has a remedy", k.Name)
		checks[k.Name] = k
	}
	return code, checks
}

func TestDoctor(t *testing.T) {
	c := newCLI(t)
	project := t.TempDir()
	t.Setenv("CLAUDE_CONFIG_DIR", t.TempDir())
	code, checks := c.doctor(project)
	require.Equal(t, 1, code)
	require.Equal(t, Fail, checks["supervisor"].Result)
	require.Equal(t, Fail, checks["hooks.not_installed"].Result)

	c.up(0, "--no-loki")
	_, checks = c.doctor(project)
	for _, name := range []string{"settings", "state_directory", "token", "collector_program", "collector_config", "supervisor", "collector", "collector_health", "socket", "spool", "rejected", "disk", "clock", "ports", "hook_errors"} {
		require.Equal(t, Pass, checks[name].Result, "%s: %s", name, checks[name].Found)
	}

	require.NoError(t, os.Chmod(c.home.Spool(), 0o755))
	require.NoError(t, os.Chmod(c.home.TokenFile(), 0o644))
	require.NoError(t, os.Chmod(c.home.Socket(), 0o666))
	hookrun.LogError(string(c.home), os.ErrInvalid)
	old := filepath.Join(c.home.Spool(), "01890a5d-ac96-774b-bcce-b302099a8057.json")
	require.NoError(t, os.WriteFile(old, []byte("{}"), 0o600))
	past := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(old, past, past))
	code, checks = c.doctor(project)
	require.Equal(t, 1, code)
	for _, name := range []string{"state_directory", "token", "socket", "spool"} {
		require.Equal(t, Fail, checks[name].Result, name)
	}
	require.Equal(t, Warn, checks["hook_errors"].Result)
	require.Contains(t, checks["state_directory"].Remedy, "chmod 700")

	// Another program of this user takes the socket's place: here, the test.
	require.NoError(t, os.Remove(c.home.Socket()))
	stranger, err := net.Listen("unix", c.home.Socket())
	require.NoError(t, err)
	defer stranger.Close()
	require.NoError(t, os.Chmod(c.home.Socket(), 0o600))
	_, checks = c.doctor(project)
	require.Equal(t, Fail, checks["socket"].Result)
	if runtime.GOOS == "linux" {
		require.Contains(t, checks["socket"].Found, fmt.Sprintf("process %d listens", os.Getpid()))
	}
}

func TestNothingIsMadeByLooking(t *testing.T) {
	c := &cli{t: t, home: statedir.Dir(filepath.Join(t.TempDir(), "none"))}
	require.Equal(t, StateStopped, c.status(ExitNotRunning).State)
	code, checks := c.doctor(t.TempDir())
	require.Equal(t, 1, code)
	require.Equal(t, Warn, checks["state_directory"].Result)
	require.Empty(t, c.down().Stopped)
	require.NoDirExists(t, string(c.home))
}

func TestJSONKeysAreAContract(t *testing.T) {
	text, err := json.Marshal(Status{})
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(text, &m))
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	require.Equal(t, []string{"alerts", "audit", "collector", "delivery", "disk", "enforcement", "grafana", "home", "hook", "last_event", "loki", "problems", "receiver", "settings", "socket", "spool", "state", "supervisor"}, keys)
}
