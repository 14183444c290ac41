package securityalertprocessor

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/behaviour"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/verdict"
)

// maxMatches bounds the rules that a record names, and the alerts of one record.
// The worst come first.
const maxMatches = 16

// judged reports whether a record that makes no claim is one to judge.
func (p *alertProcessor) judged(resource pcommon.Resource, lr plog.LogRecord) bool {
	if text(resource.Attributes(), semconv.ServiceName) != semconv.ServiceNameValue {
		return p.config.JudgeNative && text(lr.Attributes(), semconv.NativeToolName) != ""
	}
	return true
}

// record judges a record, says in it what was found, and adds what is to be told
// to r. Whatever happens, the record stays what it is. It begins at a time, and returns
// when the judging ended.
func (p *alertProcessor) record(ctx context.Context, resource pcommon.Resource, lr plog.LogRecord, r *raised, began time.Time) (ended time.Time) {
	f, matches, err := p.judge(resource, lr)
	ended = p.now()
	p.telemetry.ProcessorSecurityAlertJudgeDuration.Record(ctx, ended.Sub(began).Seconds())
	if err != nil {
		p.telemetry.ProcessorSecurityAlertJudgeFailures.Add(ctx, 1)
		p.logger.Error("A record could not be judged; it is recorded all the same.", zap.Error(err))
		f = &facts.Facts{Event: eventOf(lr)}
		matches = []detection.Match{{
			Rule: ruleFailed, Severity: ruleFailed.Severity, Risk: ruleFailed.RiskScore, SuppressionKey: f.Event.Session,
			Evidence: []string{"the judging of the event failed"},
		}}
	} else {
		p.telemetry.ProcessorSecurityAlertJudged.Add(ctx, 1)
		p.answer(ctx, f, matches, lr)
	}
	worstFirst(matches)
	matches = matches[:min(len(matches), maxMatches)]
	annotate(lr, matches)
	for i := range matches {
		p.tell(ctx, &matches[i], &f.Event, resource, lr, r)
	}
	return ended
}

// judge makes the facts of a record and gives them to the rules. A panic, of a
// library or of ours, is an error.
func (p *alertProcessor) judge(resource pcommon.Resource, lr plog.LogRecord) (f *facts.Facts, matches []detection.Match, err error) {
	defer func() {
		if r := recover(); r != nil {
			// The panic's own text may hold the event's.
			p.logger.Debug("Panic while judging", zap.String("panic", securityalert.Escape(fmt.Sprint(r), 256)), zap.ByteString("stack", debug.Stack()))
			err = fmt.Errorf("judge the record: panic of type %T", r)
		}
	}()
	f = p.factsOf(resource.Attributes(), lr)
	s, counted := p.tracker.Observe(f)
	rules := p.rules()
	matches = rules.Judge(f, s)
	var violated []string
	for i := range matches {
		if m := &matches[i]; securityalert.Rank(m.Severity) >= securityalert.Rank(semconv.SeverityMedium) && !counting(m.Rule) {
			violated = append(violated, m.Rule.ID)
		}
	}
	if len(violated) > 0 {
		// Rules that count violations are to see this one, too.
		s, counted.Violation = p.tracker.Violation(f, s, violated), true
		matches = rules.Judge(f, s)
	}
	return f, slices.DeleteFunc(matches, func(m detection.Match) bool {
		counting, in := counted.Counts(m.Rule.Any)
		return counting && !in
	}), nil
}

// counting reports whether a rule looks at counters only: what it finds is no
// violation of its own, or it would keep itself going.
func counting(r *detection.Rule) bool {
	c, _ := behaviour.Counted{}.Counts(r.Any)
	return c
}

// answer answers who waits for a verdict.
func (p *alertProcessor) answer(ctx context.Context, f *facts.Facts, matches []detection.Match, lr plog.LogRecord) {
	request := verdict.From(ctx)
	if request == nil || f.Event.HookEvent != semconv.HookPreToolUse {
		return
	}
	v := verdict.Verdict{Decision: semconv.DecisionNone}
	for i := range matches {
		m := &matches[i]
		decision := m.Rule.Enforce
		if decision == "" || v.Decision == semconv.DecisionDeny || decision == v.Decision ||
			m.Failed != "" && m.Severity == semconv.SeverityLow { // the rule is at fault, not the event
			continue
		}
		v = verdict.Verdict{
			Decision: decision, Rule: m.Rule.Slug, Title: m.Rule.Title,
			AlertID: securityalert.ID(m.Rule.ID, eventKey(&f.Event), m.SuppressionKey),
		}
	}
	request.Set(v)
	if request.Wanted {
		lr.Attributes().PutStr(semconv.EnforcementDecision, v.Decision)
		if v.Rule != "" {
			lr.Attributes().PutStr(semconv.EnforcementReason, v.Rule)
		}
	}
}

