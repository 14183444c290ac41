package claudehookreceiver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// serveHook takes a raw payload that Claude Code posts itself. Claude Code waits
// for the answer, does not ask again, and shows anything but an empty success as
// an error: what the pipeline does not take in time goes to the spool, and the
// answer stays 204. Only a verdict that was asked for is told in a body.
func (r *hookReceiver) serveHook(w http.ResponseWriter, req *http.Request, transport string) outcome {
	received := time.Now()
	// First of all timers, and alive to the end: each timer that is due before
	// all others wakes a processor.
	ctx, cancel := context.WithTimeoutCause(req.Context(), r.config.Limits.HookTimeout, errHookTimeout)
	defer cancel()
	hurry(w, hookBodyTime)
	result := r.captureHook(ctx, req, received)
	r.telemetry.ReceiverClaudeHookCaptureDuration.Record(context.Background(), time.Since(received).Seconds())
	if !result.Watched {
		w.WriteHeader(http.StatusNoContent)
		return outcomeNotWatched
	}
	q := questionOf(req)
	if !result.Event.BeforeTool() {
		q = question{}
	}
	wait := r.config.Limits.HookTimeout
	if q.wanted() {
		wait = max(q.within-time.Since(received), enforcement.MinTimeout)
	}
	return r.answerInTime(w, req, transport, result.Event, q, wait)
}

// hookBodyTime is how long Claude Code may take to send a payload.
const hookBodyTime = time.Second

// captureHook makes an event of what arrives, whatever that is: half a payload,
// or one for whose rest there is no place, is recorded as such. ctx ends with the
// time that looking at files may take.
func (r *hookReceiver) captureHook(ctx context.Context, req *http.Request, received time.Time) capture.Result {
	in, at, err := r.hookInput(req)
	defer at.leave()
	in.Received = received
	in.ReadError = err
	if r.places.decoding.enter(req.Context(), hookBodyTime) {
		defer r.places.decoding.leave()
	} else {
		in.ReadError = errOverload
	}
	result, err := r.capturer.Capture(ctx, in)
	if err != nil {
		r.settings.Logger.Debug("session state", zap.Error(err))
	}
	return result
}

// maxDrain bounds what is read of a payload that is too large to decode; its
// size and hash are recorded.
const maxDrain = 64 << 20

// hookInput reads the payload. What is longer than can be decoded is hashed and
// otherwise dropped, as claude-hook does.
func (r *hookReceiver) hookInput(req *http.Request) (in capture.Input, at place, err error) {
	in = capture.Input{
		Transport:    semconv.TransportHTTP,
		InstallScope: installScope(req.Header.Get(semconv.HeaderInstallScope)),
		ProjectDir:   projectDir(req.Header.Get(semconv.HeaderProjectDir)),
		NoPreview:    strings.EqualFold(req.Header.Get(semconv.HeaderPreview), semconv.PreviewOff),
	}
	in.Payload, at, err = r.places.read(req.Context(), r.config.Limits.HookTimeout, req.Body, bufferFor(req.ContentLength), capture.MaxPayloadBytes)
	if err != nil || len(in.Payload) <= capture.MaxPayloadBytes {
		return in, at, err
	}
	h := sha256.New()
	_, _ = io.Copy(h, bytes.NewReader(in.Payload)) // cannot fail
	rest, err := io.Copy(h, io.LimitReader(req.Body, maxDrain))
	in.PayloadBytes = int64(len(in.Payload)) + rest
	in.PayloadSHA256 = hex.EncodeToString(h.Sum(nil))
	if err == nil && rest == maxDrain {
		err = fmt.Errorf("payload has %d bytes or more, its hash is of these", in.PayloadBytes)
	}
	return in, at, err
}

// bufferFor is where a payload of such a length is read to, as far as it may be believed
// before it is there; nil where it tells nothing. What is captured may refer to it.
func bufferFor(length int64) []byte {
	if length <= 0 || length > firstBuffer {
		return nil
	}
	return make([]byte, 0, length)
}

func installScope(header string) string {
	switch header {
	case semconv.InstallScopeUser, semconv.InstallScopeManaged:
		return header
	}
	return semconv.InstallScopeProject
}

// projectDir takes the header only as an absolute path: where Claude Code did
// not fill a variable in, it holds the variable's name.
func projectDir(header string) string {
	if !strings.HasPrefix(header, "/") || len(header) > 4096 {
		return ""
	}
	return header
}
