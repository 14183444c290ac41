package auditlog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/reserve"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// keepBuffer is the largest write buffer that is kept between groups.
const keepBuffer = 2 * maxGroupBytes

// commit puts a group on disk. Either all its members are, or none is.
func (l *Log) commit(g *group) (receipts []Receipt, err error) {
	if l.closed {
		return nil, ErrClosed
	}
	defer func() {
		if err != nil {
			l.opts.Observer.Failed(err)
			err = fmt.Errorf("append to audit log: %w: %w", ErrUnavailable, err)
		}
	}()
	if err := l.ready(g.bytes); err != nil {
		return nil, err
	}
	receipts, lastStart := l.encode(g)
	commit := Commit{Bytes: len(l.buf)}
	for _, r := range receipts {
		commit.Records += r.Written
		commit.Duplicates += r.Duplicates
		commit.Conflicts += r.Conflicts
	}
	if commit.Records > 0 {
		at := l.size
		if commit.Sync, err = l.write(l.buf); err != nil {
			return nil, err
		}
		share := l.tell(g, receipts, at)
		g.end(receipts, nil) // nobody waits for what is left to do
		if share {
			go l.feed.shareAll()
		}
		l.last = append(l.last[:0], l.buf[lastStart:]...)
		l.grown(l.leaves)
		for _, s := range l.events {
			l.window.add(s.key, s.content)
		}
	}
	if cap(l.buf) > keepBuffer {
		l.buf = nil
	}
	l.opts.Observer.Committed(commit)
	return receipts, nil
}

// maxInGroup is how many events of a group are remembered in memory that is kept.
const maxInGroup = 4096

// encode fills l.buf with the group's lines, l.leaves with their hashes and l.events
// with the events that they have. It returns where the last line starts.
func (l *Log) encode(g *group) (receipts []Receipt, lastStart int) {
	l.buf, l.leaves, l.starts, l.events = l.buf[:0], l.leaves[:0], l.starts[:0], l.events[:0]
	receipts = make([]Receipt, len(g.members))
	if l.inGroup == nil || len(l.inGroup) > maxInGroup {
		l.inGroup = make(map[eventKey]uint64)
	}
	clear(l.inGroup)
	next, prev := l.chain.next(), l.chain.prev
	for i, m := range g.members {
		receipts[i].FirstSeq = next
		l.starts = append(l.starts, len(l.buf))
		for _, r := range m.records {
			record := r.JSON
			if r.EventID != "" && l.window.size > 0 {
				e := seenEvent{key: keyOf(r.EventID), content: r.Content}
				was, known := l.inGroup[e.key]
				if !known {
					was, known = l.window.content(e.key)
				}
				if known && !conflict(was, e.content) {
					receipts[i].Duplicates++
					continue
				}
				if known {
					// Kept once for each content: it gets a key of its own.
					e.key = conflictKey(r.EventID, r.Content)
					if _, twice := l.inGroup[e.key]; twice || l.window.has(e.key) {
						receipts[i].Duplicates++
						continue
					}
					record = markConflict(record)
					receipts[i].Conflicts++
				}
				l.inGroup[e.key] = e.content
				l.events = append(l.events, e)
			}
			lastStart = len(l.buf)
			l.buf = appendLine(l.buf, l.id, next, prev, record)
			prev = LeafHash(l.buf[lastStart : len(l.buf)-1])
			l.leaves = append(l.leaves, prev)
			next++
			receipts[i].Written++
		}
	}
	return receipts, lastStart
}

// tell hands a group that was written at an offset of the segment over to the feed, and
// reports whether its readers have to be told.
func (l *Log) tell(g *group, receipts []Receipt, at int64) (share bool) {
	l.told = l.told[:0]
	for i, r := range receipts {
		start, end := l.starts[i], len(l.buf)
		if i+1 < len(l.starts) {
			end = l.starts[i+1]
		}
		w := Written{FirstSeq: r.FirstSeq, Records: r.Written, Place: Place{l.index, at + int64(start)}, bytes: end - start}
		if r.Duplicates == 0 && r.Conflicts == 0 {
			w.Payload = g.members[i].payload
		}
		l.told = append(l.told, w)
	}
	share = l.feed.hand(l.told...)
	clear(l.told) // the payloads are the readers'
	return share
}