// annotate says in the record what was found. What another says there is not
// believed.
func annotate(lr plog.LogRecord, matches []detection.Match) {
	a := lr.Attributes()
	if len(matches) == 0 {
		a.RemoveIf(func(k string, _ pcommon.Value) bool {
			return k == semconv.RecordAlerts || k == semconv.RecordAlertSeverity
		})
		return
	}
	names := a.PutEmptySlice(semconv.RecordAlerts)
	for i := range matches {
		names.AppendEmpty().SetStr(matches[i].Rule.Slug)
	}
	a.PutStr(semconv.RecordAlertSeverity, matches[0].Severity)
}

// tell raises an alert, unless it was.
func (p *alertProcessor) tell(ctx context.Context, m *detection.Match, e *facts.Event, resource pcommon.Resource, lr plog.LogRecord, r *raised) {
	now := p.now()
	at := now.UnixNano()
	if e.UnixNano > 0 && e.UnixNano < at {
		at = e.UnixNano
	}
	q := &question{
		alert: alertOf(m, e, lr, resource, now), at: at, window: m.Rule.SuppressFor(),
		origin: securityalert.Origin{Resource: resource, TraceID: lr.TraceID(), SpanID: lr.SpanID()},
	}
	q.call, q.also = callOf(e)
	if text(resource.Attributes(), semconv.ServiceName) == semconv.ServiceNameValue && !provenance.IsOwner(ctx) {
		// Any program can send it: it must not pass for an event of a hook, nor have
		// alerts about those held back.
		q.foreign = true
		q.alert.ID = securityalert.ID(m.Rule.ID, eventKey(e), m.SuppressionKey+foreignMark)
		q.call += foreignMark
		for i := range q.also {
			q.also[i] += foreignMark
		}
	}
	if p.memory.ask(q, now, r) == outcomeSuppressed {
		p.telemetry.ProcessorSecurityAlertSuppressed.Add(ctx, 1, metric.WithAttributes(attribute.String("rule", m.Rule.Slug)))
	}
}

// foreignMark tells what came by a way that is open to every program from the rest.
const foreignMark = "\x00foreign"

// callOf names the call that an event belongs to. An event that asks for
// permission may not have the call's id: it is of the call with the same command in
// the same session, where there was one.
func callOf(e *facts.Event) (call string, also []string) {
	command := "command\x00" + e.Session + "\x00" + e.Tool + "\x00" + e.Command
	switch {
	case e.ToolCallID != "" && e.HookEvent == semconv.HookPreToolUse && e.Command != "":
		// Another call of the same command is a call of its own, so the command
		// is noted but not asked for.
		return "call\x00" + e.Session + "\x00" + e.ToolCallID, []string{command}
	case e.ToolCallID != "":
		return "call\x00" + e.Session + "\x00" + e.ToolCallID, nil
	case e.HookEvent == "PermissionRequest" && e.Command != "":
		return command, nil
	}
	return "event\x00" + eventKey(e), nil
}

// eventOf is what of the event can be said when its facts cannot.
func eventOf(lr plog.LogRecord) facts.Event {
	a := lr.Attributes()
	return facts.Event{
		ID: text(a, semconv.EventID), Type: text(a, semconv.EventType), HookEvent: text(a, semconv.HookEvent), Tool: text(a, semconv.ToolName),
		ToolCallID: text(a, semconv.ToolCallID), Session: text(a, semconv.SessionID), Project: text(a, semconv.ProjectPath),
		ProjectName: text(a, semconv.ProjectName), UnixNano: lr.Timestamp().AsTime().UnixNano(),
	}
}

func worstFirst(matches []detection.Match) {
	// Few, and mostly in order: stable, so that rules keep theirs.
	for i := 1; i < len(matches); i++ {
		for j := i; j > 0 && securityalert.Rank(matches[j].Severity) > securityalert.Rank(matches[j-1].Severity); j-- {
			matches[j], matches[j-1] = matches[j-1], matches[j]
		}
	}
}
