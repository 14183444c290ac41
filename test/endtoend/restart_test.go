package endtoend

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Hooks that run while everything is restarted lose nothing, and the stack
// comes back where it was: its ports are not named again.
func TestRestartKeepsSettingsAndEvents(t *testing.T) {
	s := own(t)
	before, err := s.Up(t.Context())
	require.NoError(t, err)
	sent, stop, stopped := 0, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			o, err := s.Run(t.Context(), call(s, "restart", sent))
			logFailure(t, o, err)
			sent++
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	out, err := s.CLI(t.Context(), "restart", "--json", "--wait", harness.StartTimeout.String())
	close(stop)
	<-stopped
	require.NoError(t, err)
	var after harness.Running
	require.NoError(t, json.Unmarshal([]byte(out), &after))
	require.ElementsMatch(t, []string{"collector", "loki"}, after.Started)
	require.True(t, after.Loki.Ready)
	require.NotEqual(t, before.Collector.PID, after.Collector.PID)
	require.NotEqual(t, before.Loki.PID, after.Loki.PID)
	require.NotContains(t, s.PIDs(), before.Collector.PID)
	require.NotContains(t, s.PIDs(), before.Loki.PID)
	post(t, s, call(s, "restart", sent)) // on the port as before
	requireCalls(t, requireOnce(t, s, "restart", sent+1), sent+1)
	requireSpoolEmpty(t, s)
}

// A fault of the new settings is told before anything is stopped.
func TestRestartWithAFaultStopsNothing(t *testing.T) {
	s := shared(t)
	before := s.PIDs()
	_, err := s.CLI(t.Context(), "restart", "--collector-bin", s.Dir+"/none")
	require.ErrorContains(t, err, "collector_bin")
	require.Equal(t, before, s.PIDs())
}
