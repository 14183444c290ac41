package queuestorageextension

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/reserve"
)

const segmentSuffix = ".seg1"

var segmentName = regexp.MustCompile(`^[0-9a-f]{16}-[0-9a-f]{16}\.seg1$`)

// segment is one file of the journal.
type segment struct {
	id   uint64
	salt salt
	path string
	file *os.File
	size int64
	// reserved is up to where blocks are ready.
	reserved int64
	head     int64 // bytes of the snapshot it begins with
	// live is how many bytes of live values and keys it holds, held how many
	// items were deleted from it without that being recorded yet.
	live int64
	held int
	// movedBy is the newest record that holds again what was live here. The file
	// may go only when that is durable.
	movedBy uint64
	// synced is how far it is known to be durable.
	synced int64
	sealed bool // nothing more is appended
	// suspect is set by a failed sync: what is beyond synced must not be trusted,
	// whatever a later sync says.
	suspect bool
}

func newSegment(dir string, id uint64) (*segment, error) {
	s := &segment{id: id}
	// no UTF-8 text has this byte, so none has the marker
	rand.Read(s.salt[:])
	s.salt[0] = 0xff
	s.path = filepath.Join(dir, fmt.Sprintf("%016x-%s%s", id, hex.EncodeToString(s.salt[:]), segmentSuffix))
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make segment: %w", err)
	}
	s.file = f
	return s, nil
}

// openSegment opens an existing file whose name matches segmentName.
func openSegment(dir, name string) (*segment, error) {
	s := &segment{path: filepath.Join(dir, name), sealed: true}
	var err error
	if s.id, err = strconv.ParseUint(name[:16], 16, 64); err != nil {
		return nil, fmt.Errorf("segment number: %w", err)
	}
	if _, err = hex.Decode(s.salt[:], []byte(name[17:33])); err != nil {
		return nil, fmt.Errorf("segment salt: %w", err)
	}
	if s.file, err = os.OpenFile(s.path, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0); err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	info, err := s.file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", s.path)
	}
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", errors.Join(err, s.file.Close()))
	}
	s.size = info.Size()
	return s, nil
}

// write appends; on failure nothing of it stays, or the segment is sealed.
func (s *segment) write(data []byte) error {
	s.reserved = reserve.Ahead(s.file, s.size, s.reserved)
	if _, err := s.file.WriteAt(data, s.size); err != nil {
		if s.file.Truncate(s.size) != nil {
			s.sealed = true
		}
		return fmt.Errorf("write journal: %w", err)
	}
	s.size += int64(len(data))
	return nil
}

func (s *segment) name() string { return filepath.Base(s.path) }
