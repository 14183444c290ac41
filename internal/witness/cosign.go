package witness

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Content types of refusals that say what the witness knows.
const (
	sizeType  = "text/x.tlog.size" // by the specification
	epochType = "text/x.agent-telemetry.epoch"
)

// refusal is an answer that is no success.
type refusal struct {
	status int
	known  string // what the witness knows: body of a 409
	kind   string // its content type
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func refuse(status int, err error) *refusal { return &refusal{status: status, err: err} }

var (
	errOrigin     = errors.New("this log is not known here")
	errSignature  = errors.New("no signature by a key that counts for this log")
	errOldSize    = errors.New("the old size is above the checkpoint's")
	errSize       = errors.New("the old size is not the one cosigned last")
	errFork       = errors.New("another tree of this size was cosigned")
	errProof      = errors.New("the proof does not show that the log continues what was cosigned")
	errEpoch      = errors.New("the epoch is not the one known")
	errOtherKey   = errors.New("the change is not to the next epoch, or to a key of another name")
	errUnchanging = errors.New("the keys of this log do not change")
)

// addCheckpoint checks a request, makes the new state durable and returns the
// cosignature lines. Its errors are *refusal, but for those of the disk.
func (w *Witness) addCheckpoint(r addCheckpoint) ([]byte, error) {
	c := r.checkpoint
	l := w.logs[c.Origin]
	if l == nil {
		return nil, refuse(http.StatusNotFound, errOrigin)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	keys, err := l.state.verifiers(l.pinned)
	if err != nil {
		return nil, err
	}
	if err := open(c.Note, textOf(c.Note), keys); err != nil {
		return nil, refuse(http.StatusForbidden, fmt.Errorf("%w: %w", errSignature, err))
	}
	if err := l.check(r); err != nil {
		return nil, w.keepEvidence(c, err)
	}
	sig, err := w.cosign(c)
	if err != nil {
		return nil, err
	}
	if l.state.newest.Size != c.Size || l.state.Note == "" {
		next := l.state
		next.Note, next.newest = string(c.Note), c
		if err := next.store(w.dir); err != nil {
			return nil, err
		}
		l.state = next
	}
	kept := append(append(bytes.Clone(c.Note), sig...), '\n')
	if err := appendFile(filepath.Join(w.dir, keptDir, originHash(c.Origin)), kept, maxKeptBytes, true); err != nil {
		return nil, fmt.Errorf("keep the checkpoint: %w", err)
	}
	w.persisted()
	return sig, nil
}

// check says whether the log may go on from what was cosigned to r.
func (l *log) check(r addCheckpoint) error {
	c, newest := r.checkpoint, l.state.newest // size 0 when there is none
	switch {
	case r.old > c.Size:
		return refuse(http.StatusBadRequest, errOldSize)
	case r.old != newest.Size:
		return &refusal{
			status: http.StatusConflict, err: errSize,
			known: strconv.FormatInt(newest.Size, 10) + "\n", kind: sizeType,
		}
	case l.state.Note != "" && c.Size == newest.Size && c.Root != newest.Root:
		return refuse(http.StatusConflict, errFork)
	case r.old == 0:
		// Anything continues nothing. Only the empty tree has its root.
		if empty, _ := tlog.TreeHash(0, nil); len(r.proof) > 0 || (c.Size == 0 && c.Root != empty) {
			return refuse(http.StatusUnprocessableEntity, errProof)
		}
		return nil
	}
	if err := tlog.CheckTree(r.proof, c.Size, c.Root, newest.Size, newest.Root); err != nil {
		return refuse(http.StatusUnprocessableEntity, errProof)
	}
	return nil
}

// cosign returns our signature line for a checkpoint.
func (w *Witness) cosign(c auditlog.Checkpoint) ([]byte, error) {
	text := textOf(c.Note)
	signed, err := note.Sign(&note.Note{Text: text}, w.key.signer)
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	return signed[len(text)+1:], nil
}

// keepEvidence keeps a checkpoint that the log signed and that contradicts what
// was cosigned. It returns err.
func (w *Witness) keepEvidence(c auditlog.Checkpoint, err error) error {
	if !errors.Is(err, errFork) && !errors.Is(err, errProof) {
		return err
	}
	path := filepath.Join(w.dir, evidenceDir, originHash(c.Origin))
	kept := append(bytes.Clone(c.Note), '\n')
	if fault := appendFile(path, kept, maxEvidenceBytes, false); fault != nil {
		w.logger.Error("Evidence could not be kept.", "origin", c.Origin, "error", fault)
	}
	return err
}

// addKey follows changes of a log's key and returns the epoch reached.
func (w *Witness) addKey(r addKey) (uint64, error) {
	l := w.logs[auditlog.Origin(r.changes[0].Log)]
	if l == nil {
		return 0, refuse(http.StatusNotFound, errOrigin)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.VKey == "" {
		return 0, refuse(http.StatusForbidden, errUnchanging)
	}
	if r.epoch != l.state.Epoch {
		return 0, &refusal{
			status: http.StatusConflict, err: errEpoch,
			known: strconv.FormatUint(l.state.Epoch, 10) + "\n", kind: epochType,
		}
	}
	next := l.state
	for _, change := range r.changes {
		by, err := note.NewVerifier(next.VKey)
		if err != nil {
			return 0, fmt.Errorf("log %q: %w", next.Origin, err)
		}
		if err := open(change.Note, textOf(change.Note), note.VerifierList(by)); err != nil {
			return 0, refuse(http.StatusForbidden, fmt.Errorf("%w: %w", errSignature, err))
		}
		to, err := note.NewVerifier(change.VKey)
		if err != nil || change.Epoch != next.Epoch+1 || to.Name() != auditlog.KeyName(change.Log, change.Epoch) {
			return 0, refuse(http.StatusUnprocessableEntity, errOtherKey)
		}
		next.Epoch, next.VKey = change.Epoch, change.VKey
	}
	if err := next.store(w.dir); err != nil {
		return 0, err
	}
	l.state = next
	return next.Epoch, nil
}

// newest returns the newest checkpoint cosigned of the log whose origin has that
// hash, with a cosignature of now; nil when there is none.
func (w *Witness) newest(hash string) ([]byte, error) {
	l := w.byHash[hash]
	if l == nil {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.Note == "" {
		return nil, nil
	}
	// A cosignature says that nothing newer was seen until its time.
	sig, err := w.cosign(l.state.newest)
	if err != nil {
		return nil, err
	}
	return append([]byte(l.state.Note), sig...), nil
}
