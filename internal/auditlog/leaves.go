package auditlog

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrNoLeaves says that a log's lines do not go as far as its tree: some were
// removed or changed.
var ErrNoLeaves = errors.New("the lines do not go on")

// LeafReader reads the leaf hashes of a log's lines, from a place on, as often as
// there are more: each line is read once. It needs no lock and may read while the
// log is written.
type LeafReader struct {
	dir, logID string
	next       int64     // seq of the next line
	prev       tlog.Hash // leaf hash of the line before it
	index      uint64    // of the segment that is read
	offset     int64     // in it, where the next line begins at the earliest
}

// NewLeafReader returns a reader of the log in dir from the line with seq from
// on. The line has to be there.
func NewLeafReader(dir, logID string, from int64) (*LeafReader, error) {
	segments, err := Segments(dir)
	if err != nil {
		return nil, err
	}
	r := &LeafReader{dir: dir, logID: logID}
	found := false
	for _, s := range segments {
		first, ok, err := firstLine(s)
		if err != nil {
			return nil, err
		}
		if !ok || first.Log != logID || first.Seq > maxSeq {
			continue
		}
		if int64(first.Seq) > from {
			break
		}
		found = true
		r.next, r.prev, r.index = int64(first.Seq), tlog.Hash(first.Prev), s.Index
	}
	if !found {
		return nil, fmt.Errorf("find line %d: %w", from, ErrNoLeaves)
	}
	return r, nil
}

// Skip goes on to the line with seq to.
func (r *LeafReader) Skip(ctx context.Context, to int64) error {
	return r.Read(ctx, to, func(tlog.Hash) {})
}

// Read calls fn with the leaf hash of each line up to, and without, that of seq
// to. After an error a later Read goes on where this one ended. Errors:
// ErrNoLeaves when a line is not there.
func (r *LeafReader) Read(ctx context.Context, to int64, fn func(tlog.Hash)) error {
	if r.next >= to {
		return nil
	}
	segments, err := Segments(r.dir)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if s.Index < r.index {
			continue
		}
		if s.Index > r.index {
			r.index, r.offset = s.Index, 0
		}
		if err := r.segment(ctx, s, to, fn); err != nil || r.next == to {
			return err
		}
	}
	return fmt.Errorf("read line %d: %w", r.next, ErrNoLeaves)
}

func (r *LeafReader) segment(ctx context.Context, s Segment, to int64, fn func(tlog.Hash)) (err error) {
	f, err := openSegment(s.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Seek(r.offset, io.SeekStart); err != nil {
		return fmt.Errorf("read audit segment: %w", err)
	}
	lines := newLineReader(f)
	for r.next < to {
		line, n, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read audit segment: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.offset += n
		// What does not follow is what a crash or somebody else left: no leaf.
		l, ok := cutLine(line)
		if !ok || l.Log != r.logID || l.Seq != uint64(r.next) || tlog.Hash(l.Prev) != r.prev { //nolint:gosec // never negative
			continue
		}
		r.prev = LeafHash(line)
		r.next++
		fn(r.prev)
	}
	return nil
}

// Next is the seq of the line that Read begins with.
func (r *LeafReader) Next() int64 { return r.next }

// PrunedRange returns the compact range of the lines that were pruned from the
// log in dir, as its tree file has it; the empty one when that has none.
func PrunedRange(dir string) *CompactRange {
	if s := readTree(dir); s != nil && s.pruned != nil {
		return s.pruned
	}
	return &CompactRange{}
}
