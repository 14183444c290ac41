package securityalertprocessor

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Rules of the processor itself, for what is not an event's fault.
var (
	ruleFailed = &detection.Rule{
		ID: "6a0e4be2-6a0c-4c59-8b8a-0a6c8c1f7d31", Slug: "judgment-failed", Title: "An event could not be judged", Category: "telemetry",
		Severity: semconv.SeverityMedium, RiskScore: 50, Version: 1, Ruleset: semconv.RulesetDefault,
		Response: "Look at what the event did yourself, and at the collector's log for why it could not be judged.",
		Suppress: detection.Suppress{Key: []string{"session"}},
	}
	ruleUnjudged = &detection.Rule{
		ID: "f4c1b7d5-5d2e-4a83-9b1f-7f2d9f0f6a52", Slug: "events-unjudged", Title: "Events came too fast to be judged", Category: "telemetry",
		Severity: semconv.SeverityMedium, RiskScore: 50, Version: 1, Ruleset: semconv.RulesetDefault,
		Response: "The events are in the audit log. Find what sent so many: a flood may be meant to hide something.",
	}
)

// alertOf makes the alert that a match gives for a record.
func alertOf(m *detection.Match, e *facts.Event, lr plog.LogRecord, resource pcommon.Resource, now time.Time) securityalert.Alert {
	attributes, r := lr.Attributes(), m.Rule
	at := lr.Timestamp()
	if at == 0 {
		at = lr.ObservedTimestamp()
	}
	when := at.AsTime()
	if at == 0 || when.After(now) { // what is to come would be found by nobody
		when = now
	}
	a := securityalert.Alert{
		Time: when, Severity: m.Severity, RiskScore: m.Risk,
		RuleID: r.ID, Rule: r.Slug, Title: r.Title, Category: r.Category, RuleVersion: fmt.Sprint(r.Version), Ruleset: r.Ruleset,
		Evidence: m.Evidence, Attack: r.Attack, Atlas: r.Atlas, Response: r.Response,
		EventID: e.ID, EventType: e.Type, EventSeq: number(attributes, semconv.SessionSeq),
		Session: e.Session, Project: e.Project, ProjectName: e.ProjectName, Tool: e.Tool, ToolCallID: e.ToolCallID,
		AgentID: e.AgentID, AgentType: e.AgentType,
		Command: e.Command, FilePath: text(attributes, semconv.FilePath), URL: text(attributes, semconv.URLFull),
		Host: text(resource.Attributes(), semconv.HostName), User: text(resource.Attributes(), semconv.UserName),
		SuppressionKey: m.SuppressionKey,
	}
	a.ID = securityalert.ID(r.ID, eventKey(e), m.SuppressionKey)
	return a.Bounded() // it is kept
}

// eventKey is the event's id, or what stands for it in telemetry that has none.
func eventKey(e *facts.Event) string {
	if e.ID != "" {
		return e.ID
	}
	return fmt.Sprintf("%s\x00%s\x00%d", e.Session, e.ToolCallID, e.UnixNano)
}

// summary is the alert that tells how many like another were only counted.
func summary(w *window, now time.Time) told {
	a := w.Alert
	a.Time = now
	a.Suppressed = w.Suppressed
	a.ID = securityalert.ID(a.RuleID, a.ID, "summary")
	a.Evidence = append([]string{fmt.Sprintf("%d more like it within %s were not told one by one", w.Suppressed, time.Duration(w.Span))}, a.Evidence...)
	return told{alert: a, origin: ownOrigin()}
}

// unjudged is the alert that tells of records which were not judged.
func unjudged(n int64, now time.Time) told {
	r := ruleUnjudged
	id := securityalert.ID(r.ID, now.UTC().Format(time.RFC3339Nano), "")
	return told{origin: ownOrigin(), alert: securityalert.Alert{
		ID: id, Time: now, Severity: r.Severity, RiskScore: r.RiskScore, RuleID: r.ID, Rule: r.Slug, Title: r.Title, Category: r.Category,
		RuleVersion: fmt.Sprint(r.Version), Ruleset: r.Ruleset, Response: r.Response,
		Evidence: []string{fmt.Sprintf("%d records were handed on without being judged", n)},
	}}
}

func ownOrigin() securityalert.Origin {
	resource := pcommon.NewResource()
	for _, kv := range hostinfo.Resource() {
		resource.Attributes().PutStr(string(kv.Key), kv.Value.AsString())
	}
	return securityalert.Origin{Resource: resource}
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

func number(m pcommon.Map, key string) int64 {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeInt {
		return v.Int()
	}
	return 0
}
