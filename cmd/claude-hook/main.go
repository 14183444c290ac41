// A process of milliseconds does not need to know, and to keep asking, how many
// processors its control group may use.

//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Command claude-hook records one Claude Code hook call: it reads the payload
// from standard input, makes one OpenTelemetry log record of it, and hands it to
// the collector. Claude Code waits for it, so it is small and quick, prints
// nothing and exits 0 whatever happens. With --enforce it asks the collector for a
// verdict on a tool call, and prints that and nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/hookrun"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// maxLife ends the process whatever it is doing: a caller that never closes
// standard input, a disk that hangs. Claude Code's own limit is longer.
const maxLife = 2500 * time.Millisecond

// lastWords is what it may then take to put the event into the spool.
const lastWords = 500 * time.Millisecond

// maxTimeout bounds --timeout, so that the spool can still be reached.
const maxTimeout = 2 * time.Second

func main() {
	growStack()
	o := hookrun.Options{Stdin: os.Stdin, Stdout: os.Stdout, Now: time.Now, Scope: semconv.InstallScopeProject, ProjectDir: os.Getenv("CLAUDE_PROJECT_DIR")}
	time.AfterFunc(maxLife, func() {
		time.AfterFunc(lastWords, func() {
			o.Unanswered()
			os.Exit(0)
		})
		if err := hookrun.Emergency(&o); err != nil {
			hookrun.LogError(o.Home, err)
		}
		o.Unanswered()
		os.Exit(0)
	})
	defer os.Exit(0)
	defer func() {
		if r := recover(); r != nil {
			o.Unanswered()
			hookrun.LogError(o.Home, fmt.Errorf("panic: %v", r))
		}
	}()
	if err := execute(&o, os.Args[1:]); err != nil {
		hookrun.LogError(o.Home, err)
	}
}

// execute runs the command. Claude Code gives flags only: for those alone the
// rest of the command is not set up, which would take as long as making the
// event.
func execute(o *hookrun.Options, args []string) error {
	for _, arg := range args {
		if arg == "help" || strings.HasPrefix(arg, "__") || arg == "-h" || strings.HasPrefix(arg, "--help") || strings.HasPrefix(arg, "--version") || arg == "-v" {
			return command(o).Execute()
		}
	}
	f := flags(o)
	f.ParseErrorsAllowlist.UnknownFlags = true
	err := f.Parse(args)
	// A mistake in the flags is no reason to record nothing.
	return errors.Join(err, record(context.Background(), o))
}

// flags are the flags of the command.
func flags(o *hookrun.Options) *pflag.FlagSet {
	f := pflag.NewFlagSet("claude-hook", pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.Home, "home", "", "state directory (default $AGENT_TELEMETRY_HOME, else ~/.local/state/agent-telemetry)")
	f.StringVar(&o.Scope, "scope", semconv.InstallScopeProject, "how the hook is installed: project, user or managed")
	f.StringVar(&o.Endpoint, "endpoint", "", "a standard OTLP/HTTP receiver on loopback, instead of the collector's socket")
	f.DurationVar(&o.Timeout, "timeout", delivery.DefaultTimeout, "how long the collector may take before the event is spooled")
	f.BoolVar(&o.NoPreview, semconv.FlagNoPreview, false, "keep no preview of prompts")
	f.Var((*mode)(&o.Enforce), semconv.FlagEnforce, "ask for a verdict on a tool call, and print it for Claude Code to obey; without one the call passes (open), the user is asked (ask) or it is denied (closed)")
	f.Lookup(semconv.FlagEnforce).NoOptDefVal = string(enforcement.Open)
	f.DurationVar(&o.EnforceTimeout, semconv.FlagEnforceTimeout, enforcement.DefaultTimeout, "with --enforce, how long a verdict may take")
	return f
}

// mode is the value of --enforce. A mistake is no error: that would end the reading
// of the flags. Somebody wanted enforcement, and gets the strictest.
type mode enforcement.Mode

func (m *mode) Set(text string) error {
	parsed, _ := enforcement.ParseMode(text)
	*m = mode(parsed)
	return nil
}

func (m *mode) String() string { return string(*m) }

func (*mode) Type() string { return "mode" }

// growStack makes the stack as large as decoding a payload needs: it grows once
// while nothing is on it, instead of being copied four times.
//
//go:noinline
func growStack() {
	var room [24 << 10]byte
	room[0] = 1
	runtime.KeepAlive(&room)
}

func command(o *hookrun.Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "claude-hook",
		Short: "Record one Claude Code hook call",
		Long: `Record one Claude Code hook call.

Claude Code runs this command and writes the hook's payload to its standard
input. It makes one OpenTelemetry log record of it and hands it to the collector
over a unix socket; when the collector does not take it in time, the record goes
to the spool directory, which the collector empties. It prints nothing and
always exits 0. What goes wrong is written to logs/claude-hook.log in the state
directory.

With --enforce, which is for the event PreToolUse, it asks the collector for a
verdict on the tool call. Where a rule is against the call it prints, as JSON that
Claude Code obeys, that the call is denied or that the user is to be asked. See
docs/enforcement.md.

It records only where the project holds a file .telemetry-enabled (in its root,
config/ or .claude/), or with --scope user or managed.`,
		Example: `  claude-hook --scope project < payload.json
  claude-hook --scope user --endpoint http://127.0.0.1:4318 < payload.json`,
		Args:               cobra.ArbitraryArgs,
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableAutoGenTag:  true,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
		Version:            version.Version,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return record(cmd.Context(), o)
		},
	}
	cmd.Flags().AddFlagSet(flags(o))
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return errors.Join(err, record(cmd.Context(), o))
	})
	cmd.SetContext(context.Background())
	return cmd
}

func record(ctx context.Context, o *hookrun.Options) error {
	o.WorkingDir = os.Getwd
	o.Timeout = min(o.Timeout, maxTimeout)
	return hookrun.Run(ctx, o)
}
