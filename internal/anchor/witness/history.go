package witness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

var (
	// ErrLog says that the log's files do not match its checkpoint.
	ErrLog = errors.New("the log's files do not lead to its checkpoint")
	// errPruned says that lines that a proof needs were pruned.
	errPruned = errors.New("the witness is behind what was pruned: no proof from there can be made any more")
)

// maxSavedBytes is more than the file of the span ever has.
const maxSavedBytes = 16 << 10

// history makes consistency proofs of a log.
type history struct {
	dir, logID string
	path       string // of the saved span

	reader *auditlog.LeafReader // nil before the first proof
	fresh  bool                 // left was read from the lines, for this proof
	left   *span                // the leaves that the witness knows
	right  *span                // those read since
}

// proof returns the proof from the tree of size from to the checkpoint.
func (h *history) proof(ctx context.Context, from int64, to auditlog.Checkpoint) ([]tlog.Hash, error) {
	h.fresh = false
	proof, err := h.prove(ctx, from, to)
	if errors.Is(err, ErrLog) {
		again := !h.fresh // what was kept may be wrong, not the log
		h.forget()
		if again {
			proof, err = h.prove(ctx, from, to)
		}
	}
	return proof, err
}

func (h *history) prove(ctx context.Context, from int64, to auditlog.Checkpoint) ([]tlog.Hash, error) {
	if h.reader == nil || h.left.end != from || h.right.end > to.Size {
		if err := h.start(ctx, from); err != nil {
			return nil, err
		}
	}
	if err := h.reader.Read(ctx, to.Size, h.right.leaf); err != nil {
		return nil, logError(err)
	}
	if h.left.join(h.right).root(0, to.Size) != to.Root {
		return nil, fmt.Errorf("%w of %d records", ErrLog, to.Size)
	}
	return prove(h.left, h.right), nil
}

// logError tells lines that are not there from files that cannot be read.
func logError(err error) error {
	if errors.Is(err, auditlog.ErrNoLeaves) {
		return fmt.Errorf("%w: %w", ErrLog, err)
	}
	return err
}

// accepted notes that the witness has the checkpoint of the proof made last.
func (h *history) accepted(to auditlog.Checkpoint) {
	if h.reader == nil || h.right.end != to.Size {
		return
	}
	h.left, h.right = h.left.join(h.right), &span{begin: to.Size, end: to.Size}
	h.save()
}

// forget makes the next proof begin anew.
func (h *history) forget() {
	h.reader = nil
	_ = os.Remove(h.path) // one that stays is found to be wrong again
}

// start sets left to the leaves before from, and right to none.
func (h *history) start(ctx context.Context, from int64) error {
	h.reader = nil
	known := h.saved()
	if h.fresh = known == nil || known.Size() > from; h.fresh {
		if known = auditlog.PrunedRange(h.dir); known.Size() > from {
			return fmt.Errorf("%w: it has %d records, the log begins at %d", errPruned, from, known.Size())
		}
	}
	left := spanOf(known)
	reader, err := auditlog.NewLeafReader(h.dir, h.logID, left.end)
	if err != nil {
		return logError(err)
	}
	if err := reader.Skip(ctx, left.end); err != nil {
		return logError(err)
	}
	if err := reader.Read(ctx, from, left.leaf); err != nil {
		return logError(err)
	}
	h.reader, h.left, h.right = reader, left, &span{begin: from, end: from}
	return nil
}

// spanOf returns the span of a compact range.
func spanOf(r *auditlog.CompactRange) *span {
	s, size, hashes := &span{}, r.Size(), r.Hashes()
	for level := 62; level >= 0; level-- {
		if size>>level&1 == 1 {
			s.add(node{level: level, hash: hashes[0]})
			hashes = hashes[1:]
		}
	}
	return s
}

// savedSpan is the file of the span.
type savedSpan struct {
	Log    string      `json:"log"`
	Size   int64       `json:"size"`
	Hashes []tlog.Hash `json:"hashes"`
}

// save keeps left for the next start. It is not synced: a lost or wrong one costs
// that start the time to read the log.
func (h *history) save() {
	s := savedSpan{Log: h.logID, Size: h.left.end}
	for _, n := range h.left.nodes {
		s.Hashes = append(s.Hashes, n.hash)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return
	}
	temp := h.path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|safefile.NoFollow, 0o600)
	if err != nil {
		return
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, h.path)
	}
	if err != nil {
		_ = os.Remove(temp) // there is none, or it is overwritten the next time
	}
}

// saved reads what save wrote; nil when there is nothing sound.
func (h *history) saved() *auditlog.CompactRange {
	b, err := safefile.Read(h.path, maxSavedBytes)
	if err != nil {
		return nil
	}
	var s savedSpan
	if json.Unmarshal(b, &s) != nil || s.Log != h.logID {
		return nil
	}
	r, err := auditlog.NewCompactRange(s.Size, slices.Clone(s.Hashes))
	if err != nil {
		return nil
	}
	return r
}

// spanPath is the file of the span for a witness's key.
func spanPath(dir string, keyHash uint32) string {
	return filepath.Join(dir, fmt.Sprintf("anchors.witness-%08x", keyHash))
}
