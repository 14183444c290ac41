// Package reconcile is the command that looks for events that are missing.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
)

// Exit codes besides 0, nothing is missing.
const (
	exitGaps   = 1
	exitCannot = 2
)

// What the audit log can be compared with.
const (
	withLoki        = "loki"
	withTranscripts = "transcripts"
	withNative      = "native"
)

type options struct {
	factory      *cliio.Factory
	since, until string
	window       reconcile.Options
	session      string
	with         []string
	audit        string
	transcripts  []string
	target       lokiconfig.Options
	json         bool
	now          func() time.Time
	fixedUntil   bool
}

// New returns the command reconcile.
func New(f *cliio.Factory) *cobra.Command { return newCommand(f, &options{}) }

func newCommand(f *cliio.Factory, o *options) *cobra.Command {
	o.factory, o.now = f, time.Now
	cmd := &cobra.Command{
		Use: "reconcile", Short: "Look for events that are missing", Args: cobra.NoArgs,
		Long: `Looks whether the record of what agents did is whole:

  sequence      every event of a session has a number: those that no event has
  calls         tool calls without a result, and why, where that is known
  loki          what the audit log has and Loki lacks, or the other way round
  transcripts   tool calls in Claude Code's transcripts without a hook event
  native        the same for Claude Code's own telemetry, where that is on

A call without a result is no gap by itself: Claude Code fires no hook when a
call is cancelled. A transcript is written by the agent's own user: it can show
that an event is missing, but not prove that none is. Only .jsonl files below
the home directory, or below --transcripts, are read.

Events of the last half minute are left out (--until): they may be on their way.

--json prints one object; docs/reconcile.md describes it. Fields may be added;
none is renamed.

Exit codes: 0 nothing is missing, 1 something is, 2 something that was asked for
could not be compared, and nothing is known to be missing.`,
		Example: `  $ agent-telemetry reconcile
  $ agent-telemetry reconcile --since 7d --with loki
  $ agent-telemetry reconcile --session ID --json | jq .transcripts`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	s := cmd.Flags()
	s.StringVar(&o.since, "since", "24h", "from when: 90s, 15m, 24h, 7d, 2w, an RFC 3339 `TIME`, or all")
	s.StringVar(&o.until, "until", "", "until when, likewise (default 30s ago)")
	s.StringVar(&o.session, "session", "", "only this session `ID`")
	s.StringSliceVar(&o.with, "with", []string{withLoki, withTranscripts, withNative}, "compare with these: loki, transcripts, native, none")
	s.StringVar(&o.audit, "audit", "", "`DIR` of the audit log (default that of the state directory)")
	s.StringArrayVar(&o.transcripts, "transcripts", nil, "read transcripts below `DIR` (default the home directory); may be repeated")
	s.StringVar(&o.target.URL, "loki-url", "", "compare with this Loki (default the collector's)")
	s.StringVar(&o.target.Exporter, "exporter", "", "`NAME` of the loki exporter in the collector's configuration, when it has several")
	s.BoolVar(&o.json, "json", false, "print the report as JSON")
	cobra.CheckErr(errors.Join(cmd.MarkFlagDirname("audit"), cmd.MarkFlagDirname("transcripts"),
		cmd.RegisterFlagCompletionFunc("with", cobra.FixedCompletions([]string{withLoki, withTranscripts, withNative, "none"}, cobra.ShellCompDirectiveNoFileComp))))
	return cmd
}

// complete reads the times and finds what is wrong with the flags.
func (o *options) complete() error {
	now := o.now()
	var errs []error
	var err error
	if o.since != "all" {
		if o.window.Since, err = timerange.Parse(o.since, now); err != nil {
			errs = append(errs, fmt.Errorf("--since: %w", err))
		}
	}
	o.window.Until, o.window.Now = now.Add(-reconcile.Settle), now
	if o.until != "" {
		o.fixedUntil = true
		if o.window.Until, err = timerange.Parse(o.until, now); err != nil {
			errs = append(errs, fmt.Errorf("--until: %w", err))
		}
	}
	if err == nil && o.window.Until.Before(o.window.Since) {
		errs = append(errs, errors.New("--until: lies before --since"))
	}
	for _, w := range o.with {
		if !slices.Contains([]string{withLoki, withTranscripts, withNative, "none"}, w) {
			errs = append(errs, fmt.Errorf("--with: must be of loki, transcripts, native, none, not %q", w))
		}
	}
	return errors.Join(errs...)
}

func (o *options) wants(what string) bool { return slices.Contains(o.with, what) }

func (o *options) run(ctx context.Context) error {
	if err := o.complete(); err != nil {
		return &cliio.ExitError{Code: exitCannot, Err: err}
	}
	report, err := o.report(ctx)
	if err == nil {
		err = o.print(report)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &cliio.ExitError{Code: exitCannot, Err: err}
	case report.Gaps:
		return &cliio.ExitError{Code: exitGaps}
	case len(report.NotCompared) > 0:
		return &cliio.ExitError{Code: exitCannot}
	}
	return nil
}

func (o *options) print(r *reconcile.Report) error {
	if !o.json {
		_, err := o.factory.IO.Out.Write((&text{color: o.factory.IO.Color}).report(r))
		return err
	}
	enc := termtext.JSON(o.factory.IO.Out)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// report compares what is asked for.
func (o *options) report(ctx context.Context) (_ *reconcile.Report, err error) {
	home, err := o.factory.Home()
	if err != nil {
		return nil, fmt.Errorf("find the state directory: %w", err)
	}
	own := o.audit == "" // the log of this host's stack
	if own {
		o.audit = home.Audit()
	}
	segments, err := auditlog.Segments(o.audit)
	if err == nil && len(segments) == 0 {
		err = fmt.Errorf("there is no audit log in %s: name its directory with --audit or --home", o.audit)
	}
	if err != nil {
		return nil, err
	}
	g := &gathering{options: o, collector: reconcile.NewCollector(o.window)}
	var checks reconcile.Checks
	var problems []string
	if o.wants(withLoki) {
		if err := g.prepareLoki(ctx, home); err != nil {
			problems = append(problems, "Loki: "+err.Error())
			checks.Loki = &reconcile.Loki{Status: reconcile.NotCompared, List: []reconcile.LokiEntry{}}
		}
	}
	damaged, err := g.read(ctx)
	if err != nil {
		return nil, err
	}
	if g.table != nil {
		checks.Loki, err = g.compareLoki(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			problems = append(problems, "Loki: "+err.Error())
		}
	}
	if own {
		if err := g.collector.ReadSpool(home.Spool()); err != nil {
			problems = append(problems, "the spool: "+err.Error())
		}
		if !o.fixedUntil {
			checks.Given = reconcile.Given(home.Sessions(), o.now())
		}
	}
	checks.Native = o.wants(withNative)
	if o.wants(withTranscripts) {
		files, err := o.files()
		if err != nil {
			problems = append(problems, err.Error())
		} else {
			defer func() { err = errors.Join(err, files.Close()) }()
			checks.Transcripts = files
		}
	}
	r := g.collector.Report(checks)
	r.Add(damaged, problems)
	return r, nil
}

func (o *options) files() (*reconcile.Files, error) {
	dirs := o.transcripts
	if len(dirs) == 0 {
		dir, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("find the home directory: %w", err)
		}
		dirs = []string{dir}
	}
	return reconcile.NewFiles(dirs...)
}

// plural makes "1 event" of 1 and "event", and "2 events" of 2.
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(word, "s"))
}
