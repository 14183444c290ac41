package watch

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

func execute(t *testing.T, io *cliio.IO, args ...string) error {
	t.Helper()
	cmd := New(&cliio.Factory{IO: io, HomeFlag: t.TempDir()})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	return cmd.ExecuteContext(t.Context())
}

func TestUsage(t *testing.T) {
	var out bytes.Buffer
	err := execute(t, &cliio.IO{In: strings.NewReader(""), Out: &out, Err: &out}, "--since", "soon", "--source", "x", "--filter", strings.Repeat("a", 201))
	var exit *cliio.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 2, exit.Code)
	for _, part := range []string{"--since", "--source", "--filter", "events --follow"} {
		require.ErrorContains(t, err, part)
	}
	require.Empty(t, out.String(), "nothing is drawn where there is no terminal")
}

// A terminal at one end alone is none.
func TestNoTerminal(t *testing.T) {
	in, err := os.Open(os.DevNull)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, in.Close()) })
	var exit *cliio.ExitError
	require.ErrorAs(t, execute(t, &cliio.IO{In: in, Out: os.Stdout, Err: os.Stderr, OutTTY: true}), &exit)
	require.Equal(t, 2, exit.Code)
	require.ErrorIs(t, exit, errNoTerminal)
}
