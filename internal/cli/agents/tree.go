package agents

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// TreeOptions are the settings of agents tree.
type TreeOptions struct {
	Factory      *cliio.Factory
	Session      string // an id or the start of one; "" is the newest
	Project      string // of the newest session
	Since, Until string
	Source       string
	Depth        int // 0 is all
	JSON, CSV    bool
	Width        int
	Now          func() time.Time

	limits story.Limits
}

func newTree(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &TreeOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "tree [SESSION]",
		Short: "Show the agents of one session below who called them",
		Long: `Shows the agents of one session, each below the agent that called it: type and what
it was asked for, state, when it began and how long it took, tool calls, errors,
tokens, different files changed, alerts by severity (1c 2h is one critical and two
high), and how its caller is known. SESSION is its id or the start of it, as
agent-telemetry sessions prints it; without one it is the newest.

STATE is complete when the agent's stop was recorded after all it did, active when
its last record is not older than two minutes, else idle; "no end" when the session
ended and no stop was recorded; "no record" when others name it and nothing is known
of itself. TOOK is from its first to its last record.

LINK is confirmed, span, sidecar or provisional: docs/agents.md says what each is
worth. Agents that nobody called as far as is known stand at the end.

TOKENS are those that Claude Code reports with the answer of the call, else those of
requests to the model, where its own telemetry names the agent. A dash is that nothing
tells, as it is of the main agent.

--json prints one object a line, first a summary and then the agents; --csv prints a
table. docs/agents.md describes both. Fields and columns may be added; none is
renamed.

Exit codes: 0; 1 it failed; 2 wrong usage; 3 there is no such session, or several.`,
		Example: `  $ agent-telemetry agents tree
  $ agent-telemetry agents tree 5e551011 --depth 1
  $ agent-telemetry agents tree --json | jq 'select(.kind=="agent" and .errors>0) | .agent_type'`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSessions(f, now, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.Session = args[0]
				if o.Project != "" {
					return usage(fmt.Errorf("--project: %w", errBoth))
				}
			}
			return o.run(cmd.Context())
		},
	}
	s := cmd.Flags()
	s.StringVar(&o.Project, "project", "", "the newest session of this project: its `NAME` or path")
	s.StringVar(&o.Since, "since", "", "only from then on: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "only until then, likewise")
	s.IntVar(&o.Depth, "depth", 0, "show agents down to this depth: 1 is those that the main agent called; 0 is all")
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	s.BoolVar(&o.CSV, "csv", false, "print a table of comma-separated values")
	s.IntVar(&o.Width, "width", 0, "of a line, in `COLUMNS`; 0 is the terminal's")
	recordsource.Flag(cmd, &o.Source)
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
	return cmd
}

func (o *TreeOptions) complete() (story.Query, error) {
	from, to, err := recordsource.Times(o.Since, o.Until, o.Now())
	errs := []error{err, recordsource.Check(o.Source), checkWidth(o.Width)}
	if o.Depth < 0 {
		errs = append(errs, errors.New("--depth: must be 0 or more"))
	}
	return story.Query{Project: o.Project, From: from, To: to}, errors.Join(errs...)
}

func (o *TreeOptions) run(ctx context.Context) error {
	q, err := o.complete()
	if err != nil {
		return usage(err)
	}
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	narrowed := o.Since != "" || o.Until != "" || o.Project != ""
	if q.Session, err = story.Find(ctx, source, q, o.Session); err != nil {
		return noSession(err, source, narrowed)
	}
	read, err := readSession(ctx, source, q, o.limits)
	if err != nil {
		return noSession(err, source, narrowed)
	}
	t := newAgentTree(read, o.Now())
	if err := warn(o.Factory.IO.Err, t.warnings()); err != nil {
		return err
	}
	out := o.Factory.IO.Out
	switch {
	case o.JSON:
		return t.printJSON(out, o.Depth)
	case o.CSV:
		return t.printCSV(out, o.Depth)
	}
	p := &treeText{Style: termstyle.New(o.Factory.IO, o.Width), signs: signsFor(o.Factory.IO), depth: o.Depth}
	return printText(out, p.print(t))
}
