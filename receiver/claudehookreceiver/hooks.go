package claudehookreceiver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
)

// serveHook takes a raw payload that Claude Code posts itself. Claude Code waits
// for the answer, does not ask again, and shows anything but an empty success as
// an error: what the pipeline does not take in time goes to the spool, and the
// answer stays 204.
func (r *hookReceiver) serveHook(w http.ResponseWriter, req *http.Request, transport string, read func()) outcome {
	received := time.Now()
	in, err := hookInput(req)
	if err != nil {
		// The connection broke off; there may be half a payload to keep.
		in.Payload = append(in.Payload, 0)
	}
	in.Received = received
	result, err := r.capturer.Capture(req.Context(), in)
	r.telemetry.ReceiverClaudeHookCaptureDuration.Record(req.Context(), time.Since(received).Seconds())
	read()
	if err != nil {
		r.settings.Logger.Debug("session state", zap.Error(err))
	}
	if !result.Watched {
		w.WriteHeader(http.StatusNoContent)
		return outcomeNotWatched
	}
	what, err := r.deliverInTime(req.Context(), transport, result.Event)
	if err != nil {
		if spoolErr := spool.Write(r.config.spoolDir(), result.Event.ID, eventjson.Request(result.Event), 0); spoolErr != nil {
			r.settings.Logger.Error("An event is lost: neither the pipeline nor the spool took it", zap.Error(errors.Join(err, spoolErr)))
			w.WriteHeader(http.StatusServiceUnavailable)
			return outcomeRetryable
		}
		what = outcomeSpooled
	}
	w.WriteHeader(http.StatusNoContent)
	return what
}

// errHookTimeout says that the pipeline takes longer than Claude may wait.
var errHookTimeout = errors.New("the pipeline did not take the event in time")

// deliverInTime is deliver within the hook's timeout. What takes longer goes on;
// its copy in the spool waits for the outcome, and counts as a duplicate when it
// was a good one.
func (r *hookReceiver) deliverInTime(ctx context.Context, transport string, e hookevent.Event) (outcome, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.config.Limits.HookTimeout, errHookTimeout)
	defer cancel()
	done, ok := r.places.toDeliver(ctx)
	if !ok {
		return "", context.Cause(ctx)
	}
	type end struct {
		duplicates int
		err        error
	}
	ended := make(chan end, 1)
	r.late.Go(func() {
		defer done()
		duplicates, err := r.deliver(ctx, transport, toLogs(r.resource, e))
		ended <- end{duplicates, err}
	})
	select {
	case got := <-ended:
		if got.err == nil && got.duplicates > 0 {
			return outcomeDuplicate, nil
		}
		return outcomeAccepted, got.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// maxDrain bounds what is read of a payload that is too large to decode; its
// size and hash are recorded.
const maxDrain = 64 << 20

// hookInput reads the payload. What is longer than can be decoded is hashed and
// otherwise dropped, as claude-hook does.
func hookInput(req *http.Request) (capture.Input, error) {
	in := capture.Input{
		Transport:    semconv.TransportHTTP,
		InstallScope: installScope(req.Header.Get(semconv.HeaderInstallScope)),
		ProjectDir:   projectDir(req.Header.Get(semconv.HeaderProjectDir)),
	}
	raw, err := readAll(io.LimitReader(req.Body, capture.MaxPayloadBytes+1), req.ContentLength)
	in.Payload = raw
	if err != nil || len(raw) <= capture.MaxPayloadBytes {
		return in, err
	}
	h := sha256.New()
	_, _ = io.Copy(h, bytes.NewReader(raw)) // cannot fail
	rest, err := io.Copy(h, io.LimitReader(req.Body, maxDrain))
	in.PayloadBytes = int64(len(raw)) + rest
	in.PayloadSHA256 = hex.EncodeToString(h.Sum(nil))
	return in, err
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
