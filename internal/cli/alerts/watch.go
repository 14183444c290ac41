package alerts

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// WatchOptions are the settings of alerts watch.
type WatchOptions struct {
	Factory *cliio.Factory
	Since   string
	Source  string
	JSON    bool
	Now     func() time.Time

	filter filter
}

func newWatch(f *cliio.Factory, now func() time.Time) *cobra.Command {
	o := &WatchOptions{Factory: f, Now: now}
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Show alerts as they come, until interrupted",
		Long: `Shows alerts as they come, from Loki, or from the audit log when Loki is not there
at the start. --since also shows what is there already. Lines and objects are
those of alerts show. When an alert that was shown is acknowledged, it is shown
again, with that.`,
		Example: `  $ agent-telemetry alerts watch --severity high+
  $ agent-telemetry alerts watch --since 1h --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runWatch(cmd.Context(), o) },
	}
	o.filter.flags(cmd)
	cmd.Flags().StringVar(&o.Since, "since", "0s", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME`")
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print JSON Lines")
	sourceFlag(cmd, &o.Source)
	return cmd
}

func runWatch(ctx context.Context, o *WatchOptions) error {
	if err := errors.Join(o.filter.complete(), o.filter.times(o.Since, "", o.Now()), checkSource(o.Source)); err != nil {
		return usage(err)
	}
	s, err := open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	w := newWatcher(&o.filter, o.printer())
	if s, ok := s.(lokiSource); ok && o.Now().Sub(o.filter.from) > time.Minute {
		// Loki is followed a minute back; the audit log from anywhere.
		found, err := newestAlerts(ctx, s, &o.filter, maxLimit, nil)
		if err != nil {
			return err
		}
		for _, a := range found {
			if err := w.alert(a); err != nil {
				return err
			}
		}
	}
	if err := w.follow(ctx, s); ctx.Err() == nil {
		return err
	}
	return nil // interrupting is how it is ended
}

func (o *WatchOptions) printer() func(*Alert) error {
	out := o.Factory.IO.Out
	if o.JSON {
		return func(a *Alert) error { return printJSON(out, a) }
	}
	t := newText(o.Factory.IO)
	return func(a *Alert) error { return printText(out, t.line(a)+t.acknowledgement(a)) }
}
