package root

import (
	"bytes"
	"context"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// A signal that arrives while a command works cancels its context.
func TestSignalEndsACommand(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		var errs bytes.Buffer
		code := withSignals(func(ctx context.Context) int {
			require.NoError(t, syscall.Kill(syscall.Getpid(), sig))
			<-ctx.Done()
			return codeOf(ctx, &cliio.IO{Err: &errs}, &cobra.Command{}, context.Cause(ctx), true)
		})
		require.Equal(t, exitInterrupted, code)
		require.Empty(t, errs.String())
	}
}
