package auditverify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Pack is what the proofs of many records have in common: they are against one
// checkpoint.
type Pack struct {
	Origin     string   `json:"origin"`
	VKey       string   `json:"vkey"` // of epoch 0
	TreeSize   int64    `json:"tree_size"`
	Root       string   `json:"root"` // hex
	Checkpoint string   `json:"checkpoint"`
	Keys       []string `json:"keys"` // as in Proof
}

// Inclusion is the proof of one record of a Pack, with its leaf hash.
type Inclusion struct {
	Seq    int64    `json:"seq"`
	Leaf   string   `json:"leaf"`   // hex
	Hashes []string `json:"hashes"` // as in Proof
}

// ProveMany makes the proofs that records are in the log that o names, in one
// reading of it, against the newest checkpoint. seqs are in order. The records
// that the checkpoint does not cover, or that were pruned, have no proof: those
// that have one are given to emit, in order, each checked. leaf returns the
// leaf hash of a record as the caller holds it. Memory is some 100 bytes a
// record.
func ProveMany(ctx context.Context, o Options, seqs []int64, leaf func(seq int64) tlog.Hash, emit func(Inclusion) error) (*Pack, error) {
	if len(seqs) == 0 {
		return nil, fmt.Errorf("%w: there is no record to prove", ErrNotCovered)
	}
	r := newRun(o)
	if err := r.trust(); err != nil {
		return nil, err
	}
	c, err := r.covering(seqs[0], nil)
	if err != nil {
		return nil, err
	}
	if r.files, err = listFiles(o.Dir, true); err != nil {
		return nil, err
	}
	r.chain = &chain{res: r.res, logID: r.keys.logID()}
	if err := r.beginning(ctx); err != nil {
		return nil, err
	}
	from, _ := slices.BinarySearch(seqs, r.rep.FirstSeq)
	to, _ := slices.BinarySearch(seqs, c.size)
	if seqs = seqs[from:to]; len(seqs) == 0 {
		return nil, fmt.Errorf("%w: the log begins with record %d", ErrPruned, r.rep.FirstSeq)
	}
	found, line, err := r.gather(ctx, c.size, seqs)
	if err != nil {
		return nil, err
	}
	p := &Pack{Origin: r.keys.origin, VKey: r.keys.keys[0].vkey, TreeSize: c.size, Root: hexOf(c.root), Checkpoint: string(c.note), Keys: []string{}}
	for k := r.keys.signerOf(c.note); k != nil && k.signer != nil; k = k.signer {
		p.Keys = append([]string{k.handed}, p.Keys...)
	}
	for i, seq := range seqs {
		path, err := found.path(c.size, seq)
		if err != nil {
			return nil, err
		}
		h := leaf(seq)
		in := Inclusion{Seq: seq, Leaf: hexOf(h), Hashes: make([]string, 0, len(path))}
		for _, h := range path {
			in.Hashes = append(in.Hashes, hexOf(h))
		}
		if i == 0 { // with the checkpoint's signature and all keys
			if _, err := p.proof(&in, line).Check(p.VKey, ""); err != nil {
				return nil, fmt.Errorf("%w (%w)", ErrMismatch, err)
			}
		}
		if tlog.CheckRecord(path, c.size, c.root, seq, h) != nil {
			return nil, fmt.Errorf("%w: record %d", ErrMismatch, seq)
		}
		if err := emit(in); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// proof is the whole proof of one record.
func (p *Pack) proof(in *Inclusion, line []byte) *Proof {
	return &Proof{
		Format: ProofFormat, Origin: p.Origin, VKey: p.VKey, Seq: in.Seq, Line: line,
		TreeSize: p.TreeSize, Hashes: in.Hashes, Checkpoint: p.Checkpoint, Keys: p.Keys,
	}
}

// PackChecker checks the proofs of a Pack.
type PackChecker struct {
	pack *Pack
	vkey string
	root tlog.Hash
}

// Checker returns what checks the pack's proofs with the verification key of
// epoch 0, which has to come from elsewhere. Errors are those of Proof.Check,
// with a proof of the pack and its record's exact line.
func (p *Pack) Checker(vkey string, first *Inclusion, line []byte) (*PackChecker, error) {
	vkey = strings.TrimSpace(vkey)
	if len(first.Hashes) > maxProofHashes || len(p.Keys) > maxProofKeys {
		return nil, fmt.Errorf("%w: it is larger than one can be", ErrProofForm)
	}
	proven, err := p.proof(first, line).Check(vkey, "")
	if err != nil {
		return nil, err
	}
	if proven.Root != p.Root {
		return nil, fmt.Errorf("%w: the root is not that of the checkpoint", ErrProofWrong)
	}
	c, err := parseCheckpoint([]byte(p.Checkpoint))
	if err != nil {
		return nil, fmt.Errorf("%w: its checkpoint: %w", ErrProofWrong, err)
	}
	return &PackChecker{pack: p, vkey: vkey, root: c.root}, nil
}

// Check checks that a line is the record that its proof says. Errors wrap
// ErrProofWrong.
func (c *PackChecker) Check(in *Inclusion, text []byte) error {
	wrong := func(why string) error {
		return fmt.Errorf("%w: record %d %s", ErrProofWrong, in.Seq, why)
	}
	if in.Seq < 0 || in.Seq >= c.pack.TreeSize || len(in.Hashes) > maxProofHashes {
		return wrong("is not in the tree of the checkpoint")
	}
	var l line
	if l.parse(text); l.fault != nil || int64(l.seq) != in.Seq { //nolint:gosec // split takes no larger one
		return wrong("is not the line that it stands beside")
	}
	path := make(tlog.RecordProof, len(in.Hashes))
	for i, text := range in.Hashes {
		h, ok := parseHex([]byte(text))
		if !ok {
			return wrong("has a hash that cannot be read")
		}
		path[i] = h
	}
	leaf := tlog.RecordHash(text)
	if hexOf(leaf) != in.Leaf || tlog.CheckRecord(path, c.pack.TreeSize, c.root, in.Seq, leaf) != nil {
		return wrong("is not in the tree of the checkpoint")
	}
	return nil
}
