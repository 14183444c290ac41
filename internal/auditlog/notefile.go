package auditlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// noteFile is a file to which signed notes are appended, each followed by an
// empty line.
type noteFile struct {
	dir, name string
	sync      func(*os.File) error
	f         *os.File // nil when it has to be opened
	size      int64    // that is known to be on disk
}

func (n *noteFile) path() string { return filepath.Join(n.dir, n.name) }

// recover reads the notes that are there, with fn, and cuts off a note that is
// not whole. A file with anything else in it is renamed, so that a new one can
// begin; disturbed then says what was seen.
func (n *noteFile) recover(fn func(note []byte) error) (disturbed, err error) {
	end, err := eachNote(n.path(), func(note []byte, _ int64) error { return fn(note) })
	if err != nil {
		disturbed = fmt.Errorf("%w: %s: %w", errDisturbed, n.name, err)
		return disturbed, n.moveAway()
	}
	info, err := os.Lstat(n.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n.size = end
	if info.Size() == end {
		return nil, nil
	}
	return nil, n.reopen() // cuts
}

// append makes the notes durable, all or none. A file that somebody else
// changed meanwhile is renamed and a new one is begun: disturbed says so.
func (n *noteFile) append(notes ...[]byte) (disturbed, err error) {
	if disturbed = n.inPlace(); disturbed != nil {
		if err := n.moveAway(); err != nil {
			return nil, err
		}
	}
	if n.f == nil {
		if err := n.reopen(); err != nil {
			return disturbed, err
		}
	}
	var b []byte
	for _, note := range notes {
		b = append(append(b, note...), '\n')
	}
	_, err = n.f.WriteAt(b, n.size)
	if err == nil {
		err = n.sync(n.f)
	}
	if err != nil {
		err = errors.Join(err, n.f.Truncate(n.size), n.close())
		return disturbed, fmt.Errorf("append to %s: %w", n.name, err)
	}
	n.size += int64(len(b))
	return disturbed, nil
}

// inPlace reports a file that was removed, replaced, cut or lengthened.
func (n *noteFile) inPlace() error {
	there, err := os.Lstat(n.path())
	switch {
	case errors.Is(err, fs.ErrNotExist) && n.size == 0:
		return nil
	case err != nil:
		return fmt.Errorf("%w: %s: %w", errDisturbed, n.name, err)
	case !there.Mode().IsRegular():
		return fmt.Errorf("%w: %s is no file", errDisturbed, n.name)
	case n.f == nil && there.Size() >= n.size: // what lies behind is cut off
		return nil
	case there.Size() != n.size:
		return fmt.Errorf("%w: %s has %d bytes and should have %d", errDisturbed, n.name, there.Size(), n.size)
	}
	have, err := n.f.Stat()
	if err != nil || !os.SameFile(have, there) {
		return fmt.Errorf("%w: another file has the name %s", errDisturbed, n.name)
	}
	return nil
}

// reopen opens the file, makes it when it is not there, and cuts off what was
// not known to be on disk.
func (n *noteFile) reopen() error {
	f, err := safefile.Open(n.path(), os.O_RDWR|os.O_CREATE)
	if err != nil {
		return fmt.Errorf("open %s: %w", n.name, err)
	}
	err = f.Truncate(n.size)
	if err == nil {
		err = n.sync(f)
	}
	if err == nil {
		err = safefile.SyncDir(n.dir)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", n.name, errors.Join(err, f.Close()))
	}
	n.f = f
	return nil
}

// moveAway gives what is there another name.
func (n *noteFile) moveAway() error {
	_ = n.close() // it is no longer ours
	n.size = 0
	if _, err := os.Lstat(n.path()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := moveAway(n.path()); err != nil {
		return err
	}
	return safefile.SyncDir(n.dir)
}

func (n *noteFile) close() error {
	if n.f == nil {
		return nil
	}
	err := n.f.Close()
	n.f = nil
	return err
}
