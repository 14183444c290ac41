package agents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
)

// CompareOptions are the settings of agents compare.
type CompareOptions struct {
	Factory       *cliio.Factory
	A, B          string
	Types         bool
	Before, After string
	Project       string
	Since, Until  string
	Source        string
	JSON, CSV     bool
	Width         int
	Now           func() time.Time

	bounds bounds
}

const compareSince = "30d"

func newCompare(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &CompareOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "compare [A B]",
		Short: "Put two sessions, agent types or times side by side",
		Long: `Puts the figures of two sides next to each other, with their difference: of two
sessions, of two agent types (--types), or of two times (--before and --after). A time
is FROM..TO, or FROM alone, which is until now; 14d..7d is the week before the last.

With --types and with times, --source loki reads every record of the time from there,
which takes it about ten seconds for 100,000.

The difference is B less A. Where a side has too few of what a figure is made of for
the difference to say something, it is marked "few": less than 5 delegations for a
median and for tokens or work of one, 20 for a P95, 5 delegations or 20 tool calls for a
rate. The command does no more than subtract: it does not say why, or which is better.

--json prints one object, --csv a table; docs/agents.md describes both. Fields and
columns may be added; none is renamed.

Exit codes: 0; 1 it failed; 2 wrong usage; 3 there is no such session, or several, or
nothing is recorded of a side.`,
		Example: `  $ agent-telemetry agents compare 5e551011 c0ffee00
  $ agent-telemetry agents compare --types Explore Plan --since 30d
  $ agent-telemetry agents compare --before 14d..7d --after 7d --project shop`,
		Args: cobra.MaximumNArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			if o.Types || o.Before != "" || o.After != "" {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeSessions(f, now, 2)(cmd, args, start)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.sides(args, cmd.Flags().Changed("since") || cmd.Flags().Changed("until")); err != nil {
				return usage(err)
			}
			return o.run(cmd.Context())
		},
	}
	s := cmd.Flags()
	s.BoolVar(&o.Types, "types", false, "A and B are types of agents")
	s.StringVar(&o.Before, "before", "", "the first time: `FROM..TO`")
	s.StringVar(&o.After, "after", "", "the second time: `FROM..TO`")
	s.StringVar(&o.Project, "project", "", "with --types or --before: only this project: its `NAME` or path")
	s.StringVar(&o.Since, "since", compareSince, "with --types: from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "until when, likewise")
	s.BoolVar(&o.JSON, "json", false, "print JSON")
	s.BoolVar(&o.CSV, "csv", false, "print a table of comma-separated values")
	s.IntVar(&o.Width, "width", 0, "of a line, in `COLUMNS`; 0 is the terminal's")
	recordsource.Flag(cmd, &o.Source)
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	return cmd
}

// sides checks what is compared.
func (o *CompareOptions) sides(args []string, timed bool) error {
	times := o.Before != "" || o.After != ""
	switch {
	case times && (len(args) > 0 || o.Types):
		return errors.New("--before and --after: cannot be used together with sessions or --types")
	case times && (o.Before == "" || o.After == ""):
		return errors.New("--before and --after: each needs the other")
	case !times && len(args) != 2:
		return errors.New("needs two sessions, with --types two types of agents, or --before and --after")
	case timed && !o.Types:
		return errors.New("--since and --until: only together with --types")
	case o.Project != "" && !times && !o.Types:
		return fmt.Errorf("--project: %w", errBoth)
	}
	if len(args) == 2 {
		o.A, o.B = args[0], args[1]
	}
	return nil
}

// timeRange reads FROM..TO.
func timeRange(flag, s string, now time.Time) (from, to time.Time, err error) {
	since, until, ends := strings.Cut(s, "..")
	if since == "" || ends && until == "" {
		return from, to, fmt.Errorf("%s: must be FROM..TO or FROM, such as 14d..7d, not %q", flag, s)
	}
	if from, err = timerange.Parse(since, now); err != nil {
		return from, to, fmt.Errorf("%s: %w", flag, err)
	}
	to = now
	if ends {
		if to, err = timerange.Parse(until, now); err != nil {
			return from, to, fmt.Errorf("%s: %w", flag, err)
		}
	}
	if !from.Before(to) {
		return from, to, fmt.Errorf("%s: must end later than it begins", flag)
	}
	return from, to, nil
}

func (o *CompareOptions) run(ctx context.Context) error {
	if err := errors.Join(recordsource.Check(o.Source), checkWidth(o.Width)); err != nil {
		return usage(err)
	}
	var c *comparison
	var err error
	switch {
	case o.Before != "":
		c, err = o.times(ctx)
	case o.Types:
		c, err = o.types(ctx)
	default:
		c, err = o.sessions(ctx)
	}
	if err != nil {
		return err
	}
	if err := warn(o.Factory.IO.Err, c.warnings); err != nil {
		return err
	}
	out := o.Factory.IO.Out
	switch {
	case o.JSON:
		return printJSON(out, c)
	case o.CSV:
		return printTable(out, compareTable, pointers(c.Figures))
	}
	t := &compareText{Style: termstyle.New(o.Factory.IO, o.Width)}
	return printText(out, t.print(c))
}
