package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Bounds of a log file: one that has grown past maxLog is copied to a file with
// the ending .1 and emptied.
const (
	maxLog      = 10 << 20
	rotateEvery = 5 * time.Second
)

func openLog(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err == nil && info.Mode().Perm() != 0o600 {
		err = f.Chmod(0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, errors.Join(err, f.Close()))
	}
	return f, nil
}

// rotateAll keeps the logs small until ctx is done.
func (s *supervisor) rotateAll(ctx context.Context, paths []string) {
	tick := time.NewTicker(rotateEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, path := range paths {
			if err := rotate(path, maxLog); err != nil {
				s.logf("%v", err)
			}
		}
	}
}

// rotate empties a log that is larger than limit, in place: the process that
// writes to it holds it open and appends.
func rotate(path string, limit int64) error {
	info, err := os.Lstat(path)
	if err != nil || info.Size() <= limit || !info.Mode().IsRegular() {
		return nil
	}
	f, err := openLog(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing is buffered
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return fmt.Errorf("rotate log: %w", err)
	}
	_, err = io.Copy(tmp, io.NewSectionReader(f, max(0, info.Size()-limit), limit))
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path+".1")
	}
	if err != nil {
		return fmt.Errorf("rotate log: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("rotate log: %w", err)
	}
	return nil
}
