package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/spool"
)

// waiting is a file of the spool.
type waiting struct {
	name string
	size int64
	time time.Time
}

// scan lists the oldest events in the order of their capture, and takes care of
// what dead hooks left. What is not named like an event comes behind what is:
// whoever fills the directory with other things holds up no event.
func (r *hookReceiver) scan(dir string) ([]waiting, spoolSize, error) {
	names, err := readNames(dir)
	if err != nil {
		return nil, spoolSize{}, err
	}
	slices.SortFunc(names, func(a, b string) int {
		if x, y := isEvent(a), isEvent(b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.TrimPrefix(a, spool.TempPrefix), strings.TrimPrefix(b, spool.TempPrefix))
	})
	var files []waiting
	size := spoolSize{}
	for i, name := range names {
		if len(files) == scanFiles { // the rest is counted only
			size.Files += len(names) - i
			break
		}
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil || info.IsDir() {
			continue
		}
		if strings.HasPrefix(name, spool.TempPrefix) && time.Since(info.ModTime()) < leftoverAge {
			continue
		}
		files = append(files, waiting{name: name, size: info.Size(), time: info.ModTime()})
		size.Files++
		size.Bytes += info.Size()
		size.OldestSeconds = max(size.OldestSeconds, time.Since(info.ModTime()).Seconds())
	}
	r.noteSize(context.Background(), size)
	return files, size, nil
}

// readNames reads the names of a spool's files. A hook does not write into a
// directory that has so many.
func readNames(dir string) ([]string, error) {
	d, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list spool: %w", err)
	}
	defer d.Close() //nolint:errcheck // read only
	names, err := d.Readdirnames(scanNames)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("list spool: %w", err)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return name == rejectedDir || strings.HasPrefix(name, ".") && !strings.HasPrefix(name, spool.TempPrefix)
	}), nil
}

// isEvent reports whether a name is one that a hook gives to an event, or to one
// that it has not finished.
func isEvent(name string) bool {
	id, ok := strings.CutSuffix(name, spool.Suffix)
	if temp, unfinished := strings.CutPrefix(name, spool.TempPrefix); unfinished {
		id, ok = temp[:min(uuidLength, len(temp))], true
	}
	return ok && len(id) == uuidLength && uuid.Validate(id) == nil
}

// uuidLength is that of a UUID's usual form.
const uuidLength = 36
