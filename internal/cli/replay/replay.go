// Package replay is the command that fills Loki from the audit log.
package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// Exit codes besides 0, all is in Loki.
const (
	exitIncomplete = 1
	exitCannot     = 2
)

type options struct {
	factory      *cliio.Factory
	since, until string
	filter       auditlog.Filter
	target       lokiconfig.Options
	audit        string
	dryRun, json bool
	rollups      bool
	patience     time.Duration
	now          func() time.Time
}

// New returns the command replay.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{factory: f, now: time.Now}
	cmd := &cobra.Command{
		Use: "replay", Short: "Fill Loki from the audit log", Args: cobra.NoArgs,
		Long: `Brings into Loki what the audit log has and Loki lacks, for instance after Loki
lost its data: with the labels, lines and metadata that the collector's loki
exporter gives, as its configuration says.

Roll-ups, from which the dashboards read, and records of how agents worked together are
made of the log again and brought into Loki, too, where the collector makes them, unless
one session is asked for.

Nothing is stored twice: what is there already is asked for first. So replay can
be interrupted and run again at any time, beside a running collector too; events
of the last half minute are left to the collector's own queue (--until).

Loki refuses some old events: those older than reject_old_samples_max_age where
that is set, and those more than an hour older than the newest event of the same
stream while it has that in memory. They are counted under refused. For the
second kind make Loki forget its streams, wait a minute, and run replay again:

  curl -X POST http://127.0.0.1:3100/flush

Records that are the log's own notes are not events and are skipped. Records of
a kind that this version does not know are not sent, and counted.

--json prints one object: read, present, sent, missing (with --dry-run: what
would be sent), not_stored (sent, but not found afterwards), refused {reason:
n}, without_time, invalid, notes {kind: n}, unknown {kind: n}, damaged, next_seq
(where --from-seq goes on), rollups {read, present, sent, missing, not_stored,
refused}, coordination (the same of records of how agents worked together), complete.
Fields may be added; none is renamed.

Exit codes: 0 all of it is in Loki, 1 some of it is not, 2 it could not be done.`,
		Example: `  $ agent-telemetry replay --dry-run --since 7d
  $ agent-telemetry replay --since 7d
  $ agent-telemetry replay --session ID --json`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	s := cmd.Flags()
	s.StringVar(&o.since, "since", "", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME` (default all)")
	s.StringVar(&o.until, "until", "30s", "until when, likewise")
	s.StringVar(&o.filter.SessionID, "session", "", "only this session `ID`")
	s.Uint64Var(&o.filter.FromSeq, "from-seq", 0, "go on at this `SEQ` of the audit log")
	s.StringVar(&o.audit, "audit", "", "`DIR` of the audit log (default that of the state directory)")
	s.StringVar(&o.target.URL, "loki-url", "", "fill this Loki (default the collector's)")
	s.StringVar(&o.target.Exporter, "exporter", "", "`NAME` of the loki exporter in the collector's configuration, when it has several")
	s.DurationVar(&o.patience, "patience", 2*time.Minute, "how long to try again when Loki does not take events")
	s.BoolVar(&o.rollups, "rollups", true, "also bring the roll-ups and other records that the dashboards read")
	s.BoolVar(&o.dryRun, "dry-run", false, "only count what would be sent")
	s.BoolVar(&o.json, "json", false, "print the result as JSON")
	cobra.CheckErr(cmd.MarkFlagDirname("audit"))
	return cmd
}

// complete reads the times.
func (o *options) complete() error {
	now := o.now()
	var errs []error
	var err error
	if o.since != "" {
		if o.filter.Since, err = timerange.Parse(o.since, now); err != nil {
			errs = append(errs, fmt.Errorf("--since: %w", err))
		}
	}
	if o.filter.Until, err = timerange.Parse(o.until, now); err != nil {
		errs = append(errs, fmt.Errorf("--until: %w", err))
	} else if o.filter.Until.Before(o.filter.Since) {
		errs = append(errs, errors.New("--until: lies before --since"))
	}
	if o.patience <= 0 {
		errs = append(errs, errors.New("--patience: must be above 0"))
	}
	return errors.Join(errs...)
}

func (o *options) run(ctx context.Context) error {
	if err := o.complete(); err != nil {
		return &cliio.ExitError{Code: exitCannot, Err: err}
	}
	result, err := o.replay(ctx)
	if result != nil {
		err = errors.Join(err, o.print(result))
	}
	switch {
	case ctx.Err() != nil && result != nil:
		_, _ = fmt.Fprintf(o.factory.IO.Err, "Interrupted. Go on with --from-seq %d; what has been sent is not sent again.\n", result.NextSeq)
		return ctx.Err()
	case err != nil:
		return &cliio.ExitError{Code: exitCannot, Err: err}
	case !result.Complete:
		return &cliio.ExitError{Code: exitIncomplete}
	}
	return nil
}

func (o *options) replay(ctx context.Context) (*Result, error) {
	home, err := o.factory.Home()
	if err != nil {
		return nil, fmt.Errorf("find the state directory: %w", err)
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return nil, fmt.Errorf("read the stack's settings: %w", err)
	}
	target, err := lokiconfig.Load(ctx, config, o.target)
	if err != nil {
		return nil, err
	}
	if o.audit == "" {
		o.audit = home.Audit()
	}
	segments, err := auditlog.Segments(o.audit)
	if err == nil && len(segments) == 0 {
		err = fmt.Errorf("there is no audit log in %s: name its directory with --audit or --home", o.audit)
	}
	if err != nil {
		return nil, err
	}
	if err := target.Client.Ready(ctx); err != nil {
		return nil, err
	}
	r, err := newReplayer(ctx, o, target)
	if err != nil {
		return nil, err
	}
	err = r.run(ctx)
	o.endProgress()
	if err = errors.Join(err, r.close()); err == nil && o.rollups && o.filter.SessionID == "" {
		err = errors.Join(o.count(ctx, config, &r.result), o.follow(ctx, config, &r.result))
	}
	if err == nil {
		r.result.judge()
	}
	return &r.result, err
}

// count brings the roll-ups into Loki, if the collector makes any.
func (o *options) count(ctx context.Context, config *stack.Config, result *Result) error {
	how, err := lokiconfig.LoadRollups(ctx, config, o.target)
	if err != nil || how == nil {
		return err
	}
	c, err := newCounting(ctx, o, how)
	if err != nil {
		return err
	}
	err = c.run(ctx)
	result.Rollups = c.result
	return errors.Join(err, c.close())
}

// follow brings the records of how agents worked together into Loki, if the collector
// makes any.
func (o *options) follow(ctx context.Context, config *stack.Config, result *Result) error {
	how, err := lokiconfig.LoadCoordination(ctx, config, o.target)
	if err != nil || how == nil {
		return err
	}
	f, err := newFollowing(ctx, o, how)
	if err != nil {
		return err
	}
	err = f.run(ctx)
	result.Coordination = f.result
	return errors.Join(err, f.close())
}

func (o *options) print(r *Result) error {
	if !o.json {
		_, err := o.factory.IO.Out.Write(r.text(o.dryRun))
		return err
	}
	enc := json.NewEncoder(o.factory.IO.Out)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
