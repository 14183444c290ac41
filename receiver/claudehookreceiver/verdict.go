package claudehookreceiver

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/verdict"
)

// question is what a sender wants to know of a tool call.
type question struct {
	mode   enforcement.Mode // Off when it wants to know nothing
	within time.Duration    // how long it waits
	// request goes through the pipeline; nil when there is no tool call that is
	// about to be made. It is there when nobody asks, too: a hook that is
	// registered twice, once to enforce, sends its copies in any order.
	request *verdict.Request
}

// questionOf reads what the request's header asks. A mode that is none counts as
// the strictest, as it does in claude-hook.
func questionOf(req *http.Request) question {
	var q question
	if text := req.Header.Get(semconv.HeaderEnforce); text != "" {
		q.mode, _ = enforcement.ParseMode(text)
		within, _ := time.ParseDuration(req.Header.Get(semconv.HeaderEnforceTimeout)) // 0 stands for the default
		q.within = enforcement.Bound(within)
	}
	return q
}

func (q question) wanted() bool { return q.mode != enforcement.Off }

// about makes the question one about a tool call, and returns the context that
// carries it through the pipeline.
func (q *question) about(ctx context.Context) context.Context {
	q.request = &verdict.Request{Wanted: q.wanted()}
	return verdict.With(ctx, q.request)
}

// answer is the verdict, and whether somebody has judged the call.
func (q question) answer() (v enforcement.Verdict, judged bool) {
	got, judged := q.request.Get()
	return enforcement.Verdict{Decision: got.Decision, Rule: got.Rule, Title: got.Title}, judged
}

// settled is the verdict to act on. unjudgeable is why what was judged was not all,
// "" when it was.
func (q question) settled(unjudgeable string) enforcement.Verdict {
	v, judged := q.answer()
	switch {
	case !judged:
		return q.mode.Without(semconv.ReasonNoAnswer)
	case unjudgeable != "" && v.Decision == semconv.DecisionNone:
		return q.mode.Without(unjudgeable)
	}
	return v
}

// onlyToolCall reports whether ld is one record of a tool call that is about to be
// made: a question is about one.
func onlyToolCall(ld plog.Logs) bool {
	if ld.LogRecordCount() != 1 {
		return false
	}
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				v, ok := lr.Attributes().Get(semconv.HookEvent)
				return ok && v.Str() == semconv.HookPreToolUse
			}
		}
	}
	return false
}

// annotated is an event that the pipeline has not taken, saying what was told.
func annotated(e hookevent.Event, v enforcement.Verdict) hookevent.Event {
	e.Attributes = append(slices.Clone(e.Attributes),
		attribute.String(semconv.EnforcementDecision, v.Decision), attribute.String(semconv.EnforcementReason, v.Reason()))
	return e
}

// told identifies an event whose verdict is remembered.
type told struct {
	id      eventID
	content contentHash
}

// rememberedVerdicts bounds them: two registrations of one hook run within
// milliseconds of each other.
const rememberedVerdicts = 4096

// verdicts remembers what was answered about the latest tool calls, for the copy of
// an event that comes second. The zero value is ready.
type verdicts struct {
	mu    sync.Mutex
	of    map[told]verdict.Verdict
	order []told // ring
	next  int
}

func (m *verdicts) put(k told, v verdict.Verdict) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil {
		m.of = map[told]verdict.Verdict{}
	}
	if _, known := m.of[k]; !known {
		if len(m.order) < rememberedVerdicts {
			m.order = append(m.order, k)
		} else {
			delete(m.of, m.order[m.next])
			m.order[m.next] = k
			m.next = (m.next + 1) % rememberedVerdicts
		}
	}
	m.of[k] = v
}

func (m *verdicts) get(k told) (verdict.Verdict, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.of[k]
	return v, ok
}

// answerCopy answers the question of a request whose event was before.
func (r *hookReceiver) answerCopy(ctx context.Context, records []identified) {
	request := verdict.From(ctx)
	if request == nil {
		return
	}
	for _, one := range records {
		if v, ok := r.verdicts.get(told{one.id, one.content}); ok {
			request.Set(v)
		}
	}
}

// rememberVerdict keeps the answer for copies of the event.
func (r *hookReceiver) rememberVerdict(ctx context.Context, records []identified) {
	request := verdict.From(ctx)
	if request == nil {
		return
	}
	v, judged := request.Get()
	r.enforcement.judging.Store(&judged)
	if !judged {
		return
	}
	for _, one := range records {
		r.verdicts.put(told{one.id, one.content}, v)
	}
}

// enforcementCounts are what /v1/status tells of verdicts.
type enforcementCounts struct {
	none, ask, deny, unanswered atomic.Int64
	judging                     atomic.Pointer[bool] // of the last tool call that came
}

// countVerdict counts a verdict that a sender waited for.
func (r *hookReceiver) countVerdict(ctx context.Context, v enforcement.Verdict, judged bool) {
	decision, n := v.Decision, &r.enforcement.unanswered
	switch {
	case !judged:
		decision = "unanswered"
	case decision == semconv.DecisionDeny:
		n = &r.enforcement.deny
	case decision == semconv.DecisionAsk:
		n = &r.enforcement.ask
	default:
		decision, n = semconv.DecisionNone, &r.enforcement.none
	}
	n.Add(1)
	r.telemetry.ReceiverClaudeHookVerdicts.Add(ctx, 1, with(attribute.String("decision", decision))...)
}

// logsReply is the answer to an OTLP request, which is given once: when the
// pipeline has the records, or when a sender that waits for a verdict can wait no
// longer. That one keeps the record then, and the verdict may be known all the same:
// to write takes longer than to judge.
type logsReply struct {
	w http.ResponseWriter
	q question

	mu    sync.Mutex
	given bool
}

// hurried makes the reply be given in time, where a verdict is waited for. stop must
// be called before the handler returns.
func (a *logsReply) hurried() (stop func()) {
	if !a.q.wanted() {
		return func() {}
	}
	timer := time.AfterFunc(a.q.within, a.tooLate)
	return func() {
		timer.Stop()
		a.take()
	}
}

// take reports whether the reply is the caller's to give. When it is, the verdict is
// in its header.
func (a *logsReply) take() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.given {
		return false
	}
	a.given = true
	if v, judged := a.q.answer(); judged && a.q.wanted() {
		a.w.Header().Set(semconv.HeaderVerdict, v.Header())
	}
	return true
}

// tooLate answers while the request's own goroutine waits for the pipeline.
func (a *logsReply) tooLate() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.given {
		return
	}
	a.given = true
	h := a.w.Header()
	if v, judged := a.q.answer(); judged {
		h.Set(semconv.HeaderVerdict, v.Header())
	}
	h.Set("Content-Length", "0")
	h.Set("Connection", "close")
	h.Set("Retry-After", "1")
	a.w.WriteHeader(http.StatusServiceUnavailable)
	_ = http.NewResponseController(a.w).Flush() // the client may be gone
}
