// Package report is the command that writes reports for auditors.
package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/page"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Exit codes besides 0, and 1 for a report that could not be made.
const (
	exitUsage      = 2
	exitUnverified = 3 // the report is written; there is no telling whether the log was changed
	exitTampered   = 4 // the report is written; the log was changed
)

// Formats of a report.
const (
	formatHTML  = "html"
	formatPrint = "pdf-ready"
	formatCSV   = "csv"
	formatJSON  = "json"
)

// What coverage is compared with.
const (
	withTranscripts = "transcripts"
	withNative      = "native"
	withNone        = "none"
)

// Options are the settings of report.
type Options struct {
	Factory     *cliio.Factory
	From, To    string
	Project     string
	Session     string
	Format      string
	JSON        bool
	Table       string
	Out         string
	Rows        int
	Audit       string
	Key         string
	Witnesses   []string
	TSARoots    string
	With        []string
	Transcripts []string
	Now         func() time.Time

	verify       auditverify.Options
	noKey        string
	since, until time.Time
	own          bool // the log of this host's stack
	home         statedir.Dir
}

// New returns the command report.
func New(f *cliio.Factory) *cobra.Command { return newCommand(&Options{Factory: f, Now: time.Now}) }

func newCommand(o *Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report [--session ID]",
		Short: "Write a report for an auditor, of a period or of one session",
		Args:  cobra.NoArgs,
		Long: `Writes what agents did in a period, out of the audit log:

  coverage              how much of it is recorded, and what is missing
  alerts                what rules found, and who looked at it, when and why
  scope violations      what reached outside of the projects
  file modifications    file, session, agent, time, lines, hashes before and after
  integrity             whether the log is as it was written: agent-telemetry verify,
                        and that the records of the report are in what was signed

With --session, writes one session as a case file instead: everything that happened
in it in order, which agent called which and what each did when, with proof. The start
of its id is enough.

  html        one file that needs nothing else: no network, no script
  pdf-ready   the same for printing: A4, page numbers, nothing to click on
  json        one object, with all rows; docs/reports.md describes it
  csv         a zip archive with a table each; --table writes one of them alone

HTML shows the most important --rows of each table, and says how many are left out;
json and csv have all. Files are 0600, and are there whole or not at all. json and
--table go to standard output unless -o names a file; - does that for the others.

A day for --from or --to is a whole day, and a month a whole month, in UTC. What
happened in the last half minute is left out: it may be on its way.

Exit codes: 0 the report is written, and no check of the log failed; 1 it could not be
made; 2 wrong usage; 3 it is written, but the log could not be verified; 4 it is
written, and the log was changed after it was written. The report says so, too, and
whether the log is anchored: see agent-telemetry verify.`,
		Example: `  # November, for the auditor, with the key that was kept elsewhere
  $ agent-telemetry report --from 2026-11 --to 2026-11 --key audit.pub --anchor anchors/

  # To print, or to make a PDF of
  $ agent-telemetry report --from 2026-11-01 --to 2026-11-30 --project shop --format pdf-ready -o shop.html

  # One session
  $ agent-telemetry report --session 5e551011 -o case-17.html

  # For other programs
  $ agent-telemetry report --from 7d --json | jq '.alerts[] | select(.acknowledged == null)'
  $ agent-telemetry report --from 7d --table file_modifications -o files.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Session != "" {
				for _, name := range []string{"from", "to", "project", "table", "with", "transcripts"} {
					if cmd.Flags().Changed(name) {
						return usage(fmt.Errorf("--%s: not with --session, which is reported from its beginning to its end", name))
					}
				}
			}
			return run(cmd.Context(), o)
		},
	}
	s := cmd.Flags()
	s.StringVar(&o.From, "from", "30d", "from when: a day (2026-11-01), a month (2026-11), 24h, 7d, 2w, an RFC 3339 `TIME`, or all")
	s.StringVar(&o.To, "to", "", "until when, likewise: to the end of a day or month (default now)")
	s.StringVar(&o.Project, "project", "", "only this project: its `NAME` or path")
	s.StringVar(&o.Session, "session", "", "report this session: its `ID`, or the start of it")
	s.StringVar(&o.Format, "format", formatHTML, "`FORMAT`: html, pdf-ready, csv or json")
	s.BoolVar(&o.JSON, "json", false, "the same as --format json")
	s.StringVar(&o.Table, "table", "", "write this table (`NAME`) as CSV: "+strings.Join(report.TableNames(), ", "))
	s.StringVarP(&o.Out, "out", "o", "", "write to this `FILE`; - is standard output (default a name with the period)")
	s.IntVar(&o.Rows, "rows", page.DefaultRows, "how many rows of each table HTML shows")
	s.StringVar(&o.Audit, "audit", "", "`DIR` of the audit log (default that of the state directory)")
	s.StringVar(&o.Key, "key", "", "verification key of the log: a `FILE`, or the key itself (default keys/audit.pub in the state directory)")
	s.StringVar(&o.verify.Origin, "origin", "", "the log's `ORIGIN`, agent-telemetry/<log id> (default: that of the key)")
	s.StringArrayVar(&o.verify.Anchors, "anchor", nil, "`FILE` or directory with checkpoints that were kept elsewhere (can be given again)")
	s.StringArrayVar(&o.Witnesses, "witness", nil, "verification `KEY` of a witness, or a file with it (can be given again)")
	s.StringVar(&o.TSARoots, "tsa-ca", "", "PEM `FILE` with the roots of a time-stamping authority")
	s.StringArrayVar(&o.verify.Receipts, "receipts", nil, "`FILE` or directory with more receipts than those in audit/anchors (can be given again)")
	s.DurationVar(&o.verify.MaxAnchorAge, "max-anchor-age", auditverify.DefaultMaxAnchorAge, "how much newer than the newest anchor a record may be")
	s.StringSliceVar(&o.With, "with", []string{withTranscripts, withNative}, "compare coverage with these: transcripts, native, none")
	s.StringArrayVar(&o.Transcripts, "transcripts", nil, "read Claude Code's transcripts below `DIR` (default the home directory; can be given again)")
	cmd.MarkFlagsMutuallyExclusive("json", "format", "table")
	fixed := func(flag string, values ...string) error {
		return cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	cobra.CheckErr(errors.Join(
		fixed("format", formatHTML, formatPrint, formatCSV, formatJSON), fixed("with", withTranscripts, withNative, withNone), fixed("table", report.TableNames()...),
		cmd.RegisterFlagCompletionFunc("session", o.completeSession),
		cmd.MarkFlagDirname("audit"), cmd.MarkFlagDirname("transcripts"), cmd.MarkFlagFilename("key"), cmd.MarkFlagFilename("anchor"),
		cmd.MarkFlagFilename("witness"), cmd.MarkFlagFilename("tsa-ca"), cmd.MarkFlagFilename("receipts"), cmd.MarkFlagFilename("out"),
	))
	return cmd
}

func run(ctx context.Context, o *Options) error {
	if err := o.complete(); err != nil {
		return usage(err)
	}
	if err := o.sources(); err != nil {
		return err
	}
	if o.Session != "" {
		return o.session(ctx)
	}
	return o.ofPeriod(ctx)
}

// ofPeriod writes the report of a period.
func (o *Options) ofPeriod(ctx context.Context) (err error) {
	request := report.Options{
		Audit: o.Audit, Since: o.since, Until: o.until, Now: o.Now(), Project: o.Project, By: by(),
		Verify: o.verify, NoKey: o.noKey, Native: slices.Contains(o.With, withNative),
	}
	if o.own {
		request.Spool = o.home.Spool()
		if o.To == "" {
			request.SessionStates = o.home.Sessions()
		}
	}
	if slices.Contains(o.With, withTranscripts) {
		files, err := o.transcripts()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, files.Close()) }()
		request.Transcripts = files
	}
	end := o.progress(&request)
	r, err := report.Build(ctx, request)
	end()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, reconcile.ErrTooMany) {
		return fmt.Errorf("the log has more events than are compared at once (%d): report a copy of fewer segments, with --audit: %w", reconcile.DefaultMaxEvents, err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := o.write(o.fileName(), func(w writer) error { return o.encode(w, r) }, func(file string) string { return o.told(r, file) }); err != nil {
		return err
	}
	return judged(&r.Integrity)
}

func (o *Options) encode(w writer, r *report.Result) error {
	switch {
	case o.Table != "":
		return r.WriteTable(w, o.Table)
	case o.Format == formatCSV:
		return r.WriteCSVs(w)
	case o.Format == formatJSON:
		return r.WriteJSON(w)
	}
	return page.WriteReport(w, r, page.Options{Print: o.Format == formatPrint, Rows: o.Rows})
}
