package hookrun

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// conclusion is what was told to Claude Code, which is done once.
type conclusion struct {
	mu   sync.Mutex
	done bool
}

// conclude prints a verdict, unless something was concluded before. It returns when
// what is told has been written, by whoever does it: the process may end then.
func (o *Options) conclude(v enforcement.Verdict) {
	if o.Enforce == enforcement.Off {
		return
	}
	o.conclusion.mu.Lock()
	defer o.conclusion.mu.Unlock()
	if o.conclusion.done {
		return
	}
	o.conclusion.done = true
	if out := v.Output(); out != nil && o.Stdout != nil {
		_, _ = o.Stdout.Write(out) // there is nobody else to tell
	}
}

// silent concludes that there is nothing to tell.
func (o *Options) silent() { o.conclude(enforcement.Verdict{}) }

// Unanswered tells, unless something was told before, what the mode says of a call
// that nobody has judged.
func (o *Options) Unanswered() { o.conclude(o.Enforce.Without(semconv.ReasonNoAnswer)) }

// verdictBy is when the verdict is due.
func (o *Options) verdictBy() time.Time { return time.Now().Add(enforcement.Bound(o.EnforceTimeout)) }

// enforces reports whether the event is one that a verdict is asked for.
func (o *Options) enforces(e hookevent.Event) bool {
	return o.Enforce != enforcement.Off && e.BeforeTool()
}

// deliverAsking delivers an event, asks for the verdict and tells it. It is told
// before the event goes to the spool, where that must be: a disk that hangs must not
// let a call pass. The record in the spool says what was told. The error, for the
// hook's own log, is also one when nobody judged the call.
func (o *Options) deliverAsking(ctx context.Context, c delivery.Courier, e hookevent.Event, by time.Time) error {
	// However long it took to look at files, somebody is asked.
	if least := time.Now().Add(enforcement.MinTimeout); by.Before(least) {
		by = least
	}
	asking, cancel := context.WithDeadline(ctx, by)
	verdict, judged, err := delivery.Ask(asking, c.Target, eventjson.Request(e), o.Enforce)
	cancel()
	switch why := e.Unjudgeable(); {
	case !judged:
		verdict = o.Enforce.Without(semconv.ReasonNoAnswer)
	case why != "" && verdict.Decision == semconv.DecisionNone:
		// What was judged is not all that would be done.
		verdict = o.Enforce.Without(why)
	}
	o.conclude(verdict)
	switch {
	case err != nil:
		annotate(&e, verdict)
		_, err = c.Keep(e.ID, eventjson.Request(e), err)
		return err
	case !judged:
		return fmt.Errorf("event %s: %w: is a security_alert processor in its pipeline?", e.ID, delivery.ErrNoVerdict)
	}
	return nil
}

// annotate makes an event that the collector has not taken say what was told. The
// collector does so itself with those that it takes.
func annotate(e *hookevent.Event, v enforcement.Verdict) {
	e.Attributes = append(slices.Clone(e.Attributes), attribute.String(semconv.EnforcementDecision, v.Decision), attribute.String(semconv.EnforcementReason, v.Reason()))
}
