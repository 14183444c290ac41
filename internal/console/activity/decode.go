package activity

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// record is what an event is made of, wherever it stands.
type record struct {
	at                                         time.Time
	place                                      uint64
	body                                       []byte
	id, kind, tool, session, level, agent, use string
	verdict                                    string // about the call, where it is enforced; the audit log alone has it
}

// FromAudit makes an event of an entry. ok is false for what the console does not
// show: Claude Code's own telemetry, and what the log tells of itself when that is
// no trouble.
func FromAudit(e auditlog.Entry) (ev *Event, ok bool) {
	switch e.Kind {
	case auditlog.KindLog:
	case auditlog.KindDisturbed, auditlog.KindTornTail, auditlog.KindSetAside:
		return trouble(e), true
	default:
		return nil, false
	}
	if s, _ := e.Resource[semconv.ServiceName].(string); s != semconv.ServiceNameValue {
		return nil, false
	}
	a := e.Attribute
	return record{
		at: e.When(), place: e.Seq, body: e.Body, id: a(semconv.EventID), kind: a(semconv.EventType), tool: a(semconv.ToolName),
		session: a(semconv.SessionID), level: e.SeverityText, agent: a(semconv.AgentID), use: a(semconv.ToolCallID),
		verdict: a(semconv.EnforcementDecision),
	}.event(), true
}

// FromLoki makes an event of an entry in Loki.
func FromLoki(e lokiquery.Entry) *Event {
	l, m := e.Labels, e.Metadata
	return record{
		at: e.Time, body: []byte(e.Line), id: m[semconv.MetadataEventID], kind: l[semconv.LabelEvent], tool: l[semconv.LabelTool],
		session: m[semconv.MetadataSessionID], level: l[semconv.LabelLevel], agent: m[semconv.MetadataAgentID], use: m[semconv.MetadataToolUseID],
	}.event()
}

// trouble is an event about the audit log itself.
func trouble(e auditlog.Entry) *Event {
	what := "the log was changed by somebody else"
	switch e.Kind {
	case auditlog.KindTornTail:
		what = "a crash left bytes at the end of the log, which were set aside"
	case auditlog.KindSetAside:
		what = "a log that could not be gone on with was set aside"
	}
	if reason := cmp.Or(e.Attribute(auditlog.DisturbedReason), e.Attribute(auditlog.AsideReason)); reason != "" {
		what += ": " + reason
	}
	ev := &Event{Time: e.When(), Place: e.Seq, Type: "audit_log", Level: "ERROR", Phase: PhaseFailed, What: celltext.Clean(what, maxWhat)}
	if e.Kind == auditlog.KindTornTail {
		ev.Level = "WARN"
	}
	if attributes, err := json.Marshal(e.Attributes); err == nil {
		ev.keep(attributes)
	}
	return ev.finish()
}

func name(s string) string { return celltext.Clean(s, maxName) }

func (r record) event() *Event {
	b := readBody(r.body)
	e := &Event{
		Time: r.at, Place: r.place,
		ID: name(cmp.Or(r.id, b.Metadata.EventID)), Type: name(cmp.Or(r.kind, b.EventType)),
		Hook: name(b.HookEvent), Tool: name(cmp.Or(b.ToolName, r.tool)), Project: name(b.ProjectName), Path: celltext.Clean(b.ProjectPath, maxWhat),
		Session: name(cmp.Or(r.session, b.SessionID)), Agent: name(r.agent), ToolUse: name(r.use), Level: name(strings.ToUpper(r.level)),
		Outside: b.Action.Outside, What: celltext.Clean(b.what(), maxWhat), Facts: b.facts(), Duration: b.duration(),
	}
	switch b.HookEvent {
	case semconv.HookPreToolUse:
		e.Phase = PhaseBefore
	case "PostToolUse":
		e.Phase = PhaseDone
	case "PostToolUseFailure", "PermissionDenied", "StopFailure":
		e.Phase = PhaseFailed
	}
	switch r.verdict {
	case semconv.DecisionDeny:
		e.Phase, e.Facts = PhaseFailed, "denied by enforcement"
	case semconv.DecisionAsk:
		e.Facts = "the user is asked"
	}
	switch e.Type {
	case semconv.EventSecurityAlert:
		e.alert(r.body)
	case semconv.EventAlertAcknowledged:
		if id := name(b.Ack.AlertID); id != "" {
			e.Ack = &Ack{Time: r.at, AlertID: id, By: name(b.Ack.By), Reason: celltext.Clean(b.Ack.Reason, maxWhat), FromAgent: b.Ack.FromAgent}
			e.What = celltext.Clean(b.Ack.Rule+" by "+cmp.Or(b.Ack.By, "somebody")+": "+b.Ack.Reason, maxWhat)
			e.Phase = PhaseDone
		}
	}
	e.keep(r.body)
	return e.finish()
}

// alert fills in what an alert says.
func (e *Event) alert(text []byte) {
	t, ok := securityalert.FromJSON(text)
	if !ok {
		return
	}
	long := func(s string) string { return celltext.Clean(s, maxWhat*5) }
	list := func(texts []string) []string {
		var clean []string
		for _, s := range texts[:min(len(texts), securityalert.MaxEvidence)] {
			clean = append(clean, long(s))
		}
		return clean
	}
	e.Alert = &Alert{
		ID: name(t.ID), Severity: name(strings.ToLower(t.Severity)), Rule: name(t.Rule), Title: long(t.Title), Category: name(t.Category), Response: long(t.Response),
		Evidence: list(t.Evidence), Attack: list(t.Attack), Atlas: list(t.Atlas), Risk: t.RiskScore,
		EventID: name(t.EventID), EventType: name(t.EventType), Command: long(t.Command), File: long(t.FilePath), URL: long(t.URL), Suppressed: t.Suppressed,
	}
	evidence := ""
	if len(t.Evidence) > 0 {
		evidence = t.Evidence[0]
	}
	e.What = celltext.Clean(cmp.Or(t.Title, t.Rule)+": "+cmp.Or(t.Command, t.FilePath, t.URL, evidence), maxWhat)
}

// keep takes over the body when it is not too long.
func (e *Event) keep(text []byte) {
	if e.BodyBytes = len(text); e.BodyBytes <= MaxBody {
		e.Body = bytes.Clone(text)
	}
}

// severities from low to critical: the index is one less than the rank.
var severities = [...]string{semconv.SeverityLow, semconv.SeverityMedium, semconv.SeverityHigh, semconv.SeverityCritical}

func rankOf(severity string) int {
	for i, s := range severities {
		if s == severity {
			return i + 1
		}
	}
	return 0
}

// Severity is the name of a rank, from 1 to 4.
func Severity(rank int) string {
	if rank < 1 || rank > len(severities) {
		return ""
	}
	return severities[rank-1]
}
