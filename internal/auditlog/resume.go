package auditlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// errUnusable says that the log cannot be gone on with, and why.
var errUnusable = errors.New("cannot go on with the log")

// errNothing says that there is no log yet.
var errNothing = errors.New("no log")

// errUnchained is why a log of the older form is not gone on with.
var errUnchained = errors.New("its lines do not chain: they are of an older form")

// oldForm is how a line of a log begins that does not chain.
var oldForm = regexp.MustCompile(`^\{"seq":\d+,"record":`)

// resume finds out where the log ends and takes its place there.
func (l *Log) resume(segments []Segment) error {
	checkpoint, disturbed, err := l.lastCheckpoint()
	if err != nil {
		return err
	}
	tree := readTree(l.dir)
	if !slices.ContainsFunc(segments, func(s Segment) bool { return s.Size > 0 }) && tree == nil && checkpoint.Note == nil {
		return errNothing
	}
	if err := chained(segments); err != nil {
		return err
	}
	if err := l.loadKeys(); err != nil {
		return err
	}
	if disturbed == nil && checkpoint.Note != nil && !l.signedByUs(checkpoint) {
		disturbed = fmt.Errorf("%w: the last checkpoint is not signed by a key of this log", errDisturbed)
		if err := l.checkpoints.moveAway(); err != nil {
			return err
		}
		checkpoint = Checkpoint{}
	}
	if tree != nil && (tree.logID != l.id || !l.signedByUs(tree.checkpoint)) {
		tree = nil
	}
	if tree != nil && checkpoint.Size < tree.checkpoint.Size {
		if disturbed == nil {
			disturbed = fmt.Errorf("%w: the checkpoints end at %d records and should at %d", errDisturbed, checkpoint.Size, tree.checkpoint.Size)
		}
		checkpoint = tree.checkpoint
	}
	l.owe(disturbed, CheckpointsName, l.checkpoints.size)
	w, err := l.follow(segments, tree, checkpoint)
	if err != nil {
		return err
	}
	l.signed = checkpoint
	l.chain = w.chain
	if err := l.resumeKeys(w.changes); err != nil {
		return err
	}
	return l.takePlace(segments, w)
}

// chained returns errUnusable when the log is of the form that does not chain.
func chained(segments []Segment) error {
	for _, s := range segments {
		line, err := lineAt(s, 0)
		if err != nil {
			return err
		}
		if oldForm.Match(line) {
			return fmt.Errorf("%w: %w", errUnusable, errUnchained)
		}
	}
	return nil
}

// lastCheckpoint reads the file of checkpoints, and makes it sound.
func (l *Log) lastCheckpoint() (last Checkpoint, disturbed, err error) {
	disturbed, err = l.checkpoints.recover(func(n []byte) error {
		c, err := ParseCheckpoint(n)
		if err == nil && c.Size < last.Size {
			err = fmt.Errorf("%w: the size falls", errCheckpoint)
		}
		if err == nil {
			last = c
		}
		return err
	})
	if disturbed != nil {
		last = Checkpoint{}
	}
	return last, disturbed, err
}

// signedByUs verifies a checkpoint with the keys of this log that are at hand.
func (l *Log) signedByUs(c Checkpoint) bool {
	if c.LogID() != l.id {
		return false
	}
	for _, vkey := range l.vkeys {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			continue
		}
		if _, err := note.Open(c.Note, note.VerifierList(v)); err == nil {
			return true
		}
	}
	return false
}

// follow walks to the end of the log: from the tree file's place when there is
// one, else from the first line that was not pruned.
func (l *Log) follow(segments []Segment, tree *state, checkpoint Checkpoint) (*walk, error) {
	if tree != nil {
		w := &walk{logID: l.id, chain: tree.chain.clone(), want: checkpoint}
		l.pruned = tree.pruned
		if err := w.check(); err != nil {
			return nil, err
		}
		if err := w.fromPlace(segments, tree); err != nil {
			return nil, err
		}
		return w, w.reached()
	}
	start, err := l.afterPruned(segments)
	if err != nil {
		return nil, err
	}
	w := &walk{logID: l.id, chain: start, want: checkpoint}
	if err := w.check(); err != nil {
		return nil, err
	}
	for _, s := range segments {
		if err := w.segment(s, 0); err != nil {
			return nil, err
		}
	}
	return w, w.reached()
}

// fromPlace walks on from where a tree file says that its last line is.
func (w *walk) fromPlace(segments []Segment, tree *state) error {
	begin, offset := 0, int64(0)
	for i, s := range segments {
		if s.Index == tree.segment {
			begin = i
			line, err := lineAt(s, tree.offset)
			if err != nil {
				return err
			}
			if line != nil && LeafHash(line) == tree.chain.prev {
				offset = tree.offset
			}
		}
	}
	for i, s := range segments[begin:] {
		if i > 0 {
			offset = 0
		}
		if err := w.segment(s, offset); err != nil {
			return err
		}
	}
	return nil
}

// reached returns errUnusable when the wanted checkpoint was not met.
func (w *walk) reached() error {
	if w.want.Note == nil || w.met {
		return nil
	}
	return fmt.Errorf("%w: a checkpoint has %d records and %d can be followed", errUnusable, w.want.Size, w.chain.tree.size)
}

// afterPruned returns the place in front of the first line that is there: the
// start of the log, or what the record of a prune says.
func (l *Log) afterPruned(segments []Segment) (chain, error) {
	for _, s := range segments {
		first, ok, err := firstLine(s)
		if err != nil {
			return chain{}, err
		}
		if !ok || first.Log != l.id {
			continue
		}
		if first.Seq == 0 {
			return chain{}, nil
		}
		l.pruned, err = findPrune(segments, l.id, first.Seq)
		if err != nil {
			return chain{}, err
		}
		return chain{prev: first.Prev, tree: *l.pruned.Clone()}, nil
	}
	return chain{}, nil
}

// findPrune looks for the record of the prune that keeps firstSeq.
func findPrune(segments []Segment, logID string, firstSeq uint64) (found *CompactRange, err error) {
	err = backwards(segments, func(line []byte, _ Segment) (bool, error) {
		at, ok := cutLine(line)
		if !ok || at.Log != logID || !bytes.HasPrefix(at.Record, []byte(`{"kind":"`+KindPrune+`"`)) {
			return true, nil
		}
		var r struct {
			Attributes struct {
				FirstSeq int64    `json:"first_seq"`
				Range    []string `json:"range"`
			} `json:"attributes"`
		}
		if json.Unmarshal(at.Record, &r) != nil || uint64(r.Attributes.FirstSeq) != firstSeq { //nolint:gosec // compared whole
			return true, nil //nolint:nilerr // a record that is none of these
		}
		found, err = parseRange(r.Attributes.FirstSeq, r.Attributes.Range)
		return err != nil, nil
	})
	if err == nil && found == nil {
		err = fmt.Errorf("%w: it begins at seq %d, and no record says why", errUnusable, firstSeq)
	}
	return found, err
}
