package auditlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxSeq is the largest seq that is believed. No log gets there.
const maxSeq = 1 << 62

// walk goes over a log's lines from a known place on and takes in those that
// follow, one from the other.
type walk struct {
	logID string
	chain chain
	// want is a checkpoint to be met on the way; met says that it was.
	want Checkpoint
	met  bool

	index uint64 // of the segment that has the last sound line
	sound int64  // offset behind it
	last  []byte // that line, newline included; nil when none was seen

	changes []KeyChange // in the lines taken in
}

// known takes over a line that the tree has already.
func (w *walk) known(index uint64, end int64, line []byte) {
	w.index, w.sound, w.last = index, end, append(append(w.last[:0], line...), '\n')
}

// check compares the tree with the wanted checkpoint at its size.
func (w *walk) check() error {
	if w.want.Note == nil || w.met || w.chain.tree.size != w.want.Size {
		return nil
	}
	if root := w.chain.tree.Root(); root != w.want.Root {
		return fmt.Errorf("%w: the checkpoint of %d records does not match them", errUnusable, w.want.Size)
	}
	w.met = true
	return nil
}

// segment goes over a segment from a line start on.
func (w *walk) segment(s Segment, offset int64) error {
	f, err := openSegment(s.Path)
	if err != nil {
		return err
	}
	err = w.lines(f, s, offset)
	return errors.Join(err, f.Close())
}

func (w *walk) lines(f io.ReaderAt, s Segment, offset int64) error {
	lines := newLineReader(io.NewSectionReader(f, offset, s.Size-offset))
	for {
		line, n, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read audit segment: %w", err)
		}
		offset += n
		l, ok := cutLine(line)
		if !ok || l.Seq > maxSeq || l.Log != w.logID {
			continue
		}
		switch {
		case w.chain.follows(l, w.logID) && json.Valid(l.Record):
			w.chain.add(LeafHash(line))
			w.known(s.Index, offset, line)
			if err := w.check(); err != nil {
				return err
			}
			w.change(l)
		case w.last == nil && l.Seq+1 == w.chain.next() && LeafHash(line) == w.chain.prev:
			w.known(s.Index, offset, line)
		}
	}
}

// change keeps what a key record says.
func (w *walk) change(l Line) {
	if !bytes.HasPrefix(l.Record, []byte(`{"kind":"`+KindKey+`"`)) {
		return
	}
	var r Record
	if json.Unmarshal(l.Record, &r) != nil {
		return
	}
	if k, err := ParseKeyChange([]byte(r.Attribute(KeySignature))); err == nil {
		w.changes = append(w.changes, k)
	}
}

// lineAt returns the line that begins at an offset of a segment.
func lineAt(s Segment, offset int64) ([]byte, error) {
	f, err := openSegment(s.Path)
	if err != nil {
		return nil, err
	}
	line, _, err := newLineReader(io.NewSectionReader(f, offset, max(0, s.Size-offset))).next()
	if errors.Is(err, io.EOF) {
		line, err = nil, nil
	}
	return line, errors.Join(err, f.Close())
}

// firstLine returns a segment's first line that is of the chained form.
func firstLine(s Segment) (Line, bool, error) {
	line, err := lineAt(s, 0)
	if err != nil || line == nil {
		return Line{}, false, err
	}
	l, ok := cutLine(line)
	l.Record = nil
	return l, ok, nil
}

// tornBy says whether a crash can have left what stands in a segment behind its
// sound lines: a group that was not whole on disk. Then no line there is sound,
// or the first that is broken has a NUL byte, as a file system shows a block
// that it had no time to write.
func tornBy(f *os.File, from, size int64) (bool, error) {
	lines := newLineReader(io.NewSectionReader(f, from, size-from))
	for {
		line, _, err := lines.next()
		if errors.Is(err, io.EOF) {
			return true, nil // what is left has no newline
		}
		if err != nil {
			return false, err
		}
		if bytes.IndexByte(line, 0) >= 0 {
			return true, nil
		}
		if _, err := ParseLine(line); err == nil {
			return false, nil
		}
	}
}
