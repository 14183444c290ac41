package auditverify

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// tornFrom returns where the torn tail of the last segment begins, and the seq
// that would come there; -1 when nothing is torn. A crash leaves lines that are
// broken and have only broken ones behind them, or blocks of zeros in place of
// what had no time to be written, with anything behind those. The bytes behind the
// last newline are not counted here.
func tornFrom(ctx context.Context, s *segment) (offset, next int64, err error) {
	offset, next = -1, -1
	zeros := false
	b, h := &batch{}, &nodeHasher{}
	c := cutter{
		take: func() *batch { return b },
		give: func(b *batch) error {
			b.parse(h)
			for i := range b.lines {
				l := &b.lines[i]
				switch {
				case zeros:
				case bytes.IndexByte(b.text(l), 0) >= 0:
					zeros = true
					if offset < 0 {
						offset = l.offset
					}
				case l.fault != nil:
					if offset < 0 {
						offset = l.offset
					}
				default:
					offset, next = -1, int64(l.seq)+1 //nolint:gosec // split takes no larger one
				}
			}
			return nil
		},
	}
	err = c.segment(ctx, s)
	return offset, next, err
}

// setTornAside leaves the lines that a crash tore out of the log, as the writer
// does when it opens it next. Lines that a checkpoint covers, signed or not, were
// whole once: they are left in, to be found broken.
func (r *run) setTornAside(ctx context.Context) error {
	if len(r.files.segments) == 0 {
		return nil
	}
	last := r.files.segments[len(r.files.segments)-1]
	offset, next, err := tornFrom(ctx, last)
	if err != nil || offset < 0 {
		return err
	}
	if next < 0 {
		if next, err = r.nextBefore(ctx); err != nil {
			return err
		}
	}
	claimed, err := r.claimed()
	if err != nil || claimed > next {
		return err
	}
	last.torn, last.limit = true, offset
	return nil
}

// nextBefore returns the seq that comes behind the segments before the last one.
func (r *run) nextBefore(ctx context.Context) (int64, error) {
	for i := len(r.files.segments) - 2; i >= 0; i-- {
		if _, next, err := tornFrom(ctx, r.files.segments[i]); err != nil || next >= 0 {
			return next, err
		}
	}
	return 0, nil
}

// claimed returns the largest size of any checkpoint or anchor of this log.
func (r *run) claimed() (size int64, err error) {
	if n := len(r.anchors.list); n > 0 {
		size = r.anchors.list[n-1].size
	}
	notes, err := openNotes(r.opts.Dir)
	if err != nil || notes == nil {
		return size, err
	}
	defer func() { err = errors.Join(err, notes.Close()) }()
	for reader := newNoteReader(notes); ; {
		c, err := reader.next()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, errTornNote):
			return size, nil
		case errors.Is(err, errNoteForm) || errors.Is(err, errNoteLong):
		case err != nil:
			return size, err
		case c.origin == r.keys.origin:
			size = max(size, c.size)
		}
	}
}
