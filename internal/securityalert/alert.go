// Package securityalert is an alert between those who make, send and show it: its
// fields, its id, and its form as a log record.
package securityalert

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of an alert.
const (
	MaxEvidence      = 8   // texts
	MaxEvidenceBytes = 512 // of one
	// MaxCommandBytes bounds a command, a path, a URL and the response each, in a
	// record.
	MaxCommandBytes = 8192
)

// Alert says that a rule found something in an event.
type Alert struct {
	ID        string // see ID
	Time      time.Time
	Severity  string // semconv.SeverityCritical and so on
	RiskScore int    // 0 to 100

	RuleID, Rule, Title, Category, RuleVersion, Ruleset string

	Evidence []string // what was found, redacted, without control characters
	Attack   []string // ids of MITRE ATT&CK
	Atlas    []string // ids of MITRE ATLAS
	Response string   // what to do

	EventID, EventType string // of the event that the rule found something in
	EventSeq           int64

	Session, Project, ProjectName, Tool, ToolCallID, AgentID, AgentType string
	Command, FilePath, URL                                              string // of the event, where it has them
	Host, User                                                          string // of the resource

	Suppressed     int64 // how many like it were not told since the last one
	SuppressionKey string
}

// ID is the id of the alert that a rule gives for an event: a UUID (version 8)
// which is the same whenever the event is judged again.
func ID(ruleID, eventID, key string) string {
	h := sha256.New()
	for _, s := range []string{"agent-telemetry alert\x00", ruleID, "\x00", eventID, "\x00", key} {
		_, _ = h.Write([]byte(s)) // a hash takes everything
	}
	b := h.Sum(nil)[:16]
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	x := hex.EncodeToString(b)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// LogSeverity is the log record's severity of an alert's.
func LogSeverity(severity string) plog.SeverityNumber {
	switch severity {
	case semconv.SeverityCritical:
		return plog.SeverityNumberFatal
	case semconv.SeverityHigh:
		return plog.SeverityNumberError
	case semconv.SeverityMedium:
		return plog.SeverityNumberWarn
	}
	return plog.SeverityNumberInfo
}

// Rank orders severities: 4 is critical, 1 is low, 0 is none of them.
func Rank(severity string) int {
	switch severity {
	case semconv.SeverityCritical:
		return 4
	case semconv.SeverityHigh:
		return 3
	case semconv.SeverityMedium:
		return 2
	case semconv.SeverityLow:
		return 1
	}
	return 0
}
