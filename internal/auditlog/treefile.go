package auditlog

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// treeName is the file of a log's directory that spares Open to read the whole
// log. It is believed only as far as a checkpoint agrees with it.
const treeName = "tree"

// maxTreeBytes is more than the file ever has.
const maxTreeBytes = 64 << 10

// treeFile is the content of the file, in JSON.
type treeFile struct {
	Log    string   `json:"log"`
	Size   int64    `json:"size"`
	Hashes []string `json:"hashes"` // compact range, hex
	Last   string   `json:"last"`   // leaf hash of the last line, hex
	// Segment and Offset are where the last line begins.
	Segment uint64 `json:"segment"`
	Offset  int64  `json:"offset"`
	// PrunedSize and Pruned are the compact range of what was pruned.
	PrunedSize int64    `json:"pruned_size,omitempty"`
	Pruned     []string `json:"pruned,omitempty"`
	Checkpoint string   `json:"checkpoint"` // the note that agrees with it
}

// state is what a tree file says.
type state struct {
	logID      string
	chain      chain
	segment    uint64
	offset     int64
	pruned     *CompactRange // nil when nothing was pruned
	checkpoint Checkpoint
}

// writeTree replaces the file. It is not synced: one that is lost or old costs
// the next Open time and nothing else.
func writeTree(dir string, s *state) error {
	t := treeFile{
		Log: s.logID, Size: s.chain.tree.size, Hashes: hexHashes(s.chain.tree.hashes), Last: hex.EncodeToString(s.chain.prev[:]),
		Segment: s.segment, Offset: s.offset, Checkpoint: string(s.checkpoint.Note),
	}
	if s.pruned != nil {
		t.PrunedSize, t.Pruned = s.pruned.size, hexHashes(s.pruned.hashes)
	}
	b, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write tree: %w", err)
	}
	temp := filepath.Join(dir, treeName+".tmp")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|safefile.NoFollow, 0o600)
	if err != nil {
		return fmt.Errorf("write tree: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, filepath.Join(dir, treeName))
	}
	if err != nil {
		return fmt.Errorf("write tree: %w", err)
	}
	return nil
}

// readTree reads the file and holds it to its own checkpoint, but for the
// signature. A file that is missing or wrong is nil.
func readTree(dir string) *state {
	b, err := readSmall(filepath.Join(dir, treeName), maxTreeBytes)
	if err != nil {
		return nil
	}
	var t treeFile
	if json.Unmarshal(b, &t) != nil {
		return nil
	}
	s := &state{logID: t.Log, segment: t.Segment, offset: t.Offset}
	tree, err := parseRange(t.Size, t.Hashes)
	if err != nil || t.Offset < 0 {
		return nil
	}
	s.chain.tree = *tree
	if s.chain.prev, err = parseHash(t.Last); err != nil {
		return nil
	}
	if t.PrunedSize > 0 {
		if s.pruned, err = parseRange(t.PrunedSize, t.Pruned); err != nil {
			return nil
		}
	}
	if s.checkpoint, err = ParseCheckpoint([]byte(t.Checkpoint)); err != nil {
		return nil
	}
	if s.checkpoint.LogID() != t.Log || s.checkpoint.Size != t.Size || s.checkpoint.Root != tree.Root() {
		return nil
	}
	return s
}

func hexHashes(hashes []tlog.Hash) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = hex.EncodeToString(h[:])
	}
	return out
}

func parseHash(s string) (h tlog.Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != tlog.HashSize {
		return h, fmt.Errorf("%q is no hash", s)
	}
	return tlog.Hash(b), nil
}

// parseRange reads a compact range with its hashes in hex.
func parseRange(size int64, hashes []string) (*CompactRange, error) {
	parsed := make([]tlog.Hash, len(hashes))
	for i, s := range hashes {
		var err error
		if parsed[i], err = parseHash(s); err != nil {
			return nil, err
		}
	}
	return NewCompactRange(size, parsed)
}
