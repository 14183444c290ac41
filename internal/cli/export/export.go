// Package export is the command that takes a part of the audit log out, with
// proof.
package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditexport"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Exit codes besides 0.
const (
	exitWrong    = 1 // --check: it does not hold
	exitCannot   = 2
	exitUnproven = 3
)

type options struct {
	factory      *cliio.Factory
	out, check   string
	since, until string
	filter       auditexport.Filter
	formats      []string
	audit, key   string
	noProofs     bool
	json         bool
	now          func() time.Time
}

// New returns the command export.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{factory: f, now: time.Now}
	cmd := &cobra.Command{
		Use:   "export (--out DIR | --check DIR)",
		Short: "Take a part of the audit log out, with proof",
		Args:  cobra.NoArgs,
		Long: `With --out, makes a directory with the records that match:

  events.jsonl    the exact lines of the audit log
  events.csv      the same to read in a spreadsheet: text that one would compute
                  has an apostrophe before it
  proofs.jsonl    for each line a proof that it is in the log
  manifest.json   what was asked for, each file's hash, and the signed checkpoint
                  that the proofs are against

Nothing is overwritten; the directory is 0700, its files 0600. A record that no
checkpoint covers yet has no proof. What is exported is shown to be in the log,
not to be all that matches: for that, keep the log too.

With --check, checks such a directory, anywhere, without the log: its files
against the manifest, and its lines against the checkpoint with the log's
verification key, which must come from somewhere other than the export.

--json prints the manifest, or with --check {holds, problems, records, proven,
manifest}. docs/export.md describes them.

Exit codes: 0 done and all proven, or it holds; 1 it does not hold; 2 nothing was
made, or it cannot be checked; 3 done, but not all of it is proven.`,
		Example: `  $ agent-telemetry export --session ID --out case-17
  $ agent-telemetry export --since 7d --project shop --out shop-week
  $ agent-telemetry export --check case-17 --key audit.pub`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	s := cmd.Flags()
	s.StringVar(&o.out, "out", "", "make this `DIR`")
	s.StringVar(&o.check, "check", "", "check the export in `DIR`")
	s.StringVar(&o.since, "since", "", "from when: 90s, 15m, 24h, 7d, 2w or an RFC 3339 `TIME` (default all)")
	s.StringVar(&o.until, "until", "", "until when, likewise (default all)")
	s.StringVar(&o.filter.Session, "session", "", "only this session `ID`")
	s.StringVar(&o.filter.Project, "project", "", "only this project: its `NAME` or path")
	s.StringVar(&o.filter.Tool, "tool", "", "only this tool `NAME`")
	s.StringVar(&o.filter.Event, "event", "", "only this event `TYPE`, such as file_edit")
	s.StringSliceVar(&o.formats, "format", []string{"jsonl", "csv"}, "jsonl, csv")
	s.StringVar(&o.audit, "audit", "", "`DIR` of the audit log (default that of the state directory)")
	s.StringVar(&o.key, "key", "", "the log's verification `KEY`, or a file with it (default the copy in the state directory, not with --check)")
	s.BoolVar(&o.noProofs, "no-proofs", false, "leave the proofs out")
	s.BoolVar(&o.json, "json", false, "print the result as JSON")
	cmd.MarkFlagsMutuallyExclusive("out", "check")
	cmd.MarkFlagsOneRequired("out", "check")
	cobra.CheckErr(errors.Join(cmd.MarkFlagDirname("out"), cmd.MarkFlagDirname("check"), cmd.MarkFlagDirname("audit")))
	return cmd
}

func (o *options) run(ctx context.Context) error {
	if o.check != "" {
		return o.checkExport(ctx)
	}
	cannot := func(err error) error { return &cliio.ExitError{Code: exitCannot, Err: err} }
	if err := o.complete(); err != nil {
		return cannot(err)
	}
	request, err := o.request()
	if err != nil {
		return cannot(err)
	}
	m, err := auditexport.Export(ctx, *request)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return cannot(err)
	}
	if err := o.print(m); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if m.Damaged != "" || (m.Proofs.Missing > 0 && !o.noProofs) {
		return &cliio.ExitError{Code: exitUnproven}
	}
	return nil
}

// complete reads the times and finds what is wrong with the flags.
func (o *options) complete() error {
	now := o.now()
	var errs []error
	for _, t := range []struct {
		flag, text string
		to         *time.Time
	}{{"--since", o.since, &o.filter.Since}, {"--until", o.until, &o.filter.Until}} {
		if t.text == "" {
			continue
		}
		at, err := timerange.Parse(t.text, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.flag, err))
		}
		*t.to = at.UTC()
	}
	for _, f := range o.formats {
		if f != "jsonl" && f != "csv" {
			errs = append(errs, fmt.Errorf("--format: must be of jsonl and csv, not %q", f))
		}
	}
	if len(o.formats) == 0 {
		errs = append(errs, errors.New("--format: must name jsonl or csv"))
	}
	return errors.Join(errs...)
}

// request is what is to be exported.
func (o *options) request() (*auditexport.Options, error) {
	home, err := o.factory.Home()
	if err != nil {
		return nil, fmt.Errorf("find the state directory: %w", err)
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
	r := &auditexport.Options{
		Audit: o.audit, Out: o.out, Filter: o.filter,
		Lines: slices.Contains(o.formats, "jsonl"), Table: slices.Contains(o.formats, "csv"),
		By: "agent-telemetry " + version.Version, Now: o.now(), Progress: o.progress,
	}
	if o.noProofs {
		r.NoKey = "not asked for"
		return r, nil
	}
	r.VKey, r.KeyFile, err = auditkey.Read(o.key, home)
	if errors.Is(err, auditkey.ErrNone) {
		r.NoKey, err = err.Error(), nil
	}
	return r, err
}

func (o *options) progress(records int) {
	if o.factory.IO.OutTTY && !o.json {
		_, _ = fmt.Fprintf(o.factory.IO.Err, "\r%d records\x1b[K\r", records) // progress only
	}
}

func (o *options) checkExport(ctx context.Context) error {
	cannot := func(err error) error { return &cliio.ExitError{Code: exitCannot, Err: err} }
	vkey := ""
	if o.key != "" {
		var err error
		if vkey, _, err = auditkey.Read(o.key, ""); err != nil {
			return cannot(err)
		}
	}
	c, err := auditexport.Check(ctx, o.check, vkey)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return cannot(err)
	}
	if o.json {
		err = o.encode(c)
	} else {
		_, err = o.factory.IO.Out.Write(checkedText(c, vkey != ""))
	}
	switch {
	case err != nil:
		return fmt.Errorf("print the result: %w", err)
	case !c.Holds:
		return &cliio.ExitError{Code: exitWrong}
	case c.Proven < c.Records:
		return &cliio.ExitError{Code: exitUnproven}
	}
	return nil
}

func (o *options) print(m *auditexport.Manifest) error {
	if o.json {
		return o.encode(m)
	}
	_, err := o.factory.IO.Out.Write(manifestText(m, o.out))
	return err
}

func (o *options) encode(v any) error {
	enc := json.NewEncoder(o.factory.IO.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
