// Package timeline is the command that tells one session as a story.
package timeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// exitNone is the exit code when there is no such session, or several.
const exitNone = 3

// Options are the settings of timeline.
type Options struct {
	Factory      *cliio.Factory
	Session      string // an id or the start of one; "" is the newest
	Project      string // of the newest session
	Since, Until string
	Source       string
	Filter       Filter
	JSON, CSV    bool
	Full         bool
	Width        int
	Now          func() time.Time

	limits story.Limits
}

// New returns the command timeline.
func New(f *cliio.Factory) *cobra.Command { return newCommand(f, time.Now) }

func newCommand(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &Options{Factory: f, Now: now}
	last := false
	cmd := &cobra.Command{
		Use:   "timeline [SESSION]",
		Short: "Tell one session as a story",
		Long: `Tells what happened in one session, from the audit log: prompts, tool calls with
their outcome and duration, files with lines added and removed, sub-agents, alerts,
and records that are missing. SESSION is its id or the start of it, as
agent-telemetry sessions prints it; without one, and with --last, it is the newest.

A line has the time, a mark, the tool, what was done, and how it ended:
  ❯ prompt   ✓ done   ✗ failed   ⊘ denied   ? no end was recorded
  ┌ └ a sub-agent starts and stops; what it does is indented
  ⚠ an alert, under what it is about   ⋯ records are missing
  ■ Claude has answered   ● the session starts or ends   · anything else

--full breaks long texts into lines instead of cutting them.

--json prints one object a line: first a summary with the totals of the session,
then the entries. --csv prints a table of the entries. docs/forensics.md describes
both. Fields and columns may be added; none is renamed. The totals are those of the
whole session whatever filter is given, or of the time between --since and --until.

Exit codes: 0; 1 it failed; 2 wrong usage; 3 there is no such session, or several.`,
		Example: `  $ agent-telemetry timeline --last
  $ agent-telemetry timeline 5e551011 --alerts-only
  $ agent-telemetry timeline 5e551011 --files --csv > files.csv
  $ agent-telemetry timeline --last --json | jq 'select(.kind=="tool" and .tool.outcome=="failed") | .tool.command'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSession(f, now),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.Session = args[0]
				if last {
					return &cliio.ExitError{Code: 2, Err: errors.New("--last: cannot be used together with a session")}
				}
				if o.Project != "" {
					return &cliio.ExitError{Code: 2, Err: errors.New("--project: cannot be used together with a session")}
				}
			}
			return Run(cmd.Context(), o)
		},
	}
	s := cmd.Flags()
	s.BoolVar(&last, "last", false, "the session with the newest record; this is so when none is named")
	s.StringVar(&o.Project, "project", "", "the newest session of this project: its `NAME` or path")
	s.StringVar(&o.Since, "since", "", "only from then on: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "only until then, likewise")
	o.Filter.flags(cmd)
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	s.BoolVar(&o.CSV, "csv", false, "print a table of comma-separated values")
	s.BoolVar(&o.Full, "full", false, "cut nothing")
	s.IntVar(&o.Width, "width", 0, "of a line, in `COLUMNS`; 0 is the terminal's")
	recordsource.Flag(cmd, &o.Source)
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	return cmd
}

func (o *Options) complete() (story.Query, error) {
	from, to, err := recordsource.Times(o.Since, o.Until, o.Now())
	errs := []error{err, recordsource.Check(o.Source), o.Filter.complete()}
	if o.Width != 0 && (o.Width < 40 || o.Width > 1000) {
		errs = append(errs, errors.New("--width: must be from 40 to 1000, or 0"))
	}
	return story.Query{Project: o.Project, From: from, To: to}, errors.Join(errs...)
}

// Run tells the story.
func Run(ctx context.Context, o *Options) error {
	q, err := o.complete()
	if err != nil {
		return &cliio.ExitError{Code: 2, Err: err}
	}
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	if q.Session, err = story.Find(ctx, source, q, o.Session); err != nil {
		return none(err, o, source)
	}
	s, err := story.Load(ctx, source, q, o.limits)
	if err != nil {
		return none(err, o, source)
	}
	for _, text := range warnings(s) {
		if _, err := fmt.Fprintln(o.Factory.IO.Err, termtext.Clean(text)); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	o.Filter.project = s.Session.ProjectPath
	entries := o.Filter.choose(s.Entries)
	out := o.Factory.IO.Out
	switch {
	case o.JSON:
		return printJSON(out, s, entries)
	case o.CSV:
		return printCSV(out, s, entries)
	}
	t := &text{Style: termstyle.New(o.Factory.IO, o.Width), full: o.Full, project: s.Session.ProjectPath}
	return t.print(out, s, entries)
}

// none says what to do when a session is not there.
func none(err error, o *Options, source story.Source) error {
	var several *story.AmbiguousError
	switch {
	case errors.As(err, &several):
		return &cliio.ExitError{Code: exitNone, Err: err}
	case !errors.Is(err, story.ErrNoSession):
		return err
	}
	where := "the audit log"
	if source.Name() == recordsource.Loki {
		where = "Loki"
	}
	if o.Since != "" || o.Until != "" || o.Project != "" {
		where += " with this project and time"
	}
	return &cliio.ExitError{Code: exitNone, Err: fmt.Errorf("%w in %s: `agent-telemetry sessions --since 30d` lists those there are", err, where)}
}

// warnings are what a reader must know of how the story came about.
func warnings(s *story.Story) []string {
	var all []string
	if s.Damaged > 0 {
		all = append(all, fmt.Sprintf("Warning: %s of the audit log cannot be read: see `agent-telemetry verify`.", termstyle.Count(s.Damaged, "line", "lines")))
	}
	if s.LeftOut > 0 {
		all = append(all, fmt.Sprintf("Warning: the session is too large: its last %s left out. --since shows them.", termstyle.Count(s.LeftOut, "record is", "records are")))
	}
	if s.Cut > 0 {
		all = append(all, fmt.Sprintf("Warning: the texts of %s are cut. --since and --until show them whole.", termstyle.Count(s.Cut, "record", "records")))
	}
	return all
}
