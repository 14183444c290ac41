package supervise

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestAChildHasTheSlackOfItsCommand(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	log := filepath.Join(string(home), "log")
	p, err := start(home, Collector, &Command{
		Path: "/bin/cat", Args: []string{"/proc/self/timerslack_ns"}, Dir: string(home), Log: log, TimerSlack: time.Millisecond,
	}, false)
	require.NoError(t, err)
	require.NoError(t, p.Wait())
	said, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Contains(t, string(said), "1000000\n")
}
