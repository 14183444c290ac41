// Package cosignature reads the signature lines that others put under a
// checkpoint (c2sp.org/tlog-cosignature).
package cosignature

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// MaxBytes is how much of an answer with cosignatures is read.
const MaxBytes = 64 << 10

// maxLines is how many signature lines are looked at.
const maxLines = 64

var (
	// ErrForm says that bytes are no signature lines.
	ErrForm = errors.New("not note signature lines")
	// ErrMissing says that a cosignature is not there, or does not verify.
	ErrMissing = errors.New("no valid cosignature")
)

// Lines returns the signature lines that b consists of, whole; ErrForm when it
// has anything else.
func Lines(b []byte) ([]byte, error) {
	if len(b) == 0 || len(b) > MaxBytes || b[len(b)-1] != '\n' || bytes.Count(b, []byte("\n")) > maxLines {
		return nil, ErrForm
	}
	for line := range bytes.Lines(b) {
		rest, ok := bytes.CutPrefix(line, []byte("— "))
		name, sig, ok2 := bytes.Cut(bytes.TrimSuffix(rest, []byte("\n")), []byte(" "))
		if !ok || !ok2 || len(name) == 0 || len(sig) == 0 || bytes.ContainsAny(sig, " \r\t") {
			return nil, ErrForm
		}
	}
	return b, nil
}

// Verify returns the lines among b that are valid cosignatures of the checkpoint
// by the verifiers, each of which must have one. Lines of others are dropped.
func Verify(c auditlog.Checkpoint, b []byte, by []note.Verifier) ([]byte, error) {
	if len(by) == 0 {
		return Lines(b)
	}
	lines, err := Lines(b)
	if err != nil {
		return nil, err
	}
	text, _, ok := bytes.Cut(c.Note, []byte("\n\n"))
	if !ok {
		return nil, fmt.Errorf("%w: the checkpoint is no note", ErrForm)
	}
	n, err := note.Open(append(append(text[:len(text):len(text)], "\n\n"...), lines...), note.VerifierList(by...))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	var good []byte
	have := make(map[uint32]bool)
	for _, s := range n.Sigs {
		have[s.Hash] = true
		good = fmt.Appendf(good, "— %s %s\n", s.Name, s.Base64)
	}
	for _, v := range by {
		if !have[v.KeyHash()] {
			return nil, fmt.Errorf("%w by %s", ErrMissing, v.Name())
		}
	}
	return good, nil
}
