// Package prove is the command that makes and checks proofs that a record is in
// the audit log.
package prove

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// Exit codes besides 0.
const (
	exitWrong  = 1 // the proof does not hold, or the log is not what was signed
	exitCannot = 2 // there is no telling
)

// maxCheckpoints is how much is read of a file of checkpoints.
const maxCheckpoints = 64 << 20

type options struct {
	factory    *cliio.Factory
	dir        string
	key        string
	origin     string
	seq        int64
	checkpoint string
	out        string
	check      string
	json       bool
}

// New returns the command prove.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{factory: f}
	cmd := &cobra.Command{
		Use:   "prove (--seq N | --check FILE)",
		Short: "Prove that a record is in the audit log",
		Args:  cobra.NoArgs,
		Long: `With --seq, makes a proof that a record is in the audit log: the record's exact
line, the hashes beside its way up the Merkle tree, and a signed checkpoint.
Nothing else of the log is in it.

With --check, checks such a proof. That needs this program, the proof and the
log's verification key, and neither the log nor a network. The key must come from
somewhere other than the proof; docs/verify.md has the format, for programs
of other makers.

Exit codes: 0 done, or the proof holds; 1 the proof does not hold, or the log is
not what its checkpoint was signed for; 2 cannot tell, or wrong usage.

--check --json prints one object: holds, reason (when it does not), origin, seq,
leaf_hash, tree_size, root, epoch, time, record.`,
		Example: `  # A proof for the record that an incident is about
  $ agent-telemetry prove --seq 4711 --out proof.json

  # Whoever gets it
  $ agent-telemetry prove --check proof.json --key audit.pub`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	s := cmd.Flags()
	s.Int64Var(&o.seq, "seq", -1, "sequence `NUMBER` of the record")
	s.StringVar(&o.check, "check", "", "check the proof in this `FILE` (- for standard input)")
	s.StringVar(&o.dir, "dir", "", "the log's `DIR`ectory (default audit/ in the state directory)")
	s.StringVar(&o.key, "key", "", "verification key of epoch 0: a `FILE`, or the key itself (for --seq, default keys/audit.pub in the state directory)")
	s.StringVar(&o.origin, "origin", "", "the log's `ORIGIN`, agent-telemetry/<log id> (default: that of the key)")
	s.StringVar(&o.checkpoint, "checkpoint", "", "prove against the newest checkpoint in this `FILE`, such as an anchor (default: the log's newest)")
	s.StringVarP(&o.out, "out", "o", "", "write the proof to this `FILE` (default: standard output)")
	s.BoolVar(&o.json, "json", false, "with --check: print JSON")
	cmd.MarkFlagsOneRequired("seq", "check")
	cmd.MarkFlagsMutuallyExclusive("seq", "check")
	for _, name := range []string{"dir", "checkpoint", "out"} {
		cmd.MarkFlagsMutuallyExclusive("check", name)
	}
	cobra.CheckErr(errors.Join(
		cmd.MarkFlagDirname("dir"), cmd.MarkFlagFilename("key"), cmd.MarkFlagFilename("checkpoint"),
		cmd.MarkFlagFilename("out"), cmd.MarkFlagFilename("check"),
	))
	return cmd
}

func (o *options) run(ctx context.Context) error {
	if o.check != "" {
		return o.checkProof()
	}
	if err := o.make(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		code := exitCannot
		if errors.Is(err, auditverify.ErrMismatch) {
			code = exitWrong
		}
		return &cliio.ExitError{Code: code, Err: err}
	}
	return nil
}

// make writes a proof.
func (o *options) make(ctx context.Context) error {
	if o.seq < 0 {
		return errors.New("--seq: must be a record's number, from 0 on")
	}
	home, err := o.factory.Home()
	if err != nil && (o.dir == "" || o.key == "") {
		return fmt.Errorf("find the state directory: %w", err)
	}
	v := auditverify.Options{Dir: o.dir, Origin: o.origin}
	if v.Dir == "" {
		v.Dir = home.Audit()
	}
	if v.VKey, v.KeyFile, err = auditkey.Read(o.key, home); err != nil {
		return err
	}
	var against []byte
	if o.checkpoint != "" {
		if against, err = readFile(o.checkpoint, maxCheckpoints); err != nil {
			return fmt.Errorf("read the checkpoint: %w", err)
		}
	}
	p, err := auditverify.Prove(ctx, v, o.seq, against)
	if err != nil {
		return fmt.Errorf("prove record %d: %w%s", o.seq, err, next(err))
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("write the proof: %w", err)
	}
	if o.out == "" {
		_, err = o.factory.IO.Out.Write(append(text, '\n'))
	} else {
		err = writeFile(o.out, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the proof: %w", err)
	}
	if o.out != "" {
		_, err = fmt.Fprintf(o.factory.IO.Out, "%s proves that record %d is in the log %s.\nIt is checked with: agent-telemetry prove --check %s --key KEY\n", o.out, o.seq, p.Origin, filepath.Base(o.out))
	}
	return err
}

// writeFile writes a file as a whole or not at all.
func writeFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".proof-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// readFile reads at most limit bytes, and fails when there are more.
func readFile(path string, limit int64) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return text, err
}

// next says what can be done about an error.
func next(err error) string {
	switch {
	case errors.Is(err, auditverify.ErrNotCovered):
		return " (one is written within a second of a record: try again, or choose a smaller --seq)"
	case errors.Is(err, auditverify.ErrMismatch):
		return " (run agent-telemetry verify)"
	}
	return ""
}
