package endtoend

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

type check struct{ Name, Result, Found, Remedy string }

// doctor runs it and returns what did not pass, by the check's name.
func doctor(t *testing.T, s *harness.Stack) map[string]check {
	t.Helper()
	out, err := s.CLI(t.Context(), "doctor", "--json", "--project", s.Project)
	var d struct {
		Result string
		Checks []check
	}
	require.NoError(t, json.Unmarshal([]byte(out), &d), "%v", err)
	require.Greater(t, len(d.Checks), 15)
	wrong := map[string]check{}
	for _, c := range d.Checks {
		if c.Result != "pass" {
			require.NotEmpty(t, c.Remedy, c.Name)
			wrong[c.Name] = c
		}
	}
	if d.Result == "fail" {
		require.ErrorContains(t, err, "exit status 1")
	} else {
		require.NoError(t, err)
	}
	return wrong
}

// requireHealthy waits, for what has been repaired takes a moment.
func requireHealthy(t *testing.T, s *harness.Stack) {
	t.Helper()
	await(t, "doctor", func() error {
		if wrong := doctor(t, s); len(wrong) > 0 {
			return fmt.Errorf("%v", wrong)
		}
		return nil
	})
}

// Each fault is found, by the check that it belongs to and no other that does
// not depend on it; its remedy makes all well again.
func TestDoctorFindsFaultsAndTheirRemediesHelp(t *testing.T) {
	s, loki := withForeignLoki(t)
	_, err := s.CLI(t.Context(), "install", "--project", s.Project)
	require.NoError(t, err)
	_, err = s.CLI(t.Context(), "send-test")
	require.NoError(t, err)
	requireHealthy(t, s)

	t.Run("Loki is away", func(t *testing.T) {
		require.NoError(t, loki.Stop())
		wrong := doctor(t, s)
		require.Len(t, wrong, 1, wrong)
		require.Equal(t, "fail", wrong["loki"].Result)
		require.Contains(t, wrong["loki"].Remedy, "events wait")
		require.NoError(t, loki.Start(t.Context()))
		requireHealthy(t, s)
	})
	t.Run("others may write to the socket", func(t *testing.T) {
		require.NoError(t, os.Chmod(s.Home.Socket(), 0o666))
		wrong := doctor(t, s)
		require.Len(t, wrong, 1, wrong)
		require.Equal(t, "chmod 600 "+s.Home.Socket(), wrong["socket"].Remedy)
		require.NoError(t, os.Chmod(s.Home.Socket(), 0o600))
		requireHealthy(t, s)
	})
	t.Run("a stranger has the socket", func(t *testing.T) {
		require.NoError(t, os.Remove(s.Home.Socket()))
		stranger, err := net.Listen("unix", s.Home.Socket())
		require.NoError(t, err)
		require.NoError(t, os.Chmod(s.Home.Socket(), 0o600))
		wrong := doctor(t, s)
		require.Equal(t, "fail", wrong["socket"].Result)
		require.Contains(t, wrong["socket"].Found, fmt.Sprintf("process %d listens", os.Getpid()))
		require.Contains(t, wrong["socket"].Remedy, "agent-telemetry restart")
		require.NoError(t, stranger.Close())
		_, err = s.CLI(t.Context(), "restart")
		require.NoError(t, err)
		requireHealthy(t, s)
	})
	t.Run("the stack is down", func(t *testing.T) {
		require.NoError(t, s.Down(t.Context()))
		run(t, s, call(s, "doctor", 0))
		wrong := doctor(t, s)
		for _, name := range []string{"supervisor", "collector", "socket"} {
			require.Equal(t, "fail", wrong[name].Result, name)
			require.Contains(t, wrong[name].Remedy, "agent-telemetry up", name)
		}
		require.Equal(t, "warn", wrong["spool"].Result, "an event waits")
		_, err := s.Up(t.Context())
		require.NoError(t, err)
		requireHealthy(t, s)
		requireOnce(t, s, "doctor", 1)
	})
	t.Run("the hooks are gone", func(t *testing.T) {
		_, err := s.CLI(t.Context(), "uninstall", "--project", s.Project)
		require.NoError(t, err)
		wrong := doctor(t, s)
		require.Equal(t, "fail", wrong["hooks.not_installed"].Result)
		require.Contains(t, wrong["hooks.not_installed"].Remedy, "agent-telemetry install")
		_, err = s.CLI(t.Context(), "install", "--project", s.Project)
		require.NoError(t, err)
		requireHealthy(t, s)
	})
}
