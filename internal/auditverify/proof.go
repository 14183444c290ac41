package auditverify

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ProofFormat names the form of a proof.
const ProofFormat = "agent-telemetry/inclusion-proof/v1"

// Bounds of a proof.
const (
	maxProofBytes  = 4 * maxLineBytes
	maxProofHashes = 64
	maxProofKeys   = 100_000
)

// Proof shows that a record is in a log, to someone who does not have the log. It
// is checked with the log's first verification key, which has to come from
// elsewhere: the one in the proof is only for comparison.
type Proof struct {
	Format     string   `json:"format"` // ProofFormat
	Origin     string   `json:"origin"`
	VKey       string   `json:"vkey"`       // of epoch 0
	Seq        int64    `json:"seq"`        // of the record: the index of the leaf
	Line       []byte   `json:"line"`       // its exact bytes without the newline; base64 in JSON
	TreeSize   int64    `json:"tree_size"`  // of the checkpoint
	Hashes     []string `json:"hashes"`     // RFC 6962 audit path, hex, the leaf's neighbour first
	Checkpoint string   `json:"checkpoint"` // a signed note
	Keys       []string `json:"keys"`       // the notes by which the keys handed over, from epoch 0 to the checkpoint's
}

var (
	// ErrProofForm says that something is no proof.
	ErrProofForm = errors.New("not an inclusion proof")
	// ErrProofWrong says that a proof does not show what it says.
	ErrProofWrong = errors.New("the proof does not hold")
)

// ParseProof reads a proof. It does not check it. Errors wrap ErrProofForm or are
// those of r.
func ParseProof(r io.Reader) (*Proof, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxProofBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the proof: %w", err)
	}
	if len(b) > maxProofBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrProofForm, maxProofBytes)
	}
	var p Proof
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProofForm, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something stands behind it", ErrProofForm)
	}
	switch {
	case p.Format != ProofFormat:
		return nil, fmt.Errorf("%w: its format is %q, not %q", ErrProofForm, p.Format, ProofFormat)
	case p.Seq < 0 || p.TreeSize <= p.Seq:
		return nil, fmt.Errorf("%w: record %d is not one of %d", ErrProofForm, p.Seq, p.TreeSize)
	case len(p.Hashes) > maxProofHashes || len(p.Keys) > maxProofKeys || len(p.Line) > maxLineBytes:
		return nil, fmt.Errorf("%w: it is larger than one can be", ErrProofForm)
	}
	return &p, nil
}

// Proven is what a proof shows.
type Proven struct {
	Origin   string          `json:"origin"`
	Seq      int64           `json:"seq"`
	LeafHash string          `json:"leaf_hash"` // hex
	TreeSize int64           `json:"tree_size"`
	Root     string          `json:"root"`  // hex
	Epoch    int64           `json:"epoch"` // of the key that signed
	Time     *time.Time      `json:"time,omitempty"`
	Record   json.RawMessage `json:"record"`
}

// Check checks the proof with the verification key of epoch 0. origin may be ""
// when the key's name is enough. Errors wrap ErrProofWrong when the proof does
// not hold, ErrOrigin when origin and key are not of the same log, or tell
// what is wrong with the key.
func (p *Proof) Check(vkey, origin string) (*Proven, error) {
	of, err := OriginOf(vkey)
	if err != nil {
		return nil, err
	}
	if origin != "" && origin != of {
		return nil, fmt.Errorf("%w: %s, the key is of %s", ErrOrigin, origin, of)
	}
	wrong := func(format string, args ...any) (*Proven, error) {
		return nil, fmt.Errorf("%w: %w", ErrProofWrong, fmt.Errorf(format, args...))
	}
	if p.Origin != of {
		return wrong("it is of the log %q, the key of %q", p.Origin, of)
	}
	if p.VKey != vkey {
		return wrong("it was made for another key of that name")
	}
	keys, err := newKeychain(of, vkey)
	if err != nil {
		return nil, err
	}
	var l line
	if l.parse(p.Line); l.fault != nil {
		return wrong("its line: %w", l.fault)
	}
	if int64(l.seq) != p.Seq || string(l.logID) != keys.logID() { //nolint:gosec // split takes no larger one
		return wrong("its line is record %d of the log %s", l.seq, l.logID)
	}
	c, err := parseCheckpoint([]byte(p.Checkpoint))
	if err != nil {
		return wrong("its checkpoint: %w", err)
	}
	if c.origin != of || c.size != p.TreeSize {
		return wrong("its checkpoint is of %q, size %d", c.origin, c.size)
	}
	for i, signed := range p.Keys {
		h, err := parseHandover([]byte(signed))
		if err == nil {
			_, err = keys.add(h, -1)
		}
		if err != nil {
			return wrong("its key %d: %w", i+1, err)
		}
	}
	k := keys.signerOf(c.note)
	if k == nil || !k.verify(c.note) {
		return wrong("its checkpoint is not signed by a key of the log")
	}
	path := make(tlog.RecordProof, len(p.Hashes))
	for i, text := range p.Hashes {
		h, ok := parseHex([]byte(text))
		if !ok {
			return wrong("its hash %d cannot be read", i+1)
		}
		path[i] = h
	}
	leaf := tlog.RecordHash(p.Line)
	if err := tlog.CheckRecord(path, c.size, c.root, p.Seq, leaf); err != nil {
		return wrong("record %d is not in the tree of the checkpoint", p.Seq)
	}
	return &Proven{
		Origin: of, Seq: p.Seq, LeafHash: hex.EncodeToString(leaf[:]), TreeSize: c.size, Root: hexOf(c.root),
		Epoch: k.epoch, Time: timeOf(l.at), Record: bytes.Clone(l.record),
	}, nil
}
