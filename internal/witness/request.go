package witness

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const (
	// MaxRequestBytes is the longest request taken.
	MaxRequestBytes = 64 << 10
	maxProof        = 63 // hashes, by the specification
)

var errRequest = errors.New("malformed request")

// addCheckpoint is a request to cosign.
type addCheckpoint struct {
	old        int64
	proof      []tlog.Hash
	checkpoint auditlog.Checkpoint
}

// parseAddCheckpoint reads the body of an add-checkpoint request. It checks the
// form only.
func parseAddCheckpoint(body []byte) (addCheckpoint, error) {
	var r addCheckpoint
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return r, fmt.Errorf("%w: no empty line before the checkpoint", errRequest)
	}
	lines := bytes.Split(head, []byte("\n"))
	old, err := number(lines[0], "old ")
	if err != nil || old > 1<<62 {
		return r, fmt.Errorf("%w: the first line is not the old size", errRequest)
	}
	r.old = int64(old)
	if len(lines) > 1+maxProof {
		return r, fmt.Errorf("%w: more than %d hashes", errRequest, maxProof)
	}
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(string(line))
		if err != nil || len(hash) != tlog.HashSize || bytes.ContainsRune(line, '\r') {
			return r, fmt.Errorf("%w: a line of the proof is no hash", errRequest)
		}
		r.proof = append(r.proof, tlog.Hash(hash))
	}
	r.checkpoint, err = auditlog.ParseCheckpoint(signed)
	if err != nil {
		return r, fmt.Errorf("%w: %w", errRequest, err)
	}
	return r, nil
}

// addKey is a request to follow changes of a log's key.
type addKey struct {
	epoch   uint64 // that the witness is thought to know
	changes []auditlog.KeyChange
}

// maxChanges is how many changes one request may have.
const maxChanges = 256

// parseAddKey reads the body of an add-key request: `epoch N`, an empty line,
// then notes of one log, each followed by an empty line.
func parseAddKey(body []byte) (addKey, error) {
	var r addKey
	head, rest, ok := bytes.Cut(body, []byte("\n\n"))
	epoch, err := number(head, "epoch ")
	if !ok || err != nil {
		return r, fmt.Errorf("%w: the first line is not the epoch", errRequest)
	}
	r.epoch = epoch
	for len(rest) > 0 {
		// A note ends at the second empty line: text, empty line, signatures.
		text := bytes.Index(rest, []byte("\n\n"))
		if text < 0 {
			return r, fmt.Errorf("%w: half a note", errRequest)
		}
		end := bytes.Index(rest[text+2:], []byte("\n\n"))
		if end < 0 {
			return r, fmt.Errorf("%w: half a note", errRequest)
		}
		change, err := auditlog.ParseKeyChange(rest[:text+2+end+1])
		if err != nil {
			return r, fmt.Errorf("%w: %w", errRequest, err)
		}
		if len(r.changes) > 0 && change.Log != r.changes[0].Log {
			return r, fmt.Errorf("%w: changes of two logs", errRequest)
		}
		if len(r.changes) == maxChanges {
			return r, fmt.Errorf("%w: more than %d changes", errRequest, maxChanges)
		}
		r.changes = append(r.changes, change)
		rest = rest[text+2+end+2:]
	}
	if len(r.changes) == 0 {
		return r, fmt.Errorf("%w: no change", errRequest)
	}
	return r, nil
}

// number reads a decimal number without leading zeros behind a word.
func number(line []byte, word string) (uint64, error) {
	digits, ok := bytes.CutPrefix(line, []byte(word))
	if !ok {
		return 0, errRequest
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != string(digits) {
		return 0, errRequest
	}
	return n, nil
}
