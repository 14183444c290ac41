package securityalert

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// ScopeName is the instrumentation scope of alerts' records.
const ScopeName = "github.com/agent-telemetry/agent-telemetry/processor/securityalertprocessor"

// Bounds of what a record repeats of its event.
const (
	maxText = 1024 // bytes of a name, an id, a title
	maxIDs  = 32   // ids of techniques
)

// Origin is where an alert's record comes from.
type Origin struct {
	Resource pcommon.Resource // of the event's record; see CopyResource
	TraceID  pcommon.TraceID
	SpanID   pcommon.SpanID
}

// Append adds the record of an alert to ld, under a resource and scope of its own.
// The record says the same whenever the same alert is appended, but for the time
// at which it was observed. Control characters in texts are escaped.
func Append(ld plog.Logs, a Alert, from Origin, observed time.Time) {
	a = a.Bounded()
	rl := ld.ResourceLogs().AppendEmpty()
	CopyResource(rl.Resource(), from.Resource)
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(ScopeName)
	sl.Scope().SetVersion(version.Version)
	lr := sl.LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(a.Time))
	lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(observed))
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventSecurityAlert)
	severity := LogSeverity(a.Severity)
	lr.SetSeverityNumber(severity)
	lr.SetSeverityText(levels[severity])
	lr.SetTraceID(from.TraceID)
	lr.SetSpanID(from.SpanID)
	a.attributes(lr.Attributes())
	a.body(lr.Body().SetEmptyMap(), levels[severity])
}

var levels = map[plog.SeverityNumber]string{
	plog.SeverityNumberInfo: "INFO", plog.SeverityNumberWarn: "WARN",
	plog.SeverityNumberError: "ERROR", plog.SeverityNumberFatal: "FATAL",
}

// attributes puts what is not empty.
func (a *Alert) attributes(m pcommon.Map) {
	m.EnsureCapacity(36)
	m.PutStr(semconv.EventType, semconv.EventSecurityAlert)
	for _, kv := range [...]struct{ key, value string }{
		{semconv.EventID, a.ID},
		{semconv.SessionID, a.Session},
		{semconv.ConversationID, a.Session},
		{semconv.ProjectPath, a.Project},
		{semconv.ProjectName, a.ProjectName},
		{semconv.ToolName, a.Tool},
		{semconv.ToolCallID, a.ToolCallID},
		{semconv.AgentID, a.AgentID},
		{semconv.AgentName, a.AgentType},
		{semconv.CommandLine, a.Command},
		{semconv.FilePath, a.FilePath},
		{semconv.URLFull, a.URL},
		{semconv.AlertID, a.ID},
		{semconv.AlertSeverity, a.Severity},
		{semconv.AlertEventID, a.EventID},
		{semconv.AlertEventType, a.EventType},
		{semconv.AlertResponse, a.Response},
		{semconv.AlertSuppression, a.SuppressionKey},
		{semconv.RuleUUID, a.RuleID},
		{semconv.RuleName, a.Rule},
		{semconv.RuleTitle, a.Title},
		{semconv.RuleCategory, a.Category},
		{semconv.RuleVersion, a.RuleVersion},
		{semconv.RuleSet, a.Ruleset},
	} {
		if kv.value != "" {
			m.PutStr(kv.key, kv.value)
		}
	}
	m.PutInt(semconv.AlertRiskScore, int64(a.RiskScore))
	if a.EventSeq > 0 {
		m.PutInt(semconv.AlertEventSeq, a.EventSeq)
	}
	if a.Suppressed > 0 {
		m.PutInt(semconv.AlertSuppressed, a.Suppressed)
	}
	putTexts(m, semconv.AlertEvidence, a.Evidence)
	putTexts(m, semconv.AlertTechniques, a.Attack)
	putTexts(m, semconv.AlertAtlas, a.Atlas)
}

