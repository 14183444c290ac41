// Package dashboards runs every query of every dashboard against a real Loki that
// was filled by the real pipeline.
package dashboards

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

var (
	once     sync.Once
	stack    *harness.Stack
	errStack error
)

func TestMain(m *testing.M) {
	code := m.Run()
	if stack != nil {
		if err := stack.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "take the stack down:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func running(t *testing.T) *harness.Stack {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real binaries and a real Loki: not with -short")
	}
	once.Do(func() {
		if stack, errStack = harness.New(); errStack != nil {
			return
		}
		if _, errStack = stack.Up(context.Background()); errStack != nil {
			return
		}
		fill(t, stack)
		awaitRollups(t, stack)
	})
	require.NoError(t, errStack)
	return stack
}