// grown takes lines in that are on disk, and lets the keeper know.
func (l *Log) grown(leaves []tlog.Hash) {
	for _, leaf := range leaves {
		l.chain.add(leaf)
	}
	l.mirror.size.Store(l.chain.tree.size)
	if !l.waits {
		l.waits = true
		l.keeper.wake()
	}
}

// write appends b to the segment and syncs it. When it fails, nothing of b is
// part of the log.
func (l *Log) write(b []byte) (time.Duration, error) {
	known, err := l.segfile()
	if err != nil {
		return 0, fmt.Errorf("inspect segment: %w", err)
	}
	known.reserved = reserve.Ahead(l.seg, l.size, known.reserved)
	if _, err := l.seg.WriteAt(b, l.size); err != nil {
		// Readers must not meet half a line for longer than needed.
		if cut := l.seg.Truncate(l.size); cut != nil {
			err = errors.Join(err, cut)
		}
		l.suspect = true
		return 0, fmt.Errorf("write: %w", err)
	}
	start := time.Now()
	if err := l.opts.sync(l.seg); err != nil {
		l.suspect = true
		return 0, fmt.Errorf("sync: %w", err)
	}
	l.size += int64(len(b))
	return time.Since(start), nil
}

// ready makes sure that there is a sound segment with room for n bytes.
func (l *Log) ready(n int) error {
	var err error
	if l.suspect {
		err = l.reopen()
	} else {
		err = l.inPlace()
	}
	if errors.Is(err, errDisturbed) {
		err = l.moveOn(err)
	}
	if err != nil {
		return err
	}
	full := l.size > 0 && l.size+int64(n) > l.opts.SegmentMaxBytes
	old := l.size > 0 && l.opts.now().Sub(l.started) >= l.opts.SegmentMaxAge
	if full || old {
		// No free name is no reason to stop: this segment takes more.
		if err := l.rotate(); err != nil && !errors.Is(err, errOccupied) {
			return err
		}
	}
	return l.settle()
}

// rotate makes the next segment and only then lets go of this one. Names that
// are taken are passed over.
func (l *Log) rotate() error {
	var next *os.File
	err := errOccupied
	index := l.index
	for tries := 0; errors.Is(err, errOccupied) && tries < maxOccupied; tries++ {
		index++
		next, err = createSegment(l.dir, index)
	}
	if err != nil {
		return err
	}
	if l.seg != nil {
		if !l.suspect {
			reserve.Release(l.seg, l.size)
		}
		_ = l.seg.Close() // synced already, or given up
		l.closedSegment()
	}
	l.opts.at("segment made")
	l.seg, l.index, l.size, l.started = next, index, 0, l.opts.now()
	l.opts.Observer.SegmentOpened()
	return nil
}

// reopen goes back to what is known to be on disk: everything behind l.size was
// never acknowledged and is cut off.
func (l *Log) reopen() error {
	if l.seg != nil {
		_ = l.seg.Close() // its errors are why we are here
		l.seg = nil
	}
	path := l.path()
	f, err := safefile.Open(path, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the segment is gone", errDisturbed)
	}
	if err != nil {
		return fmt.Errorf("reopen segment: %w", err)
	}
	if err := l.verifyTail(f); err != nil {
		return errors.Join(fmt.Errorf("reopen %s: %w", path, err), f.Close())
	}
	l.seg, l.suspect = f, false
	return nil
}

// verifyTail cuts f to l.size, compares its last line with the last one
// written, and syncs it.
func (l *Log) verifyTail(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < l.size {
		return fmt.Errorf("%w: the segment has %d bytes", errDisturbed, info.Size())
	}
	if err := f.Truncate(l.size); err != nil {
		return err
	}
	if n := int64(len(l.last)); n > 0 && n <= l.size {
		got := make([]byte, n)
		if _, err := f.ReadAt(got, l.size-n); err != nil {
			return err
		}
		if !bytes.Equal(got, l.last) {
			return fmt.Errorf("%w: the last line is not the one written last", errDisturbed)
		}
	}
	return l.opts.sync(f)
}