func (a *Alert) body(m pcommon.Map, level string) {
	m.EnsureCapacity(13)
	action := m.PutEmptyMap(semconv.BodyActionDetails)
	putText(action, semconv.ActionCommand, a.Command)
	putText(action, semconv.ActionFilePath, a.FilePath)
	putText(action, semconv.ActionURL, a.URL)
	alert := m.PutEmptyMap(semconv.BodyAlert)
	putText(alert, semconv.AlertBodyID, a.ID)
	putText(alert, semconv.AlertBodySeverity, a.Severity)
	alert.PutInt(semconv.AlertBodyRiskScore, int64(a.RiskScore))
	putText(alert, semconv.AlertBodyRule, a.Rule)
	putText(alert, semconv.AlertBodyRuleID, a.RuleID)
	putText(alert, semconv.AlertBodyTitle, a.Title)
	putText(alert, semconv.AlertBodyCategory, a.Category)
	putText(alert, semconv.AlertBodyVersion, a.RuleVersion)
	putText(alert, semconv.AlertBodyRuleset, a.Ruleset)
	putTexts(alert, semconv.AlertBodyEvidence, a.Evidence)
	putTexts(alert, semconv.AlertBodyAttack, a.Attack)
	putTexts(alert, semconv.AlertBodyAtlas, a.Atlas)
	putText(alert, semconv.AlertBodyResponse, a.Response)
	putText(alert, semconv.AlertBodyEventID, a.EventID)
	putText(alert, semconv.AlertBodyEventType, a.EventType)
	if a.EventSeq > 0 {
		alert.PutInt(semconv.AlertBodySeq, a.EventSeq)
	}
	if a.Suppressed > 0 {
		alert.PutInt(semconv.AlertBodySuppressed, a.Suppressed)
	}
	putText(alert, semconv.AlertBodySuppressionKey, a.SuppressionKey)
	m.PutStr(semconv.BodyEventType, semconv.EventSecurityAlert)
	m.PutStr(semconv.BodyLevel, level)
	meta := m.PutEmptyMap(semconv.BodyMetadata)
	meta.PutStr(semconv.MetaEventID, a.ID)
	meta.PutStr(semconv.MetaTelemetryVersion, version.Version)
	putText(meta, semconv.MetaUserID, a.User)
	putText(m, semconv.BodyProjectName, a.ProjectName)
	putText(m, semconv.BodyProjectPath, a.Project)
	m.PutInt(semconv.BodySchemaVersion, semconv.SchemaVersion)
	putText(m, semconv.BodySessionID, a.Session)
	m.PutStr(semconv.BodyTimestamp, a.Time.UTC().Format(time.RFC3339Nano))
	putText(m, semconv.BodyToolName, a.Tool)
}

func putText(m pcommon.Map, key, value string) {
	if value != "" {
		m.PutStr(key, value)
	}
}

func putTexts(m pcommon.Map, key string, values []string) {
	if len(values) == 0 {
		return
	}
	list := m.PutEmptySlice(key)
	list.EnsureCapacity(len(values))
	for _, v := range values {
		list.AppendEmpty().SetStr(v)
	}
}

// Bounded returns the alert with every text escaped and cut to its bound.
func (a Alert) Bounded() Alert {
	for _, t := range []*string{
		&a.ID, &a.Severity, &a.RuleID, &a.Rule, &a.Title, &a.Category, &a.RuleVersion, &a.Ruleset, &a.EventID, &a.EventType,
		&a.Session, &a.ProjectName, &a.Tool, &a.ToolCallID, &a.AgentID, &a.AgentType, &a.Host, &a.User, &a.SuppressionKey,
	} {
		*t = Escape(*t, maxText)
	}
	for _, t := range []*string{&a.Project, &a.Command, &a.FilePath, &a.URL, &a.Response} {
		*t = Escape(*t, MaxCommandBytes)
	}
	a.Evidence = escaped(a.Evidence, MaxEvidence, MaxEvidenceBytes)
	a.Attack = escaped(a.Attack, maxIDs, maxText)
	a.Atlas = escaped(a.Atlas, maxIDs, maxText)
	a.RiskScore = min(max(a.RiskScore, 0), 100)
	return a
}

func escaped(texts []string, most, bytes int) []string {
	if len(texts) == 0 {
		return nil
	}
	out := make([]string, 0, min(len(texts), most))
	for _, t := range texts[:min(len(texts), most)] {
		out = append(out, Escape(t, bytes))
	}
	return out
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
