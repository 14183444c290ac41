package prove

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// errKeyNeeded says why there is no default key for a check.
var errKeyNeeded = errors.New("--check needs --key: the log's verification key, from somewhere other than the proof")

// checked is what --check --json prints.
type checked struct {
	Holds  bool   `json:"holds"`
	Reason string `json:"reason,omitempty"`
	*auditverify.Proven
}

func (o *options) checkProof() error {
	cannot := func(err error) error { return &cliio.ExitError{Code: exitCannot, Err: err} }
	if o.key == "" {
		return cannot(errKeyNeeded)
	}
	vkey, _, err := auditkey.Read(o.key, "")
	if err != nil {
		return cannot(err)
	}
	p, err := o.readProof()
	if err != nil {
		return cannot(fmt.Errorf("check %s: %w", o.check, err))
	}
	facts, err := p.Check(vkey, o.origin)
	if err != nil && !errors.Is(err, auditverify.ErrProofWrong) {
		return cannot(fmt.Errorf("check %s: %w", o.check, err))
	}
	if printed := o.print(facts, err); printed != nil {
		return fmt.Errorf("print the result: %w", printed)
	}
	if err != nil {
		return &cliio.ExitError{Code: exitWrong}
	}
	return nil
}

func (o *options) readProof() (p *auditverify.Proof, err error) {
	if o.check == "-" {
		return auditverify.ParseProof(o.factory.IO.In)
	}
	f, err := os.Open(o.check)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return auditverify.ParseProof(f)
}

// print tells what the proof shows, or why it does not hold.
func (o *options) print(facts *auditverify.Proven, wrong error) error {
	out := o.factory.IO.Out
	if o.json {
		c := checked{Holds: wrong == nil, Proven: facts}
		if wrong != nil {
			c.Reason = wrong.Error()
		}
		enc := termtext.JSON(out)
		enc.SetIndent("", "  ")
		return enc.Encode(c)
	}
	if wrong != nil {
		_, err := fmt.Fprintf(out, "%s %s.\n", paint(o.factory.IO, "1;31", "✗"), termtext.Clean(wrong.Error()))
		return err
	}
	return printFacts(out, o.factory.IO, facts)
}

func printFacts(out io.Writer, terminal *cliio.IO, p *auditverify.Proven) error {
	when := ""
	if p.Time != nil {
		when = " of " + p.Time.Format(time.RFC3339Nano)
	}
	_, err := fmt.Fprintf(out, `%s The proof holds: this record is in the log.

  log        %s
  seq        %d%s
  leaf       %s
  checkpoint %d records, root %s, signed by the key of epoch %d

%s
`, paint(terminal, "32", "✓"), termtext.Clean(p.Origin), p.Seq, when, p.LeafHash, p.TreeSize, p.Root, p.Epoch, termtext.Clean(string(p.Record)))
	return err
}

func paint(terminal *cliio.IO, sgr, s string) string {
	if !terminal.Color {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}
