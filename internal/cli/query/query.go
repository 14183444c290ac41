// Package query is the command that asks Loki: questions that have a name, and
// LogQL.
package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// Options are the settings of query.
type Options struct {
	Factory      *cliio.Factory
	Query        string // the name of a preset, or LogQL
	Args         Args
	Since, Until string
	List         bool
	Print        bool
	Lines        bool // count lines, not roll-ups
	JSON, CSV    bool
	Width        int
	Now          func() time.Time
}

// New returns the command query.
func New(f *cliio.Factory) *cobra.Command { return newCommand(f, time.Now) }

func newCommand(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &Options{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "query [PRESET | LOGQL]",
		Short: "Ask Loki a question that has a name, or LogQL",
		Long: `Asks Loki. PRESET is the name of a question:

` + listing() + `
LOGQL is a query as Loki takes it: one that begins with { gives lines, the newest
--limit of them; any other gives numbers, of the time at --until.

The numbers of the second kind of presets come from roll-ups, which the collector
counts a minute at a time, where there are any; --lines counts the records. Roll-ups
know no sessions and agents: with --session and --agent lines are counted.

--print prints the LogQL instead of asking: for Grafana, or to begin with.

--json prints one object a line, --csv a table; docs/forensics.md describes both.
Fields and columns may be added; none is renamed.

It needs Loki. Without it, timeline, sessions, events and alerts read the audit log.`,
		Example: `  $ agent-telemetry query outside-scope --since 7d
  $ agent-telemetry query file-modifications --project shop --csv > files.csv
  $ agent-telemetry query by-tool --since 24h
  $ agent-telemetry query commands --session 5e551011 --json | jq -r .what
  $ agent-telemetry query slow --longer-than 1m --print
  $ agent-telemetry query '{service="claude-telemetry"} |= "package.json"'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completePreset,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.Query = args[0]
			}
			return Run(cmd.Context(), o)
		},
	}
	s := cmd.Flags()
	s.BoolVar(&o.List, "list", false, "list the presets")
	s.StringVar(&o.Args.Project, "project", "", "preset: only this project: its `NAME` or path")
	s.StringVar(&o.Args.Session, "session", "", "preset: only sessions whose `ID` begins like this")
	s.StringVar(&o.Args.Tool, "tool", "", "preset: only this tool `NAME`")
	s.StringVar(&o.Args.Agent, "agent", "", "preset: only this agent `ID`")
	s.DurationVar(&o.Args.Longer, "longer-than", 10*time.Second, "preset slow: from which duration on")
	s.StringVar(&o.Since, "since", "24h", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "until when, likewise")
	s.IntVar(&o.Args.Limit, "limit", 100, "how many: the newest records, the largest groups")
	s.BoolVar(&o.Lines, "lines", false, "preset: count records, not roll-ups")
	s.BoolVar(&o.Print, "print", false, "print the LogQL, and ask nothing")
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	s.BoolVar(&o.CSV, "csv", false, "print a table of comma-separated values")
	s.IntVar(&o.Width, "width", 0, "of a line, in `COLUMNS`; 0 is the terminal's")
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	cmd.MarkFlagsMutuallyExclusive("list", "print")
	return cmd
}

// listing is the presets as the help shows them.
func listing() string {
	var b strings.Builder
	for _, p := range presets {
		fmt.Fprintf(&b, "  %-20s %s\n", p.name, p.question)
	}
	return b.String()
}

func completePreset(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, p := range presets {
		if len(args) == 0 && strings.HasPrefix(p.name, start) {
			names = append(names, cobra.CompletionWithDesc(p.name, p.question))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

const (
	maxLimit = 100_000
	// maxSpan is how long a time Loki answers for unless it is configured.
	maxSpan = 30*24*time.Hour + time.Hour
)

func (o *Options) complete() (*preset, error) {
	var errs []error
	from, to, err := recordsource.Times(o.Since, o.Until, o.Now())
	errs = append(errs, err)
	if o.Since == "" {
		errs = append(errs, errors.New("--since: must not be empty: give a time like 24h"))
	}
	if to.IsZero() {
		to = o.Now().Add(time.Minute) // a clock that is a little ahead must not hide the newest records
	}
	o.Args.from, o.Args.to = from, to
	if o.Args.Limit < 1 || o.Args.Limit > maxLimit {
		errs = append(errs, fmt.Errorf("--limit: must be from 1 to %d", maxLimit))
	}
	if o.Args.Longer < 0 {
		errs = append(errs, errors.New("--longer-than: must not be negative"))
	}
	if o.Width != 0 && (o.Width < 40 || o.Width > 1000) {
		errs = append(errs, errors.New("--width: must be from 40 to 1000, or 0"))
	}
	p, ok := find(o.Query)
	switch {
	case ok && p.counts != nil && to.Sub(from) > maxSpan:
		errs = append(errs, errors.New("--since: Loki counts no more than 30 days at once"))
	case ok || o.List:
	case o.Query == "":
		errs = append(errs, errors.New("name a preset, or give LogQL: `agent-telemetry query --list` lists the presets"))
	case !isLogQL(o.Query):
		errs = append(errs, fmt.Errorf("there is no preset %q: `agent-telemetry query --list` lists them", o.Query))
	case o.Args.Project != "" || o.Args.Session != "" || o.Args.Tool != "" || o.Args.Agent != "":
		errs = append(errs, errors.New("--project, --session, --tool and --agent are for presets: put the condition into the LogQL"))
	}
	return p, errors.Join(errs...)
}

// isLogQL tells LogQL from a name that is mistyped.
func isLogQL(s string) bool { return strings.ContainsAny(s, "{(") }

// givesLines reports whether LogQL is a log query.
func givesLines(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "{") }

// Run asks.
func Run(ctx context.Context, o *Options) error {
	p, err := o.complete()
	if err != nil {
		return &cliio.ExitError{Code: 2, Err: err}
	}
	switch {
	case o.List:
		return o.list()
	case o.Print:
		all := []string{o.Query}
		if p != nil {
			all = p.queries(&o.Args, o.Lines)
		}
		return o.write(strings.Join(all, "\n") + "\n")
	}
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	client, err := recordsource.Client(home)
	if err != nil {
		return err
	}
	// Past Loki's caches: they would not know of records that came late.
	return away(o.ask(ctx, client.Fresh(), p))
}

// away says what else there is when Loki is not there.
func away(err error) error {
	if lokiquery.IsAway(err) {
		return fmt.Errorf("query needs Loki. %w. Without Loki, `agent-telemetry timeline`, `sessions`, `events` and `alerts` read the audit log", err)
	}
	return err
}

func (o *Options) ask(ctx context.Context, client *lokiquery.Client, p *preset) error {
	style := termstyle.New(o.Factory.IO, o.Width)
	switch {
	case p != nil && p.counts != nil:
		groups, err := p.counts.count(ctx, client, &o.Args, o.Lines)
		if err != nil {
			return err
		}
		names := make([]string, len(p.counts.measures))
		for i := range names {
			names[i] = p.counts.measures[i].name
		}
		return o.printGroups(style, groups, p.counts.by, names)
	case p == nil && !givesLines(o.Query):
		return o.numbers(ctx, client, style)
	}
	logql := o.Query
	if p != nil {
		logql = p.lines(&o.Args)
	}
	rows, err := o.rows(ctx, client, logql)
	if err != nil {
		return err
	}
	return o.printRows(style, rows)
}

// numbers asks for what LogQL that gives numbers says.
func (o *Options) numbers(ctx context.Context, client *lokiquery.Client, style termstyle.Style) error {
	found, err := instant(ctx, client, o.Query, o.Args.to)
	if err != nil {
		return err
	}
	groups, labels := asGroups(found)
	c := counts{by: labels, measures: []measure{{name: "value"}}}
	c.sort(groups)
	return o.printGroups(style, groups[:min(len(groups), o.Args.Limit)], labels, []string{"value"})
}

func (o *Options) write(s string) error {
	if _, err := io.WriteString(o.Factory.IO.Out, s); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
