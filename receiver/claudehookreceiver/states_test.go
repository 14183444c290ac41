package claudehookreceiver

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
)

// TestOldStatesAreRemovedEveryHour lives through some hours of a clock that
// does not take them.
func TestOldStatesAreRemovedEveryHour(t *testing.T) {
	s := newStage(t)
	dir := s.config.stateDir().Sessions()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	synctest.Test(t, func(t *testing.T) {
		state := func(session string, age time.Duration) string {
			path := sessionstate.File(dir, session)
			require.NoError(t, os.WriteFile(path, nil, 0o600))
			require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(-age)))
			return path
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		atStart, young, soon := state("at start", stateAge), state("young", 0), state("soon", stateAge-90*time.Minute)
		go func() { defer close(ended); s.receiver.pruneStates(ctx) }()
		synctest.Wait()
		require.NoFileExists(t, atStart, "at once")
		later := state("later", 2*stateAge)
		time.Sleep(pruneEvery - time.Second)
		require.FileExists(t, later)
		time.Sleep(2 * time.Second)
		require.NoFileExists(t, later, "after an hour")
		require.FileExists(t, soon)
		time.Sleep(pruneEvery)
		require.NoFileExists(t, soon, "after two")
		require.FileExists(t, young)
		stop()
		<-ended
	})
}
