package claudehookreceiver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
func (r *hookReceiver) serveHook(w http.ResponseWriter, req *http.Request, transport string) outcome {
	received := time.Now()
	hurry(w, hookBodyTime)
	result := r.captureHook(req, received)
	r.telemetry.ReceiverClaudeHookCaptureDuration.Record(req.Context(), time.Since(received).Seconds())
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

// hookBodyTime is how long Claude Code may take to send a payload.
const hookBodyTime = time.Second

// captureHook makes an event of what arrives, whatever that is: half a payload,
// or one for whose rest there is no place, is recorded as such.
func (r *hookReceiver) captureHook(req *http.Request, received time.Time) capture.Result {
	ctx, cancel := context.WithTimeout(req.Context(), hookBodyTime)
	defer cancel()
	in, release, err := r.hookInput(ctx, req)
	defer release()
	in.Received = received
	in.ReadError = err
	if done, ok := r.places.toDecode(ctx); ok {
		defer done()
	} else {
		in.ReadError = errOverload
	}
	result, err := r.capturer.Capture(req.Context(), in)
	if err != nil {
		r.settings.Logger.Debug("session state", zap.Error(err))
	}
	return result
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
func (r *hookReceiver) hookInput(ctx context.Context, req *http.Request) (in capture.Input, release func(), err error) {
	in = capture.Input{
		Transport:    semconv.TransportHTTP,
		InstallScope: installScope(req.Header.Get(semconv.HeaderInstallScope)),
		ProjectDir:   projectDir(req.Header.Get(semconv.HeaderProjectDir)),
		NoPreview:    strings.EqualFold(req.Header.Get(semconv.HeaderPreview), semconv.PreviewOff),
	}
	waiting, cancel := context.WithTimeout(ctx, r.config.Limits.HookTimeout)
	defer cancel()
	in.Payload, release, err = r.places.read(waiting, req.Body, capture.MaxPayloadBytes)
	if err != nil || len(in.Payload) <= capture.MaxPayloadBytes {
		return in, release, err
	}
	h := sha256.New()
	_, _ = io.Copy(h, bytes.NewReader(in.Payload)) // cannot fail
	rest, err := io.Copy(h, io.LimitReader(req.Body, maxDrain))
	in.PayloadBytes = int64(len(in.Payload)) + rest
	in.PayloadSHA256 = hex.EncodeToString(h.Sum(nil))
	if err == nil && rest == maxDrain {
		err = fmt.Errorf("payload has %d bytes or more, its hash is of these", in.PayloadBytes)
	}
	return in, release, err
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
