package claudehookreceiver

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
)

// errHookTimeout says that the pipeline takes longer than Claude may wait.
var errHookTimeout = errors.New("the pipeline did not take the event in time")

// hookReply is the answer to a hook, which is given once: when the pipeline has the
// event, or when the time is up and the spool has it.
type hookReply struct {
	receiver *hookReceiver
	w        http.ResponseWriter
	event    hookevent.Event

	mu      sync.Mutex
	outcome outcome // "" until it is given
}

// answerInTime delivers an event and answers within the hook's timeout. A
// delivery that takes longer goes on after the answer; the copy in the spool
// waits for its outcome, and counts as a duplicate when it was a good one.
func (r *hookReceiver) answerInTime(w http.ResponseWriter, req *http.Request, transport string, e hookevent.Event) outcome {
	a := &hookReply{receiver: r, w: w, event: e}
	ctx, cancel := context.WithTimeoutCause(req.Context(), r.config.Limits.HookTimeout, errHookTimeout)
	defer cancel()
	r.late.Add(1)
	defer r.late.Done()
	done, ok := r.places.toDeliver(ctx, r.config.Limits.HookTimeout)
	if !ok {
		return a.keep(errOverload)
	}
	defer done()
	defer context.AfterFunc(ctx, func() { a.tooLate(context.Cause(ctx)) })()
	duplicates, err := r.deliver(ctx, transport, toLogs(r.resource, e))
	switch {
	case err != nil:
		return a.keep(err)
	case duplicates > 0:
		return a.give(outcomeDuplicate, http.StatusNoContent)
	}
	return a.give(outcomeAccepted, http.StatusNoContent)
}

// give answers, unless that was done, and returns what was told.
func (a *hookReply) give(what outcome, status int) outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.outcome == "" {
		a.outcome = what
		a.w.WriteHeader(status)
	}
	return a.outcome
}

// keep puts the event into the spool, unless an answer was given, and answers.
func (a *hookReply) keep(cause error) outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.outcome == "" {
		a.spool(cause)
	}
	return a.outcome
}

// spool is called with the lock.
func (a *hookReply) spool(cause error) {
	status := http.StatusNoContent
	a.outcome = outcomeSpooled
	if err := spool.Write(a.receiver.config.spoolDir(), a.event.ID, eventjson.Request(a.event), spool.Bounds{}); err != nil {
		a.receiver.settings.Logger.Error("An event is lost: neither the pipeline nor the spool took it", zap.Error(errors.Join(cause, err)))
		a.outcome, status = outcomeRetryable, http.StatusServiceUnavailable
	}
	a.w.WriteHeader(status)
}

// tooLate keeps the event and sends the answer at once, while the request's own
// goroutine still waits for the pipeline: the time is up, or the client has gone.
// The connection is not used again: its next request would wait as well.
func (a *hookReply) tooLate(cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.outcome != "" {
		return
	}
	a.w.Header().Set("Connection", "close")
	a.spool(cause)
	_ = http.NewResponseController(a.w).Flush() // the client may be gone
}
