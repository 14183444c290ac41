package securityalert

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// FromRecord returns the alert that a record tells of; ok is false when it tells
// of none, or has no id. Every part may be missing, of another kind than it should
// be, or forged: texts are escaped and bounded as in a record of ours.
func FromRecord(resource pcommon.Resource, lr plog.LogRecord) (a Alert, ok bool) {
	m := lr.Attributes()
	if text(m, semconv.EventType) != semconv.EventSecurityAlert {
		return Alert{}, false
	}
	at := lr.Timestamp()
	if at == 0 {
		at = lr.ObservedTimestamp()
	}
	a = Alert{
		ID:             first(text(m, semconv.AlertID), text(m, semconv.EventID)),
		Time:           at.AsTime(),
		Severity:       strings.ToLower(text(m, semconv.AlertSeverity)),
		RiskScore:      int(min(max(number(m, semconv.AlertRiskScore), 0), 100)),
		RuleID:         text(m, semconv.RuleUUID),
		Rule:           text(m, semconv.RuleName),
		Title:          text(m, semconv.RuleTitle),
		Category:       text(m, semconv.RuleCategory),
		RuleVersion:    text(m, semconv.RuleVersion),
		Ruleset:        text(m, semconv.RuleSet),
		Evidence:       texts(m, semconv.AlertEvidence),
		Attack:         texts(m, semconv.AlertTechniques),
		Atlas:          texts(m, semconv.AlertAtlas),
		Response:       text(m, semconv.AlertResponse),
		EventID:        text(m, semconv.AlertEventID),
		EventType:      text(m, semconv.AlertEventType),
		EventSeq:       number(m, semconv.AlertEventSeq),
		Session:        text(m, semconv.SessionID),
		Project:        text(m, semconv.ProjectPath),
		ProjectName:    text(m, semconv.ProjectName),
		Tool:           text(m, semconv.ToolName),
		ToolCallID:     text(m, semconv.ToolCallID),
		AgentID:        text(m, semconv.AgentID),
		AgentType:      text(m, semconv.AgentName),
		Command:        text(m, semconv.CommandLine),
		FilePath:       text(m, semconv.FilePath),
		URL:            text(m, semconv.URLFull),
		Host:           text(resource.Attributes(), semconv.HostName),
		User:           text(resource.Attributes(), semconv.UserName),
		Suppressed:     max(number(m, semconv.AlertSuppressed), 0),
		SuppressionKey: text(m, semconv.AlertSuppression),
	}
	if a.ID == "" {
		return Alert{}, false
	}
	return a.Bounded(), true
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

func number(m pcommon.Map, key string) int64 {
	v, ok := m.Get(key)
	if !ok {
		return 0
	}
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return v.Int()
	case pcommon.ValueTypeDouble: // as JSON has it
		return int64(v.Double())
	}
	return 0
}

func texts(m pcommon.Map, key string) (out []string) {
	v, ok := m.Get(key)
	if !ok || v.Type() != pcommon.ValueTypeSlice {
		return nil
	}
	for _, e := range v.Slice().All() {
		if e.Type() == pcommon.ValueTypeStr && len(out) < maxIDs {
			out = append(out, e.Str())
		}
	}
	return out
}
