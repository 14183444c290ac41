package alerts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// StatusOptions are the settings of alerts status.
type StatusOptions struct {
	Factory *cliio.Factory
	JSON    bool
	Now     func() time.Time
}

func newStatus(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &StatusOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how rules and channels are",
		Long: `Shows what the running collector says of its rules, and of each channel that tells
of alerts: whether it works, how fast, what waits, what was dropped. Numbers count
from the collector's start.

--json prints one object: ok, problems (a list of text), rules and channels;
docs/alerts.md describes it. Fields may be added; none is renamed.

Exit codes: 0 all well; 1 a channel fails, rules could not be loaded, or the
collector does not answer.`,
		Example: `  $ agent-telemetry alerts status
  $ agent-telemetry alerts status --json | jq '.channels[] | select(.state == "failing")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print JSON")
	return cmd
}

func runStatus(ctx context.Context, o *StatusOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return fmt.Errorf("read the stack's settings: %w", err)
	}
	samples, err := health.Metrics(ctx, config.MetricsPort, channelMetrics, rulesMetrics, queueMetrics)
	if err != nil {
		return fmt.Errorf("ask the collector (is it running? `agent-telemetry status` tells): %w", err)
	}
	s := statusOf(samples)
	if o.JSON {
		err = printJSON(o.Factory.IO.Out, s)
	} else {
		err = printText(o.Factory.IO.Out, newText(o.Factory.IO).status(s, o.Now()))
	}
	if err != nil {
		return err
	}
	if !s.OK {
		return &cliio.ExitError{Code: 1}
	}
	return nil
}

// status shows it to people.
func (t *text) status(s *Status, now time.Time) string {
	var b strings.Builder
	b.WriteString(t.Paint(termstyle.Bold, "Rules") + "\n  " + t.rules(&s.Rules, now) + "\n\n" + t.Paint(termstyle.Bold, "Channels") + "\n")
	for i := range s.Channels {
		b.WriteString("  " + t.channel(&s.Channels[i], now) + "\n")
	}
	if len(s.Channels) == 0 {
		b.WriteString("  none: nobody is told of alerts\n")
	}
	for _, p := range s.Problems {
		b.WriteString("\n" + t.Paint(termstyle.Red, "!") + " " + termtext.Clean(p))
	}
	if len(s.Problems) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

func (t *text) rules(r *RulesStatus, now time.Time) string {
	if !r.Running {
		return "the collector judges nothing: it has no security_alert processor"
	}
	text := fmt.Sprintf("%.0f in use", r.Rules)
	if r.Loaded != nil {
		text += ", loaded " + ago(*r.Loaded, now)
	}
	text += fmt.Sprintf("; %.0f events of %.0f sessions judged, %.0f alerts, %.0f suppressed", r.Judged, r.Sessions, r.Alerts, r.Suppressed)
	if q := quantiles(r.P50, r.P99); q != "" {
		text += "; an event takes " + q
	}
	return text
}

func (t *text) channel(c *Channel, now time.Time) string {
	color := map[string]string{channelOK: termstyle.Green, channelFailing: termstyle.Red}[c.State]
	text := t.Paint(color, termtext.Pad(c.State, 8)) + " " + termtext.Pad(termtext.Clean(c.Name), 22) + fmt.Sprintf(" %.0f told", c.Sent)
	if c.LastSuccess != nil {
		text += ", last " + ago(*c.LastSuccess, now)
	}
	if q := quantiles(c.P50, c.P99); q != "" {
		text += ", " + q
	}
	for _, n := range []struct {
		n    float64
		what string
	}{
		{c.Failed, "failed tries"}, {c.Waiting, "wait"}, {c.Pending, "for the next digest"}, {c.Suppressed, "not told one by one"}, {c.Dropped, "dropped"},
	} {
		if n.n > 0 {
			text += fmt.Sprintf(", %.0f %s", n.n, n.what)
		}
	}
	return text
}

// ago says how long something is past.
func ago(at, now time.Time) string {
	d := now.Sub(at)
	switch {
	case d < 0:
		return "in the future"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// quantiles are the upper bounds that a histogram gives.
func quantiles(p50, p99 *float64) string {
	if p50 == nil || p99 == nil {
		return ""
	}
	return "p50 " + seconds(*p50) + ", p99 " + seconds(*p99)
}

func seconds(s float64) string {
	if s < 0 {
		return "above all that is told apart"
	}
	return "≤ " + time.Duration(s*float64(time.Second)).String()
}
