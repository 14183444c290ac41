package auditlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Open opens the log in dir for writing and makes it when it is not there. It
// sets aside what a crash left. Errors: ErrLocked when another process writes
// the log, else what the file system said.
func Open(dir string, options Options) (*Log, error) {
	l := &Log{dir: dir, opts: options.withDefaults()}
	if err := ensureDir(dir); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	l.lock = flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	locked, err := l.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock audit log: %w", errors.Join(err, l.lock.Close()))
	}
	if !locked {
		return nil, fmt.Errorf("open audit log %s: %w", dir, errors.Join(ErrLocked, l.lock.Close()))
	}
	if err := l.recover(); err != nil {
		return nil, fmt.Errorf("open audit log %s: %w", dir, errors.Join(err, l.Close()))
	}
	return l, nil
}

func (l *Log) path() string { return filepath.Join(l.dir, segmentName(l.index)) }

// ensureDir makes dir (and its parents) and holds it at 0700.
func ensureDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a directory needs its x bit
}

// recover finds the end of the log and makes it sound.
func (l *Log) recover() error {
	segments, err := Segments(l.dir)
	if err != nil {
		return err
	}
	if len(segments) == 0 {
		return l.first()
	}
	current := segments[len(segments)-1]
	l.index = current.Index
	if l.seg, err = os.OpenFile(current.Path, os.O_RDWR|noFollow, 0); err != nil {
		return err
	}
	tail, err := readTail(l.seg, current.Size)
	if err != nil {
		return fmt.Errorf("read %s: %w", current.Path, err)
	}
	if tail.lines == 0 {
		// The segment has no whole line: the number comes from the one before.
		if tail.next, err = nextSeq(segments[:len(segments)-1]); err != nil {
			return err
		}
	}
	l.seq, l.size, l.last = tail.next, tail.end, tail.last
	l.started = startOf(l.seg, l.opts.now())
	l.window = newWindow(l.opts.DuplicateWindow)
	if err := refill(l.window, l.dir); err != nil {
		return err
	}
	if current.Size > tail.end {
		if err := l.setAside(tail.end, current.Size); err != nil {
			return fmt.Errorf("set a torn tail aside: %w", err)
		}
	}
	if err := l.recordTorn(); err != nil {
		return fmt.Errorf("record a torn tail: %w", err)
	}
	return nil
}

// first makes the first segment of a new log.
func (l *Log) first() error {
	f, err := createSegment(l.dir, 0)
	if err != nil {
		return err
	}
	l.seg, l.started, l.window = f, l.opts.now(), newWindow(l.opts.DuplicateWindow)
	l.opts.Observer.SegmentOpened()
	// The directory's own name has to last, too.
	return syncDir(filepath.Dir(filepath.Clean(l.dir)))
}
