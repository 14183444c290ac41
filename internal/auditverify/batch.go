package auditverify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// batchBytes is how much of a segment is read at once.
const batchBytes = 1 << 20

// batch is a part of a segment: whole lines, as long as they are not too long.
type batch struct {
	segment *segment
	offset  int64 // of data in the segment
	data    []byte
	buf     []byte // what data is a part of
	lines   []line
	// skipped is how many bytes of one line that is too long the batch stands
	// for; it then has no data.
	skipped int64
	// last is set on a segment's last batch; tail is how many bytes stand behind
	// its last newline.
	last bool
	tail int64
	done chan struct{}
}

// parse cuts the batch into lines and looks at each. This is the work that is
// done on every processor.
func (b *batch) parse(h *nodeHasher) {
	b.lines = b.lines[:0]
	if b.skipped > 0 {
		b.lines = append(b.lines, line{offset: b.offset, bytes: int(b.skipped - 1), fault: errLineLong})
		return
	}
	for at := 0; at < len(b.data); {
		n := bytes.IndexByte(b.data[at:], '\n')
		if n < 0 {
			return // never: data ends with a newline
		}
		text := b.data[at : at+n]
		b.lines = append(b.lines, line{offset: b.offset + int64(at), bytes: n, leaf: h.leaf(text)})
		b.lines[len(b.lines)-1].parse(text)
		at += n + 1
	}
}

// text returns the exact bytes of one of the batch's lines.
func (b *batch) text(l *line) []byte {
	if b.skipped > 0 {
		return nil
	}
	at := int(l.offset - b.offset)
	return b.data[at : at+l.bytes]
}

// cutter reads segments as batches.
type cutter struct {
	take func() *batch // an unused batch
	give func(*batch) error
}

// errChanged says that a segment is not what it was when the directory was listed.
var errChanged = errors.New("the log changed while it was read: it was pruned, or somebody replaced a file; run it again")

func (c *cutter) segment(ctx context.Context, s *segment) (err error) {
	f, err := openRegular(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w (%s)", errChanged, s.name)
	}
	if err != nil {
		return fmt.Errorf("open segment: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var in io.ReadSeeker = f
	torn := int64(0)
	if s.torn {
		in = io.NewSectionReader(f, 0, s.limit)
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("read segment %s: %w", s.name, err)
		}
		torn = info.Size() - s.limit
	}
	var rest []byte // of the batch before: the start of a line
	for offset := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := c.take()
		b.segment, b.offset, b.skipped, b.last, b.tail = s, offset, 0, false, 0
		b.buf = append(b.buf[:0], rest...)
		end, err := b.fill(in, s.size-offset)
		if err != nil {
			return fmt.Errorf("read segment %s: %w", s.name, err)
		}
		whole := bytes.LastIndexByte(b.buf, '\n') + 1
		b.data = b.buf[:whole]
		rest = append(rest[:0], b.buf[whole:]...)
		offset += int64(whole)
		if len(rest) > maxLineBytes && !end {
			// The line is longer than any record: its end is looked for, the
			// rest of it is not kept.
			skipped, found, err := skipLine(in)
			if err != nil {
				return fmt.Errorf("read segment %s: %w", s.name, err)
			}
			if whole > 0 {
				if err := c.give(b); err != nil {
					return err
				}
				b = c.take()
				b.segment, b.last, b.tail, b.data = s, false, 0, nil
			}
			n := int64(len(rest)) + skipped
			b.offset, b.skipped = offset, n
			rest = rest[:0]
			offset += n
			if !found {
				b.skipped, b.last, b.tail = 0, true, n+torn
				return c.give(b)
			}
			if err := c.give(b); err != nil {
				return err
			}
			continue
		}
		if end {
			b.last, b.tail = true, int64(len(rest))+torn
			return c.give(b)
		}
		if err := c.give(b); err != nil {
			return err
		}
	}
}

// fill reads on until the batch is full or the segment ends, which has about
// left bytes. A line that goes on behind the batch makes the batch larger.
func (b *batch) fill(r io.Reader, left int64) (end bool, err error) {
	size := int(min(max(left+1, batchBytes/256), batchBytes))
	for {
		have := len(b.buf)
		want := max(size-have, size/2)
		if cap(b.buf)-have < want {
			grown := make([]byte, have, have+want)
			copy(grown, b.buf)
			b.buf = grown
		}
		n, err := io.ReadFull(r, b.buf[have:have+want])
		b.buf = b.buf[:have+n]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if bytes.IndexByte(b.buf[have:], '\n') >= 0 || len(b.buf) > maxLineBytes {
			return false, nil
		}
	}
}

// skipLine reads to behind the next newline, one buffer at a time.
func skipLine(f io.ReadSeeker) (n int64, found bool, err error) {
	buf := make([]byte, batchBytes)
	for {
		got, err := f.Read(buf)
		if at := bytes.IndexByte(buf[:got], '\n'); at >= 0 {
			if _, err := f.Seek(int64(at+1-got), io.SeekCurrent); err != nil {
				return n, false, err
			}
			return n + int64(at) + 1, true, nil
		}
		n += int64(got)
		if errors.Is(err, io.EOF) {
			return n, false, nil
		}
		if err != nil {
			return n, false, err
		}
	}
}
