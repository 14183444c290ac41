package alerts

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// ShowOptions are the settings of alerts show.
type ShowOptions struct {
	Factory      *cliio.Factory
	Since, Until string
	Source       string
	ID           string
	Limit        int
	Open         bool
	JSON         bool
	Now          func() time.Time

	filter filter
}

func newShow(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &ShowOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "show",
		Short: "List alerts, newest last, or tell all of one",
		Long: `Lists alerts from Loki, or from the audit log when Loki is not there.

A line has the time, ⚠ or ✓ when the alert is acknowledged, severity, the start
of the alert's id, rule, project, session and what the agent did.

--id tells the whole story of one alert: the rule, what it found, techniques of
MITRE ATT&CK and ATLAS, what to do, and the event. The start of an id is enough,
from 6 characters on. Without --since it looks 90 days back.

--json prints one object a line; with --id it has "event", too: the body of the
event that the rule found something in, or null. docs/alerts.md describes the
fields. Fields may be added; none is renamed.

Exit codes: 0, also when there are none; 1 there is no alert of that id, or the
command failed.`,
		Example: `  $ agent-telemetry alerts show --severity high+ --open
  $ agent-telemetry alerts show --rule reverse_shell --since 7d --json | jq .command
  $ agent-telemetry alerts show --id 5f2b9c1e`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.ID != "" && !cmd.Flags().Changed("since") {
				o.Since = lookBack
			}
			return runShow(cmd.Context(), o)
		},
	}
	o.filter.flags(cmd)
	s := cmd.Flags()
	s.StringVar(&o.Since, "since", "24h", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	s.StringVar(&o.Until, "until", "", "until when, likewise")
	s.StringVar(&o.ID, "id", "", "tell all of the alert with this `ID`, or the start of it")
	s.IntVar(&o.Limit, "limit", 100, "how many alerts, the newest")
	s.BoolVar(&o.Open, "open", false, "only alerts that no person has acknowledged")
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	sourceFlag(cmd, &o.Source)
	return cmd
}

// lookBack is how far an alert is looked for by its id.
const lookBack = "90d"

const maxLimit = 100_000

func (o *ShowOptions) complete() error {
	errs := []error{o.filter.complete(), o.filter.times(o.Since, o.Until, o.Now()), checkSource(o.Source)}
	if o.Limit < 1 || o.Limit > maxLimit {
		errs = append(errs, errors.New("--limit: must be from 1 to 100000"))
	}
	if o.ID != "" {
		errs = append(errs, checkID(o.ID))
	}
	return errors.Join(errs...)
}

func runShow(ctx context.Context, o *ShowOptions) error {
	if err := o.complete(); err != nil {
		return usage(err)
	}
	s, err := open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	if o.ID != "" {
		return o.story(ctx, s)
	}
	found, err := newestAlerts(ctx, s, &o.filter, o.limitOfSource(), nil)
	if err != nil {
		return err
	}
	if o.Open {
		found = onlyOpen(found, o.Limit)
	}
	return o.print(found)
}

// limitOfSource is how many alerts are read: which are open is known afterwards.
func (o *ShowOptions) limitOfSource() int {
	if o.Open {
		return maxLimit
	}
	return o.Limit
}

func onlyOpen(all []Alert, limit int) []Alert {
	var left []Alert
	for _, a := range all {
		if a.open() {
			left = append(left, a)
		}
	}
	return left[max(0, len(left)-limit):]
}

func (o *ShowOptions) print(found []Alert) error {
	out := o.Factory.IO.Out
	if o.JSON {
		for _, a := range found {
			if err := printJSON(out, a); err != nil {
				return err
			}
		}
		return nil
	}
	if len(found) == 0 {
		return printText(out, "No alerts.\n")
	}
	t := newText(o.Factory.IO)
	var b strings.Builder
	for i := range found {
		b.WriteString(t.line(&found[i]))
	}
	return printText(out, b.String())
}
