package auditlog

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// EpochsName is the file of a log's directory that holds the change to every
// key but the first, each in the same form as in the log's key records. It lets
// the keys be followed when the records of the old changes were pruned.
const EpochsName = "epochs"

// keyChangeTitle is the first line of a key change's text.
const keyChangeTitle = "agent-telemetry key"

// KeyChange says which key signs from an epoch on. Its note is signed by the key
// of the epoch before, which parsing does not look at.
type KeyChange struct {
	Log   string // the log's id
	Epoch uint64 // that begins
	VKey  string // its verification key, as golang.org/x/mod/sumdb/note writes it
	Note  []byte // the signed note's exact bytes, signature included
}

// text is what the key change's note signs.
func (k KeyChange) text() string {
	return keyChangeTitle + "\n" + k.Log + "\n" + strconv.FormatUint(k.Epoch, 10) + "\n" + k.VKey + "\n"
}

// errKeyChange says that a note is no change of keys.
var errKeyChange = errors.New("not the note of a key change")

// ParseKeyChange reads a signed note, the attribute signature of a key record,
// as a key change. It checks the form only: the signature is for
// golang.org/x/mod/sumdb/note.Open with the key of the epoch before.
func ParseKeyChange(note []byte) (KeyChange, error) {
	text, ok := noteText(note)
	lines := strings.Split(string(text), "\n")
	if !ok || len(lines) != 4 || lines[0] != keyChangeTitle || !isLogID([]byte(lines[1])) || lines[3] == "" {
		return KeyChange{}, fmt.Errorf("parse key change: %w", errKeyChange)
	}
	epoch, err := strconv.ParseUint(lines[2], 10, 64)
	if err != nil || epoch == 0 || strconv.FormatUint(epoch, 10) != lines[2] {
		return KeyChange{}, fmt.Errorf("parse key change: %w: the epoch is no number", errKeyChange)
	}
	return KeyChange{Log: lines[1], Epoch: epoch, VKey: lines[3], Note: bytes.Clone(note)}, nil
}

// ReadKeyChanges returns the key changes of the log in dir, oldest first: epoch
// 1, 2 and so on. One that is not whole at the end of the file is left out, and
// so can be the newest after a crash: its record is in the log. With an error,
// which is ErrCorrupt when a note is no key change, it returns those in front of it.
func ReadKeyChanges(dir string) ([]KeyChange, error) {
	var all []KeyChange
	_, err := eachNote(filepath.Join(dir, EpochsName), func(note []byte, at int64) error {
		k, err := ParseKeyChange(note)
		if err != nil {
			return fmt.Errorf("%w: byte %d: %w", ErrCorrupt, at, err)
		}
		all = append(all, k)
		return nil
	})
	if err != nil {
		return all, fmt.Errorf("read key changes: %w", err)
	}
	return all, nil
}
