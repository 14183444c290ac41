package auditlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"golang.org/x/mod/sumdb/tlog"
)

// errDisturbed says that somebody else changed the current segment.
var errDisturbed = errors.New("changed by another process")

// inPlace reports, as errDisturbed, a segment that was removed, replaced, cut or
// lengthened since it was last written. Writing on would go to nowhere, or over
// what was put there.
func (l *Log) inPlace() error {
	known, err := l.segfile()
	if err != nil {
		return fmt.Errorf("inspect segment: %w", err)
	}
	there, err := os.Lstat(known.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: the segment is gone", errDisturbed)
	case err != nil:
		return fmt.Errorf("inspect segment: %w", err)
	case !os.SameFile(known.identity, there):
		return fmt.Errorf("%w: another file has the segment's name", errDisturbed)
	case there.Size() != l.size:
		return fmt.Errorf("%w: the segment has %d bytes", errDisturbed, there.Size())
	}
	return nil
}

// moveOn leaves a disturbed segment as it is and goes on in a new one, which
// begins with a record of that.
func (l *Log) moveOn(why error) error {
	if err := l.relock(); err != nil {
		return err
	}
	name, size := segmentName(l.index), l.size
	if err := l.rotate(); err != nil {
		return err
	}
	l.suspect = false
	l.owe(why, name, size)
	return nil
}

// relock makes the directory again and takes the lock again when they were
// removed: a lock on a removed file keeps nobody out.
func (l *Log) relock() error {
	if err := ensureDir(l.dir); err != nil {
		return fmt.Errorf("make the log's directory again: %w", err)
	}
	path := filepath.Join(l.dir, lockName)
	there, err := os.Lstat(path)
	if err == nil {
		have, err := l.lock.Stat()
		if err == nil && os.SameFile(have, there) {
			return nil
		}
	}
	fresh := flock.New(path, flock.SetPermissions(0o600))
	locked, err := fresh.TryLock()
	if err != nil {
		return errors.Join(fmt.Errorf("lock audit log again: %w", err), fresh.Close())
	}
	if !locked {
		return errors.Join(ErrLocked, fresh.Close())
	}
	old := l.lock
	l.lock = fresh
	if err := old.Close(); err != nil {
		return fmt.Errorf("let go of the removed lock: %w", err)
	}
	return nil
}

// owed is a record of the log's own that has yet to be written.
type owed struct {
	record Record
	then   func() error // done once the record is on disk; can be nil
}

// owe remembers to record that somebody else changed a file of the log, which
// should have so many bytes. Without a reason there is nothing to record.
func (l *Log) owe(why error, name string, bytes int64) {
	if why == nil {
		return
	}
	l.owed = append(l.owed, owed{record: Record{
		Kind: KindDisturbed,
		Attributes: map[string]any{
			DisturbedSegment: name, DisturbedBytes: bytes, DisturbedNextSeq: l.chain.next(), DisturbedReason: why.Error(),
		},
	}})
	l.opts.Observer.Disturbed(why)
}

// settle writes the records that the log owes about itself.
func (l *Log) settle() error {
	for len(l.owed) > 0 {
		o := l.owed[0]
		if err := l.note(o.record); err != nil {
			return err
		}
		l.owed = l.owed[1:]
		if o.then != nil {
			if err := o.then(); err != nil {
				return err
			}
		}
	}
	return nil
}

// own appends a record of the log's own as soon as it is its turn. make is
// called when the record's place is known.
func (l *Log) own(make func() Record) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.closed {
		return ErrClosed
	}
	if err := l.ready(0); err != nil {
		return err
	}
	return l.note(make())
}

// note appends a record of the log's own. It has the time of the wall clock.
func (l *Log) note(r Record) error {
	now := l.opts.now().UTC()
	r.Time, r.ObservedTime = now, now
	record, err := r.Encode()
	if err != nil {
		return err
	}
	own := Written{FirstSeq: l.chain.next(), Records: 1, Place: Place{l.index, l.size}, Own: true}
	line := appendLine(nil, l.id, own.FirstSeq, l.chain.prev, record)
	own.bytes = len(line)
	took, err := l.write(line)
	if err != nil {
		return err
	}
	l.feed.wrote(own)
	l.last = line
	l.grown([]tlog.Hash{LeafHash(line[:len(line)-1])})
	l.opts.Observer.Committed(Commit{Records: 1, Bytes: len(line), Sync: took})
	return nil
}
