package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// ErrNoVerdict says that the receiver answered and gave no verdict: it is none of
// ours, or nothing behind it judges.
var ErrNoVerdict = errors.New("the collector gave no verdict")

// answerShare is the part of the time left that the receiver may use: the rest is
// for its answer to arrive.
const answerShare = 0.85

// Ask posts the request of one event, as Post does, and asks for a verdict on the
// tool call that it tells of. judged says whether there is one, also when the event
// was not acknowledged: a recorder that cannot write may still judge. ctx
// should have a deadline.
func Ask(ctx context.Context, t Target, body []byte, mode enforcement.Mode) (v enforcement.Verdict, judged bool, err error) {
	within := enforcement.DefaultTimeout
	if deadline, ok := ctx.Deadline(); ok {
		within = time.Until(deadline)
	}
	within = max(time.Millisecond, time.Duration(float64(within)*answerShare)).Round(time.Millisecond)
	head := header(t, ContentTypeJSON, len(body),
		semconv.HeaderEnforce, ": ", string(mode), "\r\n",
		semconv.HeaderEnforceTimeout, ": ", within.String(), "\r\n")
	text, err := exchange(ctx, t, head, body, maxAnswer)
	v, judged = enforcement.ParseHeader(text)
	return v, judged, err
}
