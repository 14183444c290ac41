// Package sessions is the command that lists sessions with their totals.
package sessions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Options are the settings of sessions.
type Options struct {
	Factory      *cliio.Factory
	Project      string
	Since, Until string
	Source       string
	MinRisk      int
	Alerts       bool
	Sort         string
	Reverse      bool
	Limit        int
	JSON, CSV    bool
	Width        int
	Now          func() time.Time
}

// New returns the command sessions.
func New(f *cliio.Factory) *cobra.Command { return newCommand(f, time.Now) }

func newCommand(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &Options{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List sessions with what was done in them",
		Args:  cobra.NoArgs,
		Long: `Lists the sessions that have records in a time, from the audit log: when they
started, how long they took, tool calls, errors, files changed, alerts, and risk.
All numbers are of the records of that time. ALERTS are counted by severity:
2c 1h 3m 4l is two critical, one high, three medium, four low.

RISK is from 0 to 100: the highest risk score of the alerts, 2 more for each further
alert of medium severity or above (at most 20), and 1 more for each tool call that
reached outside the project (at most 10).

agent-telemetry timeline tells of one of them; the start of its id is enough.

With --source loki every record of the time is counted there, which takes seconds for
100,000: for a long time there is agent-telemetry query by-session.

--json prints one object a line, --csv a table; docs/forensics.md describes both.
Fields and columns may be added; none is renamed.`,
		Example: `  $ agent-telemetry sessions --since 24h
  $ agent-telemetry sessions --since 30d --min-risk 50 --sort risk
  $ agent-telemetry sessions --project shop --csv > sessions.csv
  $ agent-telemetry sessions --alerts --json | jq -r .session_id`,
		RunE: func(cmd *cobra.Command, _ []string) error { return Run(cmd.Context(), o) },
	}
	s := cmd.Flags()
	s.StringVar(&o.Project, "project", "", "only this project: its `NAME` or path")
	s.StringVar(&o.Since, "since", "7d", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "until when, likewise")
	s.IntVar(&o.MinRisk, "min-risk", 0, "only sessions of this risk or more, from 0 to 100")
	s.BoolVar(&o.Alerts, "alerts", false, "only sessions with alerts")
	s.StringVar(&o.Sort, "sort", "start", strings.Join(sortNames(), ", ")+": the largest, or newest, first")
	s.BoolVar(&o.Reverse, "reverse", false, "the smallest, or oldest, first")
	s.IntVar(&o.Limit, "limit", 50, "how many, of those that come first")
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	s.BoolVar(&o.CSV, "csv", false, "print a table of comma-separated values")
	s.IntVar(&o.Width, "width", 0, "of a line, in `COLUMNS`; 0 is the terminal's")
	recordsource.Flag(cmd, &o.Source)
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(sortNames(), cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

// orders are what sessions can be sorted by: a negative number puts a first.
var orders = map[string]func(a, b *story.Session) int{
	"start":    func(a, b *story.Session) int { return b.Start.Compare(a.Start) },
	"end":      func(a, b *story.Session) int { return b.End.Compare(a.End) },
	"duration": func(a, b *story.Session) int { return cmp.Compare(b.Duration, a.Duration) },
	"events":   func(a, b *story.Session) int { return cmp.Compare(b.Events, a.Events) },
	"calls":    func(a, b *story.Session) int { return cmp.Compare(b.ToolCalls, a.ToolCalls) },
	"errors":   func(a, b *story.Session) int { return cmp.Compare(b.Errors, a.Errors) },
	"outside":  func(a, b *story.Session) int { return cmp.Compare(b.Outside, a.Outside) },
	"files":    func(a, b *story.Session) int { return cmp.Compare(b.FilesEdited, a.FilesEdited) },
	"alerts":   func(a, b *story.Session) int { return cmp.Compare(b.Alerts.Total(), a.Alerts.Total()) },
	"risk": func(a, b *story.Session) int {
		return cmp.Or(cmp.Compare(b.Risk, a.Risk), cmp.Compare(b.Alerts.Critical, a.Alerts.Critical), cmp.Compare(b.Alerts.High, a.Alerts.High))
	},
	"project": func(a, b *story.Session) int { return cmp.Compare(a.Project, b.Project) },
}

func sortNames() []string { return slices.Sorted(maps.Keys(orders)) }

// maxLimit is more sessions than are ever held.
const maxLimit = 100_000

func (o *Options) complete() (story.Query, error) {
	from, to, err := recordsource.Times(o.Since, o.Until, o.Now())
	errs := []error{err, recordsource.Check(o.Source)}
	if orders[o.Sort] == nil {
		errs = append(errs, fmt.Errorf("--sort: must be one of %s, not %q", strings.Join(sortNames(), ", "), o.Sort))
	}
	if o.MinRisk < 0 || o.MinRisk > 100 {
		errs = append(errs, errors.New("--min-risk: must be from 0 to 100"))
	}
	if o.Limit < 1 || o.Limit > maxLimit {
		errs = append(errs, fmt.Errorf("--limit: must be from 1 to %d", maxLimit))
	}
	if o.Width != 0 && (o.Width < 40 || o.Width > 1000) {
		errs = append(errs, errors.New("--width: must be from 40 to 1000, or 0"))
	}
	return story.Query{Project: o.Project, From: from, To: to}, errors.Join(errs...)
}

// Run lists them.
func Run(ctx context.Context, o *Options) error {
	q, err := o.complete()
	if err != nil {
		return &cliio.ExitError{Code: 2, Err: err}
	}
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	totals, err := story.Sessions(ctx, source, q)
	if err != nil {
		return err
	}
	chosen, all := o.choose(totals.Sessions)
	if err := o.warn(totals); err != nil {
		return err
	}
	switch {
	case o.JSON:
		return o.printJSON(chosen)
	case o.CSV:
		return printCSV(o.Factory.IO.Out, chosen)
	}
	t := &text{Style: termstyle.New(o.Factory.IO, o.Width), now: o.Now(), since: o.Since}
	return t.print(o.Factory.IO.Out, chosen, all)
}

// choose returns the sessions that are shown, and how many there would be without
// the limit.
func (o *Options) choose(all []story.Session) ([]story.Session, int) {
	chosen := slices.DeleteFunc(all, func(s story.Session) bool {
		return s.Risk < o.MinRisk || o.Alerts && s.Alerts.Total() == 0
	})
	order := orders[o.Sort]
	slices.SortStableFunc(chosen, func(a, b story.Session) int {
		if o.Reverse {
			a, b = b, a
		}
		return order(&a, &b)
	})
	n := len(chosen)
	return chosen[:min(n, o.Limit)], n
}

// warn says what is missing in the list.
func (o *Options) warn(t *story.Totals) error {
	var b strings.Builder
	if t.Damaged > 0 {
		fmt.Fprintf(&b, "Warning: %s of the audit log cannot be read: see `agent-telemetry verify`.\n", termstyle.Count(t.Damaged, "line", "lines"))
	}
	if t.LeftOut > 0 {
		fmt.Fprintf(&b, "Warning: there are too many sessions: the oldest %d are left out. --until shows them.\n", t.LeftOut)
	}
	if _, err := o.Factory.IO.Err.Write([]byte(b.String())); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func (o *Options) printJSON(all []story.Session) error {
	enc := termtext.JSON(o.Factory.IO.Out)
	for i := range all {
		if err := enc.Encode(&all[i]); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
