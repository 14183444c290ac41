// Package watch is the command that shows a live console in the terminal.
package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/feed"
	"github.com/agent-telemetry/agent-telemetry/internal/console/screen"
	"github.com/agent-telemetry/agent-telemetry/internal/console/stacklook"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Sources of events.
const (
	sourceAudit = "audit"
	sourceLoki  = "loki"
)

// Options are the settings of watch.
type Options struct {
	Factory *cliio.Factory
	Since   string
	Source  string
	Filter  string
	Now     func() time.Time

	from time.Time
}

// New returns the command watch.
func New(f *cliio.Factory) *cobra.Command {
	o := &Options{Factory: f, Now: time.Now}
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Watch sessions, alerts and events live in the terminal",
		Long: `Shows what agents do, as they do it, until q is pressed: how the stack is, rates,
the sessions at work, alerts, and the newest events. ? lists the keys; / filters by
text, session:, tool:, severity: and more; enter shows all of an event.

It reads the audit log of this machine, and with --source loki a Loki. It changes
nothing. What comes faster than it can be shown is skipped, and counted. From Loki,
events that were spooled for more than 3 minutes are not shown.

It needs a terminal of at least 40×8. For a program or a file, there is
agent-telemetry events --follow --json.

Exit codes: 0 ended by q or a signal, 1 the events could not be read, 2 wrong usage
or no terminal.`,
		Example: `  $ agent-telemetry watch
  $ agent-telemetry watch --since 2h --filter "severity:high+"
  $ agent-telemetry watch --source loki`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	s := cmd.Flags()
	s.StringVar(&o.Since, "since", "15m", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Source, "source", sourceAudit, "audit or loki")
	s.StringVar(&o.Filter, "filter", "", "the `WORDS` that / would take, such as tool:bash")
	cobra.CheckErr(errors.Join(
		cmd.RegisterFlagCompletionFunc("source", cobra.FixedCompletions([]string{sourceAudit, sourceLoki}, cobra.ShellCompDirectiveNoFileComp)),
		cmd.RegisterFlagCompletionFunc("since", cobra.FixedCompletions([]string{"15m", "1h", "24h"}, cobra.ShellCompDirectiveNoFileComp)),
		cmd.RegisterFlagCompletionFunc("filter", cobra.FixedCompletions([]string{"severity:high+", "is:error", "is:alert", "is:outside", "tool:", "session:", "project:"}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)),
	))
	return cmd
}

// complete reads the times and finds what cannot be.
func (o *Options) complete() error {
	var errs []error
	var err error
	if o.from, err = timerange.Parse(o.Since, o.Now()); err != nil {
		errs = append(errs, fmt.Errorf("--since: %w", err))
	}
	if !slices.Contains([]string{sourceAudit, sourceLoki}, o.Source) {
		errs = append(errs, fmt.Errorf("--source: must be audit or loki, not %q", o.Source))
	}
	if len(o.Filter) > activity.MaxFilter {
		errs = append(errs, fmt.Errorf("--filter: may have at most %d bytes", activity.MaxFilter))
	}
	return errors.Join(errs...)
}

// errNoTerminal says what to use where there is none.
var errNoTerminal = errors.New("there is no terminal to draw in: use `agent-telemetry events --follow`, with --json for a program, or `agent-telemetry status`")

// terminal reports whether the console can be drawn.
func terminal(io *cliio.IO) error {
	in, ok := io.In.(*os.File)
	if !ok || !io.OutTTY || !term.IsTerminal(int(in.Fd())) {
		return errNoTerminal
	}
	if name := os.Getenv("TERM"); name == "" || name == "dumb" {
		return fmt.Errorf("$TERM is %q, a terminal that cannot move its cursor: use `agent-telemetry events --follow`", name)
	}
	return nil
}

func run(ctx context.Context, o *Options) error {
	if err := errors.Join(o.complete(), terminal(o.Factory.IO)); err != nil {
		return &cliio.ExitError{Code: 2, Err: err}
	}
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	hub := activity.NewHub(o.from, o.Now)
	follow, name, err := o.feed(home, hub)
	if err != nil {
		return err
	}
	io := o.Factory.IO
	return screen.Run(ctx, screen.Terminal{In: io.In, Out: io.Out, Color: io.Color}, screen.Options{
		Hub: hub, Now: o.Now, Source: name, Filter: o.Filter,
		Look: func(ctx context.Context) stacklook.Stack { return stacklook.Look(ctx, home, ".") },
	}, follow)
}

// feed is what brings the events, and its name.
func (o *Options) feed(home statedir.Dir, hub *activity.Hub) (follow func(context.Context) error, name string, err error) {
	if o.Source == sourceAudit {
		return (&feed.Audit{Dir: home.Audit(), Since: o.from, Hub: hub}).Run, "the audit log", nil
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return nil, "", fmt.Errorf("read the stack's settings: %w", err)
	}
	client, err := lokiquery.FromEnv(config.LokiAddress())
	if err != nil {
		return nil, "", err
	}
	return (&feed.Loki{Client: client, Since: o.from, Hub: hub, Now: o.Now}).Run, "Loki", nil
}
