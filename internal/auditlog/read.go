package auditlog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

// maxLineBytes is the longest line that readers take.
const maxLineBytes = LimitRecordBytes + lineOverhead + 1

// Read calls fn for every entry of the log in dir that the filter chooses,
// oldest first, until fn returns an error. It needs no lock and may run while
// the log is written: a last line without its newline is not there yet. Lines
// that cannot be read are passed over; then Read ends with ErrCorrupt.
func Read(ctx context.Context, dir string, filter Filter, fn func(Entry) error) error {
	segments, err := Segments(dir)
	if err != nil {
		return err
	}
	var bad damage
	for _, s := range segments {
		if _, err := readFrom(ctx, s, 0, filter, fn, &bad); err != nil {
			return err
		}
	}
	return bad.err()
}

// Last returns the newest n entries that the filter chooses, oldest first. It
// reads the log from its end. Unreadable lines are treated as in Read.
func Last(ctx context.Context, dir string, n int, filter Filter) ([]Entry, error) {
	segments, err := Segments(dir)
	if err != nil || n <= 0 {
		return nil, err
	}
	var found []Entry
	var bad damage
	var d decoder
	err = backwards(segments, func(line []byte, s Segment) (bool, error) {
		if line != nil && !filter.mayMatch(line) {
			return true, ctx.Err()
		}
		e, err := d.entry(line)
		if err != nil {
			bad.add(s, err)
			return true, ctx.Err()
		}
		if e.Seq < filter.FromSeq {
			return false, nil
		}
		if filter.Match(e) {
			found = append(found, e)
		}
		return len(found) < n, ctx.Err()
	})
	slices.Reverse(found)
	return found, errors.Join(err, bad.err())
}

// damage counts lines that could not be read.
type damage struct {
	lines int
	first error
}

func (d *damage) add(s Segment, err error) {
	if d.lines++; d.first == nil {
		d.first = fmt.Errorf("%s: %w", segmentName(s.Index), err)
	}
}

func (d *damage) err() error {
	if d.lines == 0 {
		return nil
	}
	return fmt.Errorf("read audit log: %w: %d, the first in %w", ErrCorrupt, d.lines, d.first)
}

// readFrom reads a segment's whole lines from offset on and returns where they end.
func readFrom(ctx context.Context, s Segment, offset int64, filter Filter, fn func(Entry) error, bad *damage) (end int64, err error) {
	f, err := openSegment(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return offset, nil // pruned since the directory was read
	}
	if err != nil {
		return offset, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return offset, fmt.Errorf("read audit segment: %w", err)
	}
	lines := newLineReader(f)
	var d decoder
	for {
		line, n, err := lines.next()
		if errors.Is(err, io.EOF) {
			return offset, nil
		}
		if err != nil {
			return offset, fmt.Errorf("read audit segment: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return offset, err
		}
		offset += n
		if line == nil {
			bad.add(s, fmt.Errorf("%w: a line of %d bytes", ErrCorrupt, n))
			continue
		}
		if !filter.mayMatch(line) || filter.before(line) {
			continue
		}
		e, err := d.entry(line)
		if err != nil {
			bad.add(s, err)
			continue
		}
		if filter.Match(e) {
			if err := fn(e); err != nil {
				return offset, err
			}
		}
	}
}

// lineReader cuts a stream into lines of bounded length.
type lineReader struct {
	r   *bufio.Reader
	buf []byte
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: bufio.NewReaderSize(r, 1<<16)} }

// next returns a line without its newline, valid until the next call, and its
// length with it. A line that is too long is nil. Bytes without a newline at
// the end are io.EOF.
func (l *lineReader) next() (line []byte, n int64, err error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		n += int64(len(part))
		if n <= maxLineBytes {
			l.buf = append(l.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return nil, n, err
		case n > maxLineBytes:
			return nil, n, nil
		}
		return l.buf[:len(l.buf)-1], n, nil
	}
}
