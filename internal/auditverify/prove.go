package auditverify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Reasons for which there is no proof.
var (
	ErrNotCovered = errors.New("no checkpoint covers the record yet")
	ErrPruned     = errors.New("the record was pruned")
	ErrMismatch   = errors.New("the log is not what its checkpoint was signed for: verify tells where")
)

// Prove makes a proof that record seq is in the log that o names, against the
// newest checkpoint of the log, or, when anchor is given, against that one. It
// reads the log once up to the checkpoint, in constant memory. The proof it
// returns has been checked.
func Prove(ctx context.Context, o Options, seq int64, anchor []byte) (*Proof, error) {
	r := newRun(o)
	if err := r.trust(); err != nil {
		return nil, err
	}
	c, err := r.covering(seq, anchor)
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
	if seq < r.rep.FirstSeq {
		return nil, fmt.Errorf("%w: the log begins with record %d", ErrPruned, r.rep.FirstSeq)
	}
	p := &Proof{
		Format: ProofFormat, Origin: r.keys.origin, VKey: r.keys.keys[0].vkey, Seq: seq,
		TreeSize: c.size, Hashes: []string{}, Checkpoint: string(c.note), Keys: []string{},
	}
	if err := r.walk(ctx, p); err != nil {
		return nil, err
	}
	for k := r.keys.signerOf(c.note); k != nil && k.signer != nil; k = k.signer {
		p.Keys = append([]string{k.handed}, p.Keys...)
	}
	if _, err := p.Check(p.VKey, ""); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrMismatch, err)
	}
	return p, nil
}

// covering returns the checkpoint that a proof is made against.
func (r *run) covering(seq int64, anchor []byte) (*checkpoint, error) {
	if anchor != nil {
		var best *checkpoint
		for notes := newNoteReader(bytes.NewReader(anchor)); ; {
			c, err := notes.next()
			if errors.Is(err, io.EOF) || errors.Is(err, errTornNote) {
				break
			}
			if err == nil && c.origin == r.keys.origin && c.size > seq && (best == nil || c.size > best.size) {
				best = &c
			}
		}
		if best == nil {
			return nil, fmt.Errorf("%w: there is none of this log and above size %d in the file that was given", ErrNotCovered, seq)
		}
		return best, nil
	}
	r.anchors = &anchorSet{}
	l, err := openLedger(r.opts.Dir, r.res, r.keys, r.anchors)
	if err != nil {
		return nil, err
	}
	var last *checkpoint
	err = l.advance()
	for l.ahead != nil && err == nil {
		last = l.ahead
		err = l.advance()
	}
	if err = errors.Join(err, l.close()); err != nil {
		return nil, err
	}
	if last == nil || last.size <= seq {
		size := int64(0)
		if last != nil {
			size = last.size
		}
		return nil, fmt.Errorf("%w: the newest one is of %d records", ErrNotCovered, size)
	}
	return last, nil
}

// walk reads the log up to the proof's checkpoint and fills in what it finds.
func (r *run) walk(ctx context.Context, p *Proof) error {
	found, line, err := r.gather(ctx, p.TreeSize, []int64{p.Seq})
	if err != nil {
		return err
	}
	p.Line = line
	path, err := found.path(p.TreeSize, p.Seq)
	if err != nil {
		return err
	}
	for _, h := range path {
		p.Hashes = append(p.Hashes, hexOf(h))
	}
	return nil
}

// hashes are hashes of a tree, by tlog's stored index.
type hashes map[int64]tlog.Hash

// need notes what the proof of record seq needs.
func (f hashes) need(size, seq int64) error {
	_, err := tlog.ProveRecord(size, seq, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		for _, i := range indexes {
			f[i] = tlog.Hash{}
		}
		return nil, errFound
	}))
	if err != nil && !errors.Is(err, errFound) {
		return fmt.Errorf("prove record %d: %w", seq, err)
	}
	return nil
}

// path returns the audit path of record seq in the tree of that size.
func (f hashes) path(size, seq int64) (tlog.RecordProof, error) {
	path, err := tlog.ProveRecord(size, seq, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			list[i] = f[at]
		}
		return list, nil
	}))
	if err != nil {
		return nil, fmt.Errorf("prove record %d: %w", seq, err)
	}
	return path, nil
}

// gather reads the log up to a tree of that size. It returns what the proofs of
// the records seqs need, and the line of the first of them.
func (r *run) gather(ctx context.Context, size int64, seqs []int64) (found hashes, first []byte, err error) {
	found = make(hashes)
	for _, seq := range seqs {
		if err := found.need(size, seq); err != nil {
			return nil, nil, err
		}
	}
	made := func(level int, index int64, h tlog.Hash) {
		stored := tlog.StoredHashIndex(level, index)
		if _, needed := found[stored]; needed {
			found[stored] = h
		}
	}
	if r.tree != nil {
		r.tree.made = made
	}
	err = stream(ctx, r.files.segments, func(b *batch) error {
		for i := range b.lines {
			l := &b.lines[i]
			if r.plant(); r.tree != nil && r.tree.made == nil {
				r.tree.made = made
				r.tree.announce()
			}
			if r.size == seqs[0] {
				first = bytes.Clone(b.text(l))
			}
			if r.tree != nil {
				r.tree.append(l.leaf)
			}
			if r.size++; l.fault == nil && l.kind == kindKey {
				if a, err := decodeAttributes(l.record); err == nil {
					_, _ = r.keys.add(handoverOf(a), r.size-1) // the check at the end tells
				}
			}
			if r.size == size {
				return errFound
			}
		}
		return nil
	})
	switch {
	case err == nil:
		return nil, nil, fmt.Errorf("%w: it has %d records, the checkpoint is of %d", ErrMismatch, r.size, size)
	case !errors.Is(err, errFound):
		return nil, nil, err
	case r.tree == nil || first == nil:
		return nil, nil, ErrMismatch
	}
	return found, first, nil
}
