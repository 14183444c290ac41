package health

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// maxEntries bounds how many files of a directory are looked at.
const maxEntries = 200_000

// Spool is what waits for the collector.
type Spool struct {
	Files    int        `json:"files"`
	Bytes    int64      `json:"bytes"`
	Oldest   *time.Time `json:"oldest"`   // null when nothing waits
	Rejected int        `json:"rejected"` // files that the receiver put aside
}

// ReadSpool looks at the spool. A spool that is not there is empty.
func ReadSpool(home statedir.Dir) (Spool, error) {
	var s Spool
	dir, err := safefile.OpenDir(home.Spool())
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("look at the spool: %w", err)
	}
	defer dir.Close() //nolint:errcheck // only read
	entries, err := dir.ReadDir(maxEntries)
	if err != nil && len(entries) == 0 && !isEOF(err) {
		return s, fmt.Errorf("look at the spool: %w", err)
	}
	for _, e := range entries {
		switch {
		case e.IsDir() && e.Name() == RejectedDir:
			s.Rejected = count(filepath.Join(home.Spool(), e.Name()))
		case e.Type().IsRegular() && strings.HasSuffix(e.Name(), spool.Suffix):
			info, err := e.Info()
			if err != nil {
				continue // taken meanwhile
			}
			s.Files++
			s.Bytes += info.Size()
			if t := info.ModTime(); s.Oldest == nil || t.Before(*s.Oldest) {
				utc := t.UTC()
				s.Oldest = &utc
			}
		}
	}
	return s, nil
}

// RejectedDir is where the receiver puts spool files that it cannot take.
const RejectedDir = "rejected"

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

func count(dir string) int {
	d, err := safefile.OpenDir(dir)
	if err != nil {
		return 0
	}
	defer d.Close() //nolint:errcheck // only read
	names, _ := d.Readdirnames(maxEntries)
	return len(names)
}

// Audit is the size of the audit log.
type Audit struct {
	Segments int        `json:"segments"`
	Bytes    int64      `json:"bytes"`
	Modified *time.Time `json:"modified"` // last write; null without one
}

// ReadAudit looks at the audit log.
func ReadAudit(home statedir.Dir) (Audit, error) {
	segments, err := auditlog.Segments(home.Audit())
	if err != nil {
		return Audit{}, err
	}
	a := Audit{Segments: len(segments)}
	for _, s := range segments {
		a.Bytes += s.Size
		if t := s.Modified.UTC(); s.Size > 0 && (a.Modified == nil || t.After(*a.Modified)) {
			a.Modified = &t
		}
	}
	return a, nil
}

// DirSize returns the bytes of the regular files below dir; links are not
// followed, and at most 200,000 entries are counted.
func DirSize(dir string) int64 {
	var total int64
	n := 0
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if n++; n > maxEntries {
			return fs.SkipAll
		}
		if err != nil {
			return nil //nolint:nilerr // what cannot be read has no size for us
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// Disk is the file system of the state directory, in bytes.
type Disk struct {
	Free  uint64 `json:"free"` // for this user
	Total uint64 `json:"total"`
}

// ReadDisk looks at the file system that holds the state directory.
func ReadDisk(home statedir.Dir) (Disk, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(string(home), &st); err != nil {
		return Disk{}, fmt.Errorf("look at the disk: %w", err)
	}
	size := uint64(st.Bsize) //nolint:gosec // never negative
	return Disk{Free: st.Bavail * size, Total: st.Blocks * size}, nil
}
