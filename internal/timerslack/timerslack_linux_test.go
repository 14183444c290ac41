package timerslack

import (
	"bytes"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// slackOf starts a program that says what its slack is, in nanoseconds.
func slackOf(t *testing.T, slack time.Duration) string {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("cat", "/proc/self/timerslack_ns")
	cmd.Stdout = &out
	require.NoError(t, Start(cmd, slack))
	require.NoError(t, cmd.Wait())
	return strings.TrimSpace(out.String())
}

func TestTheProgramHasTheSlackAndWeKeepOurs(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := current()
	require.NoError(t, err)
	require.Equal(t, "1000000", slackOf(t, time.Millisecond))
	after, err := current()
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.NotEqual(t, "1000000", slackOf(t, 0))
}

func TestAProgramThatIsNotThere(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := current()
	require.NoError(t, err)
	require.Error(t, Start(exec.Command("/does/not/exist"), time.Millisecond))
	after, err := current()
	require.NoError(t, err)
	require.Equal(t, before, after)
}
