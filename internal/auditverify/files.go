package auditverify

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Names in a log's directory.
const (
	checkpointsName = "checkpoints"
	epochsName      = "epochs"
	receiptsName    = "anchors" // what anchors gave; the one before ends in .1
	treeName        = "tree"
	lockName        = "lock"
	segmentSuffix   = ".jsonl"
	pendingSuffix   = ".pending"
)

// maxFiles is how many names a log's directory may have.
const maxFiles = 1_000_000

var (
	segmentName = regexp.MustCompile(`^\d{8}\.jsonl$`)
	tornName    = regexp.MustCompile(`^(\d{8})\.torn-\d+(-\d+)?(\.pending)?$`)
	// What the writer leaves when it dies while it replaces a file.
	tempName = regexp.MustCompile(`^(torn|tree|checkpoints|epochs)\.tmp$`)
	// What the anchors keep besides their receipts.
	anchorName = regexp.MustCompile(`^anchors\.witness-[0-9a-f]{8}(\.tmp)?$`)
	// What the writer moved away because it was changed, or not its own.
	movedName = regexp.MustCompile(`^((checkpoints|epochs)\.disturbed-\d+|(unchained|aside)-\d{8}T\d{6}Z(-\d+)?(\.pending)?)$`)
)

// segment is a file of the log.
type segment struct {
	index uint64
	name  string
	path  string
	size  int64
	torn  bool // reading ends at limit: what is behind it is a torn tail
	limit int64
}

// files is what was found in a log's directory.
type files struct {
	segments []*segment // by index
	torn     []string   // names of copies of torn bytes
	odd      []Finding  // what does not belong there, for CheckSegments
	strange  []string   // names that are not the log's, and do it no harm
	moved    []string   // names of what the writer moved away
	bytes    int64
}

// listFiles reads the log's directory. Segments with more than one name are odd,
// unless hardLinks are allowed.
func listFiles(dir string, hardLinks bool) (*files, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the log's directory: %w", err)
	}
	if len(entries) > maxFiles {
		return nil, fmt.Errorf("list the log's directory: it has %d names, at most %d are read", len(entries), maxFiles)
	}
	f := &files{}
	odd := func(name, format string, args ...any) {
		f.odd = append(f.odd, Finding{Segment: name, Message: fmt.Sprintf(format, args...)})
	}
	for _, e := range entries {
		name := e.Name()
		if tornName.MatchString(name) {
			f.torn = append(f.torn, name)
			continue
		}
		if !segmentName.MatchString(name) {
			switch {
			case name == checkpointsName || name == epochsName || name == receiptsName || name == receiptsName+".1" || name == treeName || name == lockName || tempName.MatchString(name) || anchorName.MatchString(name):
			case movedName.MatchString(name):
				f.moved = append(f.moved, name)
			case strings.HasSuffix(name, segmentSuffix):
				odd(name, "the name is none that the log gives a segment")
			default:
				f.strange = append(f.strange, name)
			}
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", errChanged, err)
		}
		if !info.Mode().IsRegular() {
			odd(name, "not a regular file but a %s", typeOf(info.Mode()))
			continue
		}
		index, err := strconv.ParseUint(strings.TrimSuffix(name, segmentSuffix), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("list the log's directory: %w", err)
		}
		if n := names(info); n > 1 && !hardLinks {
			odd(name, "the file has %d names: it can be changed through another one", n)
		}
		f.bytes += info.Size()
		f.segments = append(f.segments, &segment{index: index, name: name, path: filepath.Join(dir, name), size: info.Size()})
	}
	slices.SortFunc(f.segments, func(a, b *segment) int { return cmp.Compare(a.index, b.index) })
	for i, s := range f.segments {
		if i > 0 && s.index != f.segments[i-1].index+1 {
			odd(s.name, "the segments %08d to %08d before it are missing", f.segments[i-1].index+1, s.index-1)
		}
		if s.size == 0 && i < len(f.segments)-1 {
			odd(s.name, "the segment is empty, and is not the last")
		}
	}
	return f, nil
}

func typeOf(m os.FileMode) string {
	switch {
	case m&os.ModeSymlink != 0:
		return "symbolic link"
	case m.IsDir():
		return "directory"
	}
	return "special file"
}

// errNotRegular says that a path is no regular file.
var errNotRegular = errors.New("not a regular file")

// openRegular opens a file for reading: never through a link, never a pipe.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w", path, errNotRegular)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// readSmall reads a whole file of at most limit bytes.
func readSmall(path string, limit int64) (b []byte, err error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: larger than %d bytes", path, limit)
	}
	return b, err
}
