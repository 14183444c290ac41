package agents

import (
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
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// StatsOptions are the settings of agents stats.
type StatsOptions struct {
	Factory      *cliio.Factory
	Session      string
	Project      string
	Since, Until string
	Source       string
	By           string
	Sort         string
	Limit        int
	Advice       int // recommendations that are shown
	JSON, CSV    bool
	Width        int
	Now          func() time.Time

	bounds bounds
}

const sinceDefault = "24h"

func newStats(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &StatsOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count what types of agents did, and how they worked together",
		Long: `Adds up what agents did in the sessions in which some were called: by their type, for
each agent, or by project. Sessions count with what was recorded of them in the time
that is asked for.

DELEG are delegations: agents that were called, and calls that made none. FAIL of them
failed. P50 and P95 are of how long they took: half, and 95 of 100, took no longer.
ERRORS are of the tool calls. TOKENS are of the delegations of which something tells.
FILES are different files that each agent changed, added up. CONF are changes of a file
that another agent had changed shortly before or after, without one waiting for the
other; REP are reads and searches that another agent had made before. WORK is how long
they were at work, without waiting for others or for a person, and its share of all.

Recommendations say what is worth a look, and what they rest on; nothing in them is more
than what the numbers say. docs/coordination.md defines every figure.

With --source loki every record of the time is read from there, which takes it about
ten seconds for 100,000.

--json prints one object a line: a summary, then the groups, then recommendations;
--csv prints a table of the groups. docs/agents.md describes both. Fields and columns
may be added; none is renamed.

Exit codes: 0; 1 it failed; 2 wrong usage; 3 there is no such session, or several.`,
		Example: `  $ agent-telemetry agents stats --since 7d
  $ agent-telemetry agents stats --session 5e551011 --by agent
  $ agent-telemetry agents stats --json | jq 'select(.kind=="recommendation") | .title'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Session != "" && !cmd.Flags().Changed("since") {
				o.Since = ""
			}
			if o.Session != "" && o.Project != "" {
				return usage(errors.New("--project: cannot be used together with --session"))
			}
			return o.run(cmd.Context())
		},
	}
	s := cmd.Flags()
	s.StringVar(&o.Session, "session", "", "only this session: its `ID` or the start of it; then --since is not limited")
	s.StringVar(&o.Project, "project", "", "only this project: its `NAME` or path")
	s.StringVar(&o.Since, "since", sinceDefault, "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "until when, likewise")
	s.StringVar(&o.By, "by", string(coordination.ByType), "add up by: "+strings.Join(groupings, ", "))
	s.StringVar(&o.Sort, "sort", "work", strings.Join(statsOrders(), ", ")+": the largest first")
	s.IntVar(&o.Limit, "limit", 50, "how many groups, of those that come first")
	s.IntVar(&o.Advice, "recommendations", 5, "how many recommendations are shown; --json has all")
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	s.BoolVar(&o.CSV, "csv", false, "print a table of comma-separated values")
	s.IntVar(&o.Width, "width", 0, "of a line, in `COLUMNS`; 0 is the terminal's")
	recordsource.Flag(cmd, &o.Source)
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	fixed := func(names []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	}
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("by", fixed(groupings)))
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("sort", fixed(statsOrders())))
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("session", func(cmd *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
		return completeSessions(f, now, 1)(cmd, nil, start)
	}))
	return cmd
}

var groupings = []string{string(coordination.ByType), string(coordination.ByAgent), string(coordination.ByProject)}

// statsSorts are what groups can be sorted by; the largest comes first.
var statsSorts = map[string]func(*coordination.Total) float64{
	"work":        func(t *coordination.Total) float64 { return float64(t.Own) },
	"delegations": func(t *coordination.Total) float64 { return float64(t.Delegations) },
	"duration":    func(t *coordination.Total) float64 { return float64(t.DurationP50) },
	"calls":       func(t *coordination.Total) float64 { return float64(t.ToolCalls) },
	"errors":      func(t *coordination.Total) float64 { return float64(t.Errors) },
	"tokens":      func(t *coordination.Total) float64 { return float64(t.Tokens) },
	"conflicts":   func(t *coordination.Total) float64 { return float64(t.Conflicts) },
	"repeated":    func(t *coordination.Total) float64 { return float64(t.Repeated) },
}

func statsOrders() []string { return slices.Sorted(maps.Keys(statsSorts)) }

// maxLimit is more groups than are ever held.
const maxLimit = 1_000_000

func (o *StatsOptions) complete() (story.Query, error) {
	from, to, err := recordsource.Times(o.Since, o.Until, o.Now())
	errs := []error{err, recordsource.Check(o.Source), checkWidth(o.Width)}
	if !slices.Contains(groupings, o.By) {
		errs = append(errs, fmt.Errorf("--by: must be %s, not %q", strings.Join(groupings, ", "), o.By))
	}
	if statsSorts[o.Sort] == nil {
		errs = append(errs, fmt.Errorf("--sort: must be one of %s, not %q", strings.Join(statsOrders(), ", "), o.Sort))
	}
	if o.Limit < 1 || o.Limit > maxLimit {
		errs = append(errs, fmt.Errorf("--limit: must be from 1 to %d", maxLimit))
	}
	if o.Advice < 0 {
		errs = append(errs, errors.New("--recommendations: must be 0 or more"))
	}
	return story.Query{Project: o.Project, From: from, To: to}, errors.Join(errs...)
}

func (o *StatsOptions) run(ctx context.Context) error {
	q, err := o.complete()
	if err != nil {
		return usage(err)
	}
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	if o.Session != "" {
		if q.Session, err = story.Find(ctx, source, q, o.Session); err != nil {
			return noSession(err, source, o.Since != "" || o.Until != "")
		}
	}
	g, err := gather(ctx, source, q, o.bounds)
	if err != nil {
		return err
	}
	if q.Session != "" && len(g.sessions)+g.without == 0 {
		return noSession(story.ErrNoSession, source, o.Since != "" || o.Until != "")
	}
	if err := warn(o.Factory.IO.Err, g.warnings()); err != nil {
		return err
	}
	return o.show(g, q)
}

func (o *StatsOptions) show(g *gathered, q story.Query) error {
	totals := coordination.Totals(g.sessions, coordination.Grouping(o.By))
	order := statsSorts[o.Sort]
	slices.SortStableFunc(totals, func(a, b coordination.Total) int {
		switch x, y := order(&a), order(&b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	st := &stats{
		gathered: g, by: coordination.Grouping(o.By), overview: coordination.Look(g.sessions),
		totals: totals[:min(len(totals), o.Limit)], all: len(totals), advice: advise(g.sessions), from: q.From, to: q.To,
	}
	out := o.Factory.IO.Out
	switch {
	case o.JSON:
		return st.printJSON(out)
	case o.CSV:
		return printTable(out, statsTable, pointers(st.totals))
	}
	t := &statsText{Style: termstyle.New(o.Factory.IO, o.Width), since: o.Since, most: o.Advice}
	return printText(out, t.print(st))
}

// stats is what agents stats prints.
type stats struct {
	*gathered
	by       coordination.Grouping
	overview coordination.Overview
	totals   []coordination.Total
	all      int // groups
	advice   []Recommendation
	from, to time.Time
}

func pointers[T any](all []T) []*T {
	to := make([]*T, len(all))
	for i := range all {
		to[i] = &all[i]
	}
	return to
}
