package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

var (
	// ErrNotMounted says that the directory lies on the audit log's own file
	// system.
	ErrNotMounted = errors.New("the directory is on the same file system as the audit log: " +
		"mount what belongs there, or set allow_same_filesystem")
	// ErrShrunk says that a file lost checkpoints that had been written to it.
	ErrShrunk = errors.New("the file is shorter than it was: somebody removed anchored checkpoints")
	// errForeign says that a checkpoint is none of our logs'.
	errForeign = errors.New("the checkpoint's origin names no log")
	errOther   = errors.New("not a regular file")
)

// Directory is the anchor.
type Directory struct {
	cfg   Config
	audit string // the audit log's directory
	now   func() time.Time

	name string // of the file written last
	size int64  // its length then
}

// New returns the anchor. It touches nothing yet.
func New(c *Config, s anchor.Settings) *Directory {
	return &Directory{cfg: *c, audit: s.Dir, now: time.Now}
}

// Anchor appends the checkpoint and returns when it is on disk. It has no receipt.
func (d *Directory) Anchor(_ context.Context, c auditlog.Checkpoint) (receipt []byte, retry bool, err error) {
	id := c.LogID()
	if id == "" {
		return nil, false, errForeign
	}
	if err := d.present(); err != nil {
		return nil, true, err
	}
	name := id + "-" + d.now().UTC().Format("2006-01") + ".checkpoints"
	if err := d.add(name, c.Note); err != nil {
		return nil, true, fmt.Errorf("anchor in %s: %w", d.cfg.Path, err)
	}
	return nil, false, nil
}

// Close does nothing: no file is held open, so that a mount can be taken away.
func (d *Directory) Close() error { return nil }

// present returns an error when the directory is not where it should be.
func (d *Directory) present() error {
	info, err := os.Stat(d.cfg.Path)
	if err != nil {
		return fmt.Errorf("find the directory: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: is no directory", d.cfg.Path)
	}
	if d.cfg.AllowSameFilesystem {
		return nil
	}
	own, err := os.Stat(d.audit)
	if err != nil {
		return fmt.Errorf("find the audit log: %w", err)
	}
	if sameDevice(info, own) {
		return fmt.Errorf("%s: %w", d.cfg.Path, ErrNotMounted)
	}
	return nil
}

// add appends a note to a file.
func (d *Directory) add(name string, note []byte) (err error) {
	path := filepath.Join(d.cfg.Path, name)
	_, statErr := os.Lstat(path)
	// Neither through a link nor into a pipe that would hold us up.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND|openFlags, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errOther
	}
	size := info.Size()
	if name == d.name && size < d.size {
		was := d.size
		d.size = size // told once; anchoring goes on
		return fmt.Errorf("%w: %d bytes, were %d", ErrShrunk, size, was)
	}
	text, err := repair(f, size, note)
	if err != nil {
		return err
	}
	if len(text) > 0 {
		if _, err := f.Write(text); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if errors.Is(statErr, os.ErrNotExist) {
		if err := safefile.SyncDir(d.cfg.Path); err != nil {
			return err
		}
	}
	end, err := f.Seek(0, io.SeekEnd)
	d.name, d.size = name, end
	return err
}

// repair returns what has to be appended so that the file ends with the note:
// nothing when it does already. Half a note that a crash left is kept apart from
// it by empty lines, which readers pass over: a file that may only be appended
// to cannot be cut.
func repair(f *os.File, size int64, note []byte) ([]byte, error) {
	text := append(bytes.Clone(note), '\n')
	tail := make([]byte, min(size, int64(len(text))))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	switch {
	case bytes.Equal(tail, text):
		return nil, nil
	case len(tail) == 0, bytes.HasSuffix(tail, []byte("\n\n")):
		return text, nil
	default:
		return append([]byte("\n\n"), text...), nil
	}
}
