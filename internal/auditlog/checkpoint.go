package auditlog

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// CheckpointsName is the file of a log's directory that holds its checkpoints.
const CheckpointsName = "checkpoints"

// originPrefix stands in front of the log's id in a checkpoint's origin.
const originPrefix = "agent-telemetry/"

// Origin returns the origin line of a log's checkpoints.
func Origin(logID string) string { return originPrefix + logID }

// KeyName returns the name of the key that signs a log's checkpoints in an epoch.
func KeyName(logID string, epoch uint64) string {
	return Origin(logID) + "/epoch-" + strconv.FormatUint(epoch, 10)
}

// Checkpoint says what a log's tree is at a size. It is as good as the signature
// of its note, which parsing does not look at.
type Checkpoint struct {
	Origin string
	Size   int64 // leaves
	Root   tlog.Hash
	Note   []byte // the signed note's exact bytes, signatures included
}

// LogID is the id of the log whose origin the checkpoint has, "" when it is of
// something else.
func (c Checkpoint) LogID() string {
	id, ok := strings.CutPrefix(c.Origin, originPrefix)
	if !ok || !isLogID([]byte(id)) {
		return ""
	}
	return id
}

// errCheckpoint says that a note is no checkpoint.
var errCheckpoint = errors.New("not the note of a checkpoint")

// ParseCheckpoint reads a signed note as a checkpoint. It checks the form only:
// the signatures are for golang.org/x/mod/sumdb/note.Open. Extension lines are
// an error.
func ParseCheckpoint(note []byte) (Checkpoint, error) {
	text, ok := noteText(note)
	if !ok {
		return Checkpoint{}, fmt.Errorf("parse checkpoint: %w: no signature", errCheckpoint)
	}
	c, err := parseCheckpointText(string(text) + "\n")
	c.Note = bytes.Clone(note)
	return c, err
}

// text is what the checkpoint's note signs.
func (c Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// parseCheckpointText reads the text of a checkpoint's note.
func parseCheckpointText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, fmt.Errorf("parse checkpoint: %w: not three lines", errCheckpoint)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("parse checkpoint: %w: the size is no number", errCheckpoint)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize || strings.ContainsAny(lines[2], "\r\n") {
		return Checkpoint{}, fmt.Errorf("parse checkpoint: %w: the root is no hash", errCheckpoint)
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}, nil
}

// ReadCheckpoints returns the checkpoints of the log in dir, oldest first. One
// that is not whole at the end of the file is left out: a crash may have cut it
// off. With an error, which is ErrCorrupt when a note is no checkpoint, it
// returns those in front of it.
func ReadCheckpoints(dir string) ([]Checkpoint, error) {
	var all []Checkpoint
	_, err := eachNote(filepath.Join(dir, CheckpointsName), func(note []byte, at int64) error {
		c, err := ParseCheckpoint(note)
		if err != nil {
			return fmt.Errorf("%w: byte %d: %w", ErrCorrupt, at, err)
		}
		all = append(all, c)
		return nil
	})
	if err != nil {
		return all, fmt.Errorf("read checkpoints: %w", err)
	}
	return all, nil
}
