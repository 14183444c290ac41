package root

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

func runWith(t *testing.T, ctx context.Context, args ...string) (code int, out, errs string) { //nolint:revive // t first
	t.Helper()
	var o, e bytes.Buffer
	code = run(ctx, &cliio.IO{In: &bytes.Buffer{}, Out: &o, Err: &e}, args)
	return code, o.String(), e.String()
}

func TestExitCodes(t *testing.T) {
	tests := map[string]struct {
		args []string
		code int
		errs string
	}{
		"help":            {nil, 0, ""},
		"version":         {[]string{"version"}, 0, ""},
		"unknown command": {[]string{"versionn"}, 2, "error: unknown command \"versionn\" for \"agent-telemetry\"\n\nDid you mean this?\n\tversion\n\nRun 'agent-telemetry --help' for usage.\n"},
		"unknown flag":    {[]string{"version", "--x"}, 2, "error: unknown flag: --x\nRun 'agent-telemetry version --help' for usage.\n"},
		"argument":        {[]string{"version", "x"}, 2, "error: unknown command \"x\" for \"agent-telemetry version\"\nRun 'agent-telemetry version --help' for usage.\n"},
		"failure":         {[]string{"install", "--project", "/nonexistent"}, 1, "error: find the project directory: lstat /nonexistent: no such file or directory (name an existing one with --project)\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			code, _, errs := runWith(t, t.Context(), tt.args...)
			require.Equal(t, tt.code, code)
			require.Equal(t, tt.errs, errs)
		})
	}
}

func TestCodeOf(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]struct {
		ctx     context.Context //nolint:containedctx // a table
		err     error
		started bool
		code    int
		says    string
	}{
		"own code":        {t.Context(), &cliio.ExitError{Code: 7, Err: errors.New("x")}, true, 7, "error: x\n"},
		"own code, quiet": {t.Context(), &cliio.ExitError{Code: 7}, true, 7, ""},
		"interrupted":     {cancelled, context.Canceled, true, 130, ""},
		"cancelled alone": {t.Context(), context.Canceled, true, 1, "error: context canceled\n"},
		"failure":         {t.Context(), errors.New("x"), true, 1, "error: x\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var errs bytes.Buffer
			require.Equal(t, tt.code, codeOf(tt.ctx, &cliio.IO{Err: &errs}, &cobra.Command{Use: "x"}, tt.err, tt.started))
			require.Equal(t, tt.says, errs.String())
		})
	}
}

func TestVersionJSON(t *testing.T) {
	_, out, _ := runWith(t, t.Context(), "version", "--json")
	var v versionInfo
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.NotEmpty(t, v.Version)
	require.Contains(t, v.Platform, "/")
}

func TestCompletionForEveryShell(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, out, _ := runWith(t, t.Context(), "completion", shell)
		require.Zero(t, code)
		require.Contains(t, out, Name)
	}
}

// Every command has what a user expects of it.
func TestEveryCommandIsDocumented(t *testing.T) {
	var check func(*cobra.Command)
	check = func(cmd *cobra.Command) {
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
		require.NotEmpty(t, cmd.Example, cmd.CommandPath())
		require.NotEqual(t, byte('.'), cmd.Short[len(cmd.Short)-1], cmd.CommandPath())
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(New(&cliio.Factory{IO: &cliio.IO{}}))
}
