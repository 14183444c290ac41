// Package verdict carries the question whether a tool call may be made from the
// receiver, through the context of a pipeline, to the processor that knows, and
// the answer back: the pipeline's calls are synchronous, so that the answer is
// there when the receiver's call returns.
//
// A request is about the only record of one call of the pipeline.
package verdict

import (
	"context"
	"strings"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxText bounds each text of a verdict, in bytes.
const maxText = 512

// Verdict is what is answered. Its texts are those of the rule, never the event's.
type Verdict struct {
	Decision string // semconv.DecisionNone, DecisionAsk or DecisionDeny
	Rule     string // slug of the rule that decided; "" where none did
	Title    string // of that rule
	AlertID  string // of the alert that tells of it
}

// Request is a question that is answered at most once. It is safe for concurrent
// use; the methods of nil do nothing.
type Request struct {
	// Wanted says that somebody waits for the verdict and will act on it: the
	// record is to say what was answered. Otherwise it is only remembered, in case
	// that another copy of the event comes whose sender waits.
	Wanted bool

	mu       sync.Mutex
	answered bool
	verdict  Verdict
}

type key struct{}

// With returns a context that carries r.
func With(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, key{}, r)
}

// From returns the request that ctx carries, nil without one.
func From(ctx context.Context) *Request {
	r, _ := ctx.Value(key{}).(*Request)
	return r
}

// Set answers. Of several answers the strictest stands. A processor answers every
// request that it sees, with semconv.DecisionNone when nothing is against the
// call: no answer means that nobody has judged it.
func (r *Request) Set(v Verdict) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answered && rank(v.Decision) <= rank(r.verdict.Decision) {
		return
	}
	r.answered = true
	r.verdict = Verdict{Decision: bounded(v.Decision), Rule: bounded(v.Rule), Title: bounded(v.Title), AlertID: bounded(v.AlertID)}
}

// Get returns the answer, and whether there is one.
func (r *Request) Get() (v Verdict, ok bool) {
	if r == nil {
		return Verdict{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.verdict, r.answered
}

func rank(decision string) int {
	switch decision {
	case semconv.DecisionDeny:
		return 2
	case semconv.DecisionAsk:
		return 1
	}
	return 0
}

func bounded(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxText)], "") }
