package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/cosignature"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const (
	textType = "text/plain; charset=utf-8"
	sizeType = "text/x.tlog.size"
	// maxRounds is how often one attempt asks: for the size, with the proof, and
	// once more when another process was faster.
	maxRounds = 4
)

var (
	// ErrAhead says that the witness cosigned more records than the log has: the
	// log was cut or rolled back, or a copy of it is written elsewhere.
	ErrAhead = errors.New("the witness has cosigned more records than the log has")
	// ErrContradiction says that the witness knows another history of the log.
	ErrContradiction = errors.New("the witness knows another history of this log")
	// ErrKey says that the witness does not take the key that signed: it is not the
	// one configured there, or the log or its keys were rolled back.
	ErrKey    = errors.New("the key that signed is not the one that the witness follows")
	errRounds = errors.New("the witness's size changes all the time: does another process anchor this log?")
	errOrigin = errors.New("the checkpoint's origin names no log")
)

// Witness is the anchor.
type Witness struct {
	dir      string
	prefix   string
	client   *post.Client
	verifier note.Verifier

	history *history
	size    int64 // that the witness knows; below 0 when that is not known
	epoch   uint64
	noKeys  bool // the witness has no add-key
}

// New makes the anchor. It connects to nothing yet.
func New(ctx context.Context, c *Config, s anchor.Settings) (*Witness, error) {
	verifier, err := fnote.NewVerifierForCosignatureV1(c.VKey)
	if err != nil {
		return nil, fmt.Errorf("vkey: %w", err)
	}
	client, err := post.New(ctx, &c.Post, s)
	if err != nil {
		return nil, err
	}
	return &Witness{
		dir: s.Dir, prefix: strings.TrimSuffix(c.Post.ClientConfig.Endpoint, "/"),
		client: client, verifier: verifier, size: -1,
	}, nil
}

// Close closes idle connections.
func (w *Witness) Close() error { return w.client.Close() }

// Anchor has the checkpoint cosigned. The receipt is the witness's signature line.
func (w *Witness) Anchor(ctx context.Context, c auditlog.Checkpoint) (receipt []byte, retry bool, err error) {
	id := c.LogID()
	if id == "" {
		return nil, false, errOrigin
	}
	if w.history == nil || w.history.logID != id {
		w.history, w.size = &history{dir: w.dir, logID: id, path: spanPath(w.dir, w.verifier.KeyHash())}, -1
		w.epoch = 0
	}
	if retry, err := w.bringKeys(ctx, c); err != nil {
		return nil, retry, err
	}
	rebuilt := false
	for range maxRounds {
		proof, err := w.proof(ctx, c)
		if err != nil {
			// A log that does not match its checkpoint will not heal by itself.
			return nil, !errors.Is(err, ErrLog) && !errors.Is(err, ErrAhead) && !errors.Is(err, errPruned), err
		}
		answer, err := w.client.Do(ctx, w.prefix+"/add-checkpoint", textType, body(w.size, proof, c), cosignature.MaxBytes)
		if err != nil {
			return nil, true, err
		}
		switch {
		case answer.Status >= 200 && answer.Status <= 299:
			return w.cosigned(c, answer)
		case answer.Status == http.StatusConflict && strings.HasPrefix(answer.Type, sizeType):
			if w.size, err = parseSize(answer.Body); err != nil {
				return nil, true, err
			}
		case answer.Status == http.StatusUnprocessableEntity && !rebuilt:
			// The saved hashes may be wrong: once more, from the lines.
			rebuilt = true
			w.history.forget()
		case answer.Status == http.StatusConflict, answer.Status == http.StatusUnprocessableEntity:
			_, err := answer.Err()
			return nil, false, fmt.Errorf("%w: %w", ErrContradiction, err)
		case answer.Status == http.StatusForbidden:
			w.epoch = 0
			_, err := answer.Err()
			return nil, false, fmt.Errorf("%w: %w", ErrKey, err)
		default:
			retry, err := answer.Err()
			w.epoch = 0 // it may have been set up anew
			return nil, retry, err
		}
	}
	w.size = -1
	return nil, true, errRounds
}

// proof returns the proof to the checkpoint from what the witness knows: none
// when that is nothing, or is not known yet.
func (w *Witness) proof(ctx context.Context, c auditlog.Checkpoint) ([]tlog.Hash, error) {
	switch {
	case w.size > c.Size:
		size := w.size
		w.size = -1
		return nil, fmt.Errorf("%w: %d, and the log has %d", ErrAhead, size, c.Size)
	case w.size <= 0:
		return nil, nil
	}
	return w.history.proof(ctx, w.size, c)
}

func (w *Witness) cosigned(c auditlog.Checkpoint, answer post.Answer) (receipt []byte, retry bool, err error) {
	lines, err := cosignature.Verify(c, answer.Body, []note.Verifier{w.verifier})
	if err != nil {
		return nil, true, fmt.Errorf("check the cosignature: %w", err)
	}
	w.size = c.Size
	w.history.accepted(c)
	return lines, false, nil
}

// body is an add-checkpoint request.
func body(old int64, proof []tlog.Hash, c auditlog.Checkpoint) []byte {
	b := fmt.Appendf(nil, "old %d\n", max(0, old))
	for _, h := range proof {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return append(append(b, '\n'), c.Note...)
}

func parseSize(text []byte) (int64, error) {
	digits, ok := bytes.CutSuffix(text, []byte("\n"))
	size, err := strconv.ParseInt(string(digits), 10, 64)
	if !ok || err != nil || size < 0 {
		return -1, errors.New("the witness's size is no number")
	}
	return size, nil
}
