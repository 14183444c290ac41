package auditlog

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

const (
	segmentSuffix = ".jsonl"
	segmentDigits = 8
	maxIndex      = 99_999_999
	lockName      = "lock"
)

// Segment is one file of a log.
type Segment struct {
	Index    uint64
	Path     string
	Size     int64     // bytes
	Modified time.Time // time of the last write
}

func segmentName(index uint64) string {
	return fmt.Sprintf("%0*d%s", segmentDigits, index, segmentSuffix)
}

func parseSegmentName(name string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return 0, false
	}
	index, err := strconv.ParseUint(digits, 10, 64)
	// A name that does not come back the same is not one of ours.
	return index, err == nil && index <= maxIndex && segmentName(index) == name
}

// Segments lists a log's segments, oldest first. A directory that is not there
// has none. What is no regular file is left out: a link could lead anywhere.
func Segments(dir string) ([]Segment, error) {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list audit log: %w", err)
	}
	var found []Segment
	for _, entry := range names {
		index, ok := parseSegmentName(entry.Name())
		if !ok {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since the directory was read
		}
		if err != nil {
			return nil, fmt.Errorf("list audit log: %w", err)
		}
		if !info.Mode().IsRegular() {
			continue
		}
		found = append(found, Segment{Index: index, Path: filepath.Join(dir, entry.Name()), Size: info.Size(), Modified: info.ModTime()})
	}
	slices.SortFunc(found, func(a, b Segment) int { return cmp.Compare(a.Index, b.Index) })
	return found, nil
}

// segfile is what does not change while a segment is open, and is asked for with
// each group.
type segfile struct {
	of       *os.File
	path     string
	identity os.FileInfo // no other file has it as long as this one is open
	reserved int64       // where blocks are reserved up to
}

// segfile returns what is known of the segment that is written.
func (l *Log) segfile() (*segfile, error) {
	if l.known.of != l.seg {
		identity, err := l.seg.Stat()
		if err != nil {
			return nil, err
		}
		l.known = segfile{of: l.seg, path: l.path(), identity: identity}
	}
	return &l.known, nil
}

// openSegment opens a segment for reading, never through a link.
func openSegment(path string) (*os.File, error) {
	f, err := safefile.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("open audit segment: %w", err)
	}
	return f, nil
}

// readSmall reads a file, never through a link and never more than limit bytes.
func readSmall(path string, limit int64) ([]byte, error) {
	f, err := safefile.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit))
	return b, errors.Join(err, f.Close())
}

// errOccupied says that a segment's name is taken by something else.
var errOccupied = errors.New("the segment's name is taken")

// maxOccupied is how many taken names are passed over for a free one.
const maxOccupied = 100

// createSegment makes a segment and makes its name durable. An empty file of
// that name, left by a crash, is taken over; anything else is errOccupied.
func createSegment(dir string, index uint64) (*os.File, error) {
	path := filepath.Join(dir, segmentName(index))
	if index > maxIndex {
		return nil, fmt.Errorf("create audit segment: %w: there is none behind %d", errOccupied, maxIndex)
	}
	if info, err := os.Lstat(path); err == nil && (!info.Mode().IsRegular() || info.Size() > 0) {
		return nil, fmt.Errorf("create audit segment %s: %w", path, errOccupied)
	}
	f, err := safefile.Open(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("create audit segment: %w", err)
	}
	if err := safefile.SyncDir(dir); err != nil {
		return nil, fmt.Errorf("create audit segment: %w", errors.Join(err, f.Close()))
	}
	return f, nil
}
