package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// What alerts can be counted by.
const (
	bySeverity = "severity"
	byRule     = "rule"
	byProject  = "project"
)

// StatsOptions are the settings of alerts stats.
type StatsOptions struct {
	Factory *cliio.Factory
	Days    int
	By      []string
	Source  string
	JSON    bool
	Now     func() time.Time

	filter filter
}

func newStats(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &StatsOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count alerts by severity, rule and project, with their trend",
		Long: `Counts the alerts of the last days, today among them, by day, severity, rule and
project, beside those of the same time before: the same number of days, up to the
same hour. Days are those of this machine's time zone.

--json prints one object; docs/alerts.md describes it. Fields may be added; none is
renamed.`,
		Example: `  $ agent-telemetry alerts stats --days 30 --by rule
  $ agent-telemetry alerts stats --json | jq .unacknowledged`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runStats(cmd.Context(), o) },
	}
	o.filter.flags(cmd)
	s := cmd.Flags()
	s.IntVar(&o.Days, "days", 7, "how many days")
	s.StringSliceVar(&o.By, "by", []string{bySeverity, byRule, byProject}, "count by these: severity, rule, project")
	s.BoolVar(&o.JSON, "json", false, "print JSON")
	sourceFlag(cmd, &o.Source)
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("by", cobra.FixedCompletions([]string{bySeverity, byRule, byProject}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

const maxDays = 90

func (o *StatsOptions) complete() error {
	errs := []error{o.filter.complete(), checkSource(o.Source)}
	if o.Days < 1 || o.Days > maxDays {
		errs = append(errs, fmt.Errorf("--days: must be from 1 to %d", maxDays))
	}
	for _, by := range o.By {
		if !slices.Contains([]string{bySeverity, byRule, byProject}, by) {
			errs = append(errs, fmt.Errorf("--by: must be severity, rule or project, not %q", by))
		}
	}
	return errors.Join(errs...)
}

func runStats(ctx context.Context, o *StatsOptions) error {
	if err := o.complete(); err != nil {
		return usage(err)
	}
	s, err := open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	st, err := o.count(ctx, s)
	if err != nil {
		return err
	}
	if o.JSON {
		return printJSON(o.Factory.IO.Out, st)
	}
	return printText(o.Factory.IO.Out, newText(o.Factory.IO).stats(st, o.By))
}

// count reads the alerts of both periods once.
func (o *StatsOptions) count(ctx context.Context, s source) (*Stats, error) {
	now := o.Now()
	c := newCounter(now, o.Days)
	o.filter.from, o.filter.to = c.before, now.Add(time.Minute)
	acks, err := acknowledged(ctx, s, &filter{session: o.filter.session, from: c.stats.From, to: o.filter.to})
	if err != nil {
		return nil, err
	}
	seen := bounded[bool]{keep: 1_000_000}
	err = s.each(ctx, &o.filter, semconv.EventSecurityAlert, func(r record) bool {
		if a, ok := r.alert(); ok && o.filter.matches(&a) && (a.recordID == "" || seen.put(a.recordID, true)) {
			if ack, ok := acks[a.ID]; ok {
				a.Ack = &ack
			}
			c.add(&a)
		}
		return ctx.Err() == nil
	})
	if err != nil {
		return nil, err
	}
	return c.result(o.By), ctx.Err()
}
