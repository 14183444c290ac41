package auditlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// errDisturbed says that somebody else changed the current segment.
var errDisturbed = errors.New("changed by another process")

// inPlace reports, as errDisturbed, a segment that was removed, replaced, cut or
// lengthened since it was last written. Writing on would go to nowhere, or over
// what was put there.
func (l *Log) inPlace() error {
	have, err := l.seg.Stat()
	if err != nil {
		return fmt.Errorf("inspect segment: %w", err)
	}
	there, err := os.Lstat(l.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: the segment is gone", errDisturbed)
	case err != nil:
		return fmt.Errorf("inspect segment: %w", err)
	case !os.SameFile(have, there):
		return fmt.Errorf("%w: another file has the segment's name", errDisturbed)
	case have.Size() != l.size:
		return fmt.Errorf("%w: the segment has %d bytes", errDisturbed, have.Size())
	}
	return nil
}

// moveOn leaves a disturbed segment as it is and goes on in a new one, which
// begins with a record of that.
func (l *Log) moveOn(why error) error {
	if err := l.relock(); err != nil {
		return err
	}
	now := l.opts.now().UTC()
	note := Record{
		Kind: KindDisturbed, Time: now, ObservedTime: now,
		Attributes: map[string]any{
			DisturbedSegment: segmentName(l.index), DisturbedBytes: l.size, DisturbedNextSeq: l.seq, DisturbedReason: why.Error(),
		},
	}
	if err := l.rotate(); err != nil {
		return err
	}
	l.suspect = false
	l.owed = append(l.owed, note)
	l.opts.Observer.Disturbed(why)
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

// settle writes the records that the log owes about itself.
func (l *Log) settle() error {
	for len(l.owed) > 0 {
		if err := l.note(l.owed[0]); err != nil {
			return err
		}
		l.owed = l.owed[1:]
	}
	return nil
}

// note appends a record of the log's own.
func (l *Log) note(r Record) error {
	record, err := r.Encode()
	if err != nil {
		return err
	}
	line := appendLine(nil, l.seq, record)
	took, err := l.write(line)
	if err != nil {
		return err
	}
	l.seq++
	l.last = line
	l.opts.Observer.Committed(Commit{Records: 1, Bytes: len(line), Sync: took})
	return nil
}
