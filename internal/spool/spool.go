// Package spool keeps events that could not be handed to the collector: one
// file an event, holding exactly the OTLP/HTTP JSON request. Files are named by
// event id (UUIDv7), so lexical order is the order of capture.
package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Names of the files in a spool directory.
const (
	Suffix     = ".json"
	TempPrefix = ".tmp-"
)

// Errors of Write.
var (
	// ErrFull says that the spool holds as much as it may: start the collector
	// (agent-telemetry up), which empties it.
	ErrFull = errors.New("spool is full")
	// ErrBadID says that an id cannot be a file name.
	ErrBadID = errors.New("bad event id")
)

// Write stores one event durably: when it returns nil, the file has its final
// name and is on the disk. An event that is there already is left alone.
// In a spool that is full it returns ErrFull.
func Write(dir, id string, body []byte, bounds Bounds) error {
	if !validID(id) {
		return ErrBadID
	}
	bounds = bounds.orDefault()
	d, err := openDir(dir)
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // synced below
	if names, err := d.Readdirnames(bounds.Files); err == nil && bounds.full(dir, names) {
		return ErrFull
	}
	final := filepath.Join(dir, id+Suffix)
	if _, err := os.Lstat(final); err == nil {
		return nil
	}
	temp := filepath.Join(dir, TempPrefix+id+"-"+strconv.Itoa(os.Getpid()))
	if err := writeSynced(temp, body); err != nil {
		return errors.Join(err, remove(temp))
	}
	if err := os.Rename(temp, final); err != nil {
		return fmt.Errorf("name spool file: %w", errors.Join(err, remove(temp)))
	}
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync spool directory: %w", err)
	}
	return nil
}

func openDir(dir string) (*os.File, error) {
	// Whatever else stands in its place must neither block nor lead elsewhere.
	const flags = os.O_RDONLY | syscall.O_DIRECTORY | syscall.O_NONBLOCK | syscall.O_NOFOLLOW
	d, err := os.OpenFile(dir, flags, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if err := statedir.Ensure(dir); err != nil {
			return nil, err
		}
		d, err = os.OpenFile(dir, flags, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	return d, nil
}

func writeSynced(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create spool file: %w", err)
	}
	if _, err := f.Write(body); err != nil {
		return fmt.Errorf("write spool file: %w", errors.Join(err, f.Close()))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync spool file: %w", errors.Join(err, f.Close()))
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close spool file: %w", err)
	}
	return nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// validID allows what a UUID is made of.
func validID(id string) bool {
	return len(id) >= 8 && len(id) <= 64 && strings.Trim(id, "0123456789abcdefABCDEF-") == ""
}
