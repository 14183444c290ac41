package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const (
	epochType = "text/x.agent-telemetry.epoch"
	// Bounds of one add-key request, below the witness's own.
	maxChanges     = 128
	maxChangeBytes = 48 << 10
	maxKeyAnswer   = 4 << 10
	// maxKeyRounds is how many requests bring a witness up to date in one attempt.
	maxKeyRounds = 1000
)

var (
	errKeyAhead  = errors.New("the witness knows a newer key than the one that signed: the log or its keys were rolled back")
	errNoChange  = errors.New("the change to the key that signed is not in the log's file of them")
	errNoEpoch   = errors.New("the witness's epoch is no number")
	errKeyRounds = errors.New("the witness's epoch changes all the time: does another process anchor this log?")
)

// epochOf returns the epoch of the key that signed a checkpoint.
func epochOf(c auditlog.Checkpoint) (uint64, bool) {
	_, signatures, _ := bytes.Cut(c.Note, []byte("\n\n"))
	for line := range bytes.Lines(signatures) {
		name, _, _ := strings.Cut(strings.TrimPrefix(string(line), "— "), " ")
		if origin, epoch, ok := auditlog.ParseKeyName(name); ok && origin == c.Origin {
			return epoch, true
		}
	}
	return 0, false
}

// bringKeys tells the witness of the changes to the key that signed c.
func (w *Witness) bringKeys(ctx context.Context, c auditlog.Checkpoint) (retry bool, err error) {
	epoch, ok := epochOf(c)
	if !ok || epoch == w.epoch || w.noKeys {
		return false, nil
	}
	changes, err := auditlog.ReadKeyChanges(w.dir)
	if err != nil && !errors.Is(err, auditlog.ErrCorrupt) {
		return true, err
	}
	for range maxKeyRounds {
		if w.epoch > epoch {
			known := w.epoch
			w.epoch = 0
			return false, fmt.Errorf("%w: epoch %d, and %d signed", errKeyAhead, known, epoch)
		}
		if w.epoch == epoch {
			return false, nil
		}
		request, reached := keyRequest(w.epoch, epoch, changes)
		if reached == w.epoch {
			return true, fmt.Errorf("%w: epoch %d", errNoChange, w.epoch+1)
		}
		answer, err := w.client.Do(ctx, w.prefix+"/add-key", textType, request, maxKeyAnswer)
		if err != nil {
			return true, err
		}
		switch {
		case answer.Status == http.StatusOK:
			w.epoch = reached
		case answer.Status == http.StatusConflict && strings.HasPrefix(answer.Type, epochType):
			known, err := parseSize(answer.Body)
			if err != nil {
				return true, errNoEpoch
			}
			w.epoch = uint64(known) //nolint:gosec // not negative
		case answer.Status == http.StatusNotFound, answer.Status == http.StatusMethodNotAllowed:
			// Another make of witness, or one that does not know the log: what
			// add-checkpoint answers tells which.
			w.noKeys = answer.Status == http.StatusMethodNotAllowed
			return false, nil
		default:
			w.epoch = 0
			return answer.Err()
		}
	}
	return true, errKeyRounds
}

// keyRequest is an add-key request with the changes from one epoch on towards
// another, and the epoch that it reaches.
func keyRequest(from, to uint64, changes []auditlog.KeyChange) (request []byte, reached uint64) {
	request, reached = fmt.Appendf(nil, "epoch %d\n\n", from), from
	n := 0
	for _, k := range changes {
		if k.Epoch != reached+1 || k.Epoch > to {
			continue
		}
		if n == maxChanges || len(request)+len(k.Note)+1 > maxChangeBytes {
			break
		}
		request = append(append(request, k.Note...), '\n')
		reached = k.Epoch
		n++
	}
	return request, reached
}
