package auditlog

import (
	"context"
	"errors"
)

// errBeyond ends a read in front of an entry.
var errBeyond = errors.New("beyond what was asked for")

// Reader reads a log forward, a part at a time, while the log is written.
type Reader struct {
	dir  string
	next uint64
	at   Place
}

// NewReader returns a Reader that goes on with the entry next, whose line begins
// at a place. A place that does not hold is found out; the zero Place is looked up.
func NewReader(dir string, next uint64, at Place) *Reader {
	return &Reader{dir: dir, next: next, at: at}
}

// Next returns the sequence number that Read goes on with, and a place at or in
// front of its line.
func (r *Reader) Next() (uint64, Place) { return r.next, r.at }

// Jump has Read go on with the entry next at a place.
func (r *Reader) Jump(next uint64, at Place) { r.next, r.at = next, at }

// Read calls fn for the entries from Next on, those in front of limit, until fn
// returns an error, which Read returns; the entry that fn got then counts as
// read. Entries that cannot be read, and those that are gone, are passed over:
// seq numbers that are missing tell of them. When Read returns nil it has passed
// limit, whatever is there.
func (r *Reader) Read(ctx context.Context, limit uint64, fn func(Entry) error) error {
	if r.next >= limit {
		return nil
	}
	segments, err := Segments(r.dir)
	if err != nil {
		return err
	}
	if !r.holds(segments) {
		if r.at, err = find(segments, r.next); err != nil {
			return err
		}
	}
	for _, s := range segments {
		if s.Index < r.at.Segment {
			continue
		}
		if s.Index > r.at.Segment {
			r.at = Place{Segment: s.Index}
		}
		if err := r.segment(ctx, s, limit, fn); err != nil {
			if errors.Is(err, errBeyond) {
				break
			}
			return err
		}
	}
	r.next = max(r.next, limit)
	return nil
}

func (r *Reader) segment(ctx context.Context, s Segment, limit uint64, fn func(Entry) error) error {
	var passed damage
	var last Entry
	end, err := readFrom(ctx, s, r.at.Offset, Filter{FromSeq: r.next}, func(e Entry) error {
		last = e
		if e.Seq >= limit {
			return errBeyond
		}
		r.next = e.Seq + 1
		return fn(e)
	}, &passed)
	if errors.Is(err, errBeyond) {
		end -= int64(len(last.Line)) + 1
	}
	r.at.Offset = end
	return err
}

// holds reports whether the place is that of the next entry's line, or at least
// of one in front of it.
func (r *Reader) holds(segments []Segment) bool {
	if r.at == (Place{}) {
		return false
	}
	for _, s := range segments {
		if s.Index != r.at.Segment || r.at.Offset > s.Size || r.at.Offset < 0 {
			continue
		}
		if r.at.Offset == s.Size {
			return true // nothing more was written there
		}
		line, err := lineAt(s, r.at.Offset)
		if err != nil || line == nil {
			return false
		}
		l, ok := cutLine(line)
		return ok && l.Seq <= r.next
	}
	return false
}

// find returns the beginning of the segment that has the entry seq, as far as
// the segments' first lines tell.
func find(segments []Segment, seq uint64) (Place, error) {
	var at Place
	for i, s := range segments {
		first, ok, err := firstLine(s)
		if err != nil {
			return Place{}, err
		}
		if i == 0 || (ok && first.Seq <= seq) {
			at = Place{Segment: s.Index}
		}
	}
	return at, nil
}
