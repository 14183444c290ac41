// Package auditcursor keeps how far a reader of the audit log has delivered it, in
// a small file.
//
// The file is not synced: an older one that a crash leaves has records delivered
// again, which every backend of the audit log has to recognise anyway.
package auditcursor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Suffix of the files' names.
const Suffix = ".cursor"

// maxBytes bounds what is read: anybody who runs as this user can write there.
const maxBytes = 4 << 10

// ErrInvalid says that a file holds no cursor.
var ErrInvalid = errors.New("no cursor of the audit log; remove the file to have the whole log delivered again")

// Cursor is how far a reader has come.
type Cursor struct {
	// Log is the id of the log; another log is read from its beginning.
	Log string `json:"log"`
	// NextSeq is the first record that was not delivered.
	NextSeq uint64 `json:"next_seq"`
	// Taken is the first record that was not even taken in: those between NextSeq and
	// it wait only for the end of their window. 0 when there are none.
	Taken uint64 `json:"taken,omitempty"`
	// Segment and Offset say where it was expected to begin.
	Segment uint64 `json:"segment"`
	Offset  int64  `json:"offset"`
	// CaughtUp is when everything there was had been delivered for the last time;
	// zero when that never was.
	CaughtUp time.Time `json:"caught_up,omitzero"`
	// Skipped counts records that were not there any more, or could not be read,
	// when it was their turn.
	Skipped uint64 `json:"skipped,omitempty"`
	// Refused counts records that the backend will never take.
	Refused uint64 `json:"refused,omitempty"`
}

// Place is where the next record was expected to begin.
func (c Cursor) Place() auditlog.Place {
	return auditlog.Place{Segment: c.Segment, Offset: c.Offset}
}

// Behind is how many of a log's records, up to next, could be delivered and were not.
func (c Cursor) Behind(log string, next uint64) uint64 {
	at := max(c.NextSeq, c.Taken)
	switch {
	case c.Log != log:
		return next
	case at < next:
		return next - at
	}
	return 0
}

// File is where the cursor of a reader of that name lies in dir. Every name has a
// file of its own.
func File(dir, name string) string {
	return filepath.Join(dir, url.PathEscape(name)+Suffix)
}

// Read reads a cursor. There may be none: fs.ErrNotExist. What is no cursor is
// ErrInvalid.
func Read(path string) (c Cursor, err error) {
	raw, err := safefile.Read(path, maxBytes)
	if errors.Is(err, safefile.ErrNoFile) || errors.Is(err, safefile.ErrTooLarge) {
		err = errors.Join(ErrInvalid, err)
	}
	if err != nil {
		return Cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	if err := json.Unmarshal(raw, &c); err != nil || c.Log == "" || c.Offset < 0 {
		return Cursor{}, fmt.Errorf("read cursor %s: %w", path, errors.Join(ErrInvalid, err))
	}
	return c, nil
}

// Write puts c in the place of the cursor that was there, in one step. The
// directory is made when it is not there.
func Write(path string, c Cursor) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write cursor: %w", err)
	}
	if err := safefile.Replace(path, append(raw, '\n'), false); err != nil {
		return fmt.Errorf("write cursor: %w", err)
	}
	return nil
}
