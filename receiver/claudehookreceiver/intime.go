package claudehookreceiver

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/eventlogs"
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
	question question

	mu      sync.Mutex
	outcome outcome // "" until it is given
}

// answerInTime delivers an event and answers within the time that the hook waits. A
// delivery that takes longer goes on after the answer; the copy in the spool
// waits for its outcome, and counts as a duplicate when it was a good one.
func (r *hookReceiver) answerInTime(w http.ResponseWriter, req *http.Request, transport string, e hookevent.Event, q question, wait time.Duration) outcome {
	ctx, cancel := context.WithTimeoutCause(req.Context(), wait, errHookTimeout)
	defer cancel()
	if e.BeforeTool() {
		ctx = q.about(ctx)
	}
	a := &hookReply{receiver: r, w: w, event: e, question: q}
	r.late.Add(1)
	defer r.late.Done()
	if !r.places.pipeline.enter(ctx, wait) {
		return a.keep(errOverload)
	}
	defer r.places.pipeline.leave()
	defer context.AfterFunc(ctx, func() { a.tooLate(context.Cause(ctx)) })()
	duplicates, err := r.deliver(ctx, transport, eventlogs.Of(r.resource, e))
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
		a.write(status, a.verdict())
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
	verdict, e := a.verdict(), a.event
	if a.question.wanted() {
		e = annotated(e, verdict)
	}
	if err := spool.Write(a.receiver.config.spoolDir(), e.ID, eventjson.Request(e), spool.Bounds{}); err != nil {
		a.receiver.settings.Logger.Error("An event is lost: neither the pipeline nor the spool took it", zap.Error(errors.Join(cause, err)))
		a.outcome, status = outcomeRetryable, http.StatusServiceUnavailable
	}
	a.write(status, verdict)
}

// verdict is what is told of the tool call; that of a question nobody asked says
// nothing.
func (a *hookReply) verdict() enforcement.Verdict {
	if !a.question.wanted() {
		return enforcement.Verdict{}
	}
	_, judged := a.question.answer()
	v := a.question.settled(a.event.Unjudgeable())
	a.receiver.countVerdict(context.Background(), v, judged)
	return v
}

// write answers with the verdict, or else with the status. A verdict is told though
// the event be lost: Claude Code goes on after any error.
func (a *hookReply) write(status int, v enforcement.Verdict) {
	out := v.Output()
	if out == nil {
		a.w.WriteHeader(status)
		return
	}
	a.w.Header().Set("Content-Type", mediaJSON)
	// Without it the answer would end only with the handler, which may still wait.
	a.w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	a.w.WriteHeader(http.StatusOK)
	_, _ = a.w.Write(out) // the client may be gone
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
