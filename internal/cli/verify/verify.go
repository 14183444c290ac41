// Package verify is the command that checks the audit log.
package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

type options struct {
	factory *cliio.Factory
	dir     string
	key     string
	loki    string
	witness []string
	tsaCA   string
	json    bool
	verify  auditverify.Options
}

// New returns the command verify.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{factory: f}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that nobody changed the audit log",
		Args:  cobra.NoArgs,
		Long: `Reads the whole audit log and checks that no record was changed, added, moved
or removed since it was written. docs/verify.md tells what each check proves.

The key is the text that the log wrote to keys/audit.pub in the state directory
when it was made. Keep a copy elsewhere, and give that with --key: a key from
this host is only as good as this host. An anchor is a checkpoint that was sent
elsewhere (--anchor), or that others signed: a witness (--witness) or a
time-stamping authority (--tsa-ca). What they sign is in the log's receipts,
audit/anchors, and proves itself, also there. Without an anchor, whoever has root
here could have rewritten everything, and the answer is never a plain yes.

Exit codes: 0 verified, and anchored; 1 tampered; 2 cannot verify, or wrong
usage; 3 consistent, but not anchored.

--json prints one object: verdict (verified, tampered, cannot_verify or
not_anchored), reason, exit_code, first_bad (check, seq, segment, offset,
expected, found, message), last_good_checkpoint, last_good_anchor,
uncovered_tail, evidence (what is anchored, and by whom), and checks with one answer each (pass, fail, warn, skipped).
Fields may be added; none is renamed.`,
		Example: `  # On the host, with what is there
  $ agent-telemetry verify

  # As an auditor: a copy of the log, and key and anchors from elsewhere
  $ agent-telemetry verify --dir ./audit --key audit.pub --origin agent-telemetry/ID --anchor anchors/

  # With what a witness cosigned, and what an authority timestamped
  $ agent-telemetry verify --key audit.pub --witness witness.vkey --tsa-ca tsa-roots.pem

  # For a script
  $ agent-telemetry verify --json | jq .first_bad`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	s := cmd.Flags()
	s.StringVar(&o.dir, "dir", "", "the log's `DIR`ectory (default audit/ in the state directory)")
	s.StringVar(&o.key, "key", "", "verification key of epoch 0: a `FILE`, or the key itself (default keys/audit.pub in the state directory)")
	s.StringVar(&o.verify.Origin, "origin", "", "the log's `ORIGIN`, agent-telemetry/<log id> (default: that of the key)")
	s.StringArrayVar(&o.verify.Anchors, "anchor", nil, "`FILE` or directory with checkpoints that were kept elsewhere (can be given again)")
	s.StringArrayVar(&o.witness, "witness", nil, "verification `KEY` of a witness, or a file with it: what it cosigned is anchored (can be given again)")
	s.StringVar(&o.tsaCA, "tsa-ca", "", "PEM `FILE` with the roots of a time-stamping authority: what it timestamped is anchored")
	s.StringArrayVar(&o.verify.Receipts, "receipts", nil, "`FILE` or directory with more receipts than those in audit/anchors (can be given again)")
	s.StringVar(&o.loki, "loki", "", "ask the Loki at this `URL` for the same events")
	s.DurationVar(&o.verify.Tolerance, "tolerance", auditverify.DefaultTolerance, "how far clocks may be apart")
	s.DurationVar(&o.verify.Heartbeat, "heartbeat", auditverify.DefaultHeartbeat, "how often the log was to write a heartbeat")
	s.DurationVar(&o.verify.MaxTailAge, "max-tail-age", auditverify.DefaultMaxTailAge, "how old a record may be without a checkpoint")
	s.DurationVar(&o.verify.MaxAnchorAge, "max-anchor-age", auditverify.DefaultMaxAnchorAge, "how much newer than the newest anchor a record may be")
	s.BoolVar(&o.verify.HardLinks, "allow-hard-links", false, "the directory is a snapshot made of hard links")
	s.BoolVar(&o.verify.Strict, "strict", false, "count warnings as failures")
	s.BoolVar(&o.json, "json", false, "print JSON")
	cobra.CheckErr(errors.Join(cmd.MarkFlagDirname("dir"), cmd.MarkFlagFilename("key"), cmd.MarkFlagFilename("anchor"), cmd.MarkFlagFilename("witness"), cmd.MarkFlagFilename("tsa-ca"), cmd.MarkFlagFilename("receipts")))
	return cmd
}

func (o *options) run(ctx context.Context) error {
	if err := o.complete(); err != nil {
		return &cliio.ExitError{Code: auditverify.CannotTell.ExitCode(), Err: err}
	}
	end := o.progress()
	r, err := auditverify.Verify(ctx, o.verify)
	end()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if o.json {
		enc := termtext.JSON(o.factory.IO.Out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
	} else if err == nil || r.FirstBad != nil {
		if _, err := fmt.Fprint(o.factory.IO.Out, text(r, o.factory.IO.Color)); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
	}
	if r.ExitCode == 0 {
		return nil
	}
	exit := &cliio.ExitError{Code: r.ExitCode}
	if err != nil {
		exit.Err = fmt.Errorf("verify the audit log: %w%s", err, next(err))
	}
	return exit
}

// complete fills in what was not given.
func (o *options) complete() error {
	home, err := o.factory.Home()
	if err != nil && (o.dir == "" || o.key == "") {
		return fmt.Errorf("find the state directory: %w", err)
	}
	o.verify.Dir = o.dir
	if o.dir == "" {
		o.verify.Dir = home.Audit()
	}
	if o.verify.VKey, o.verify.KeyFile, err = auditkey.Read(o.key, home); err != nil {
		return err
	}
	o.verify.KeyLocal = o.key == ""
	if o.verify.Witnesses, err = auditkey.Witnesses(o.witness); err != nil {
		return err
	}
	if o.verify.TSARoots, err = auditkey.Roots(o.tsaCA); err != nil {
		return err
	}
	for name, d := range map[string]time.Duration{
		"tolerance": o.verify.Tolerance, "heartbeat": o.verify.Heartbeat,
		"max-tail-age": o.verify.MaxTailAge, "max-anchor-age": o.verify.MaxAnchorAge,
	} {
		if d <= 0 {
			return fmt.Errorf("--%s: must be above 0", name)
		}
	}
	if o.loki != "" {
		client, err := lokiquery.FromEnv(o.loki)
		if err != nil {
			return fmt.Errorf("--loki: %w", err)
		}
		o.verify.Loki = client
	}
	return nil
}

// next says what can be done about an error.
func next(err error) string {
	switch {
	case errors.Is(err, auditverify.ErrEmpty):
		return " (name the log's directory with --dir)"
	case errors.Is(err, auditverify.ErrReceipts):
		return " (give --witness or --tsa-ca)"
	case errors.Is(err, auditverify.ErrOrigin):
		return " (check --origin and --key)"
	}
	return ""
}
