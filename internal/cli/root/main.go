package root

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// Exit codes of every command; others come with a cliio.ExitError.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130 // what a shell reports after SIGINT
)

// Main runs the program with args (without the program's name) and returns its
// exit code. SIGINT and SIGTERM cancel the commands' context; a second one
// kills the program as usual.
func Main(io *cliio.IO, args []string) int {
	return withSignals(func(ctx context.Context) int { return run(ctx, io, args) })
}

func withSignals(work func(context.Context) int) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return work(ctx)
}

func run(ctx context.Context, io *cliio.IO, args []string) int {
	cmd := New(&cliio.Factory{IO: io})
	cmd.SetArgs(args)
	// An error before a command's own code begins is a fault of the command
	// line: unknown command or flag, wrong arguments, flags that exclude
	// each other.
	started := false
	watchStart(cmd, &started)
	ran, err := cmd.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	return codeOf(ctx, io, ran, err, started)
}

// codeOf tells the user of err, unless that has been done, and returns the exit
// code that it stands for.
func codeOf(ctx context.Context, io *cliio.IO, ran *cobra.Command, err error, started bool) int {
	var exit *cliio.ExitError
	switch {
	case errors.As(err, &exit):
		if exit.Err != nil {
			printError(io, err)
		}
		return exit.Code
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case !started:
		printError(io, err)
		_, _ = fmt.Fprintf(io.Err, "Run '%s --help' for usage.\n", ran.CommandPath())
		return exitUsage
	default:
		printError(io, err)
		return exitFailure
	}
}

// printError says err. Where even that fails there is nobody left to tell.
func printError(io *cliio.IO, err error) { _, _ = fmt.Fprintf(io.Err, "error: %v\n", err) }

// watchStart makes every command below cmd set started when its code begins.
func watchStart(cmd *cobra.Command, started *bool) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*started = true
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		watchStart(sub, started)
	}
}
