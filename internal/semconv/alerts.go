package semconv

// EventSecurityAlert is the event type of a record that tells of a rule which
// found something.
const EventSecurityAlert = "security_alert"

// Attributes of a record of type EventSecurityAlert. Those of the rule are
// OpenTelemetry's security_rule.*; EventID equals AlertID, and session, project,
// agent and tool are those of the event that the rule found something in.
const (
	AlertID          = "claude_code.alert.id"              // UUID, the same whenever the same event is judged by the same rule
	AlertSeverity    = "claude_code.alert.severity"        // SeverityCritical and so on
	AlertRiskScore   = "claude_code.alert.risk_score"      // 0 to 100
	AlertEvidence    = "claude_code.alert.evidence"        // texts: what was found
	AlertEventID     = "claude_code.alert.event.id"        // EventID of the record that the rule found something in
	AlertEventType   = "claude_code.alert.event.type"      // its EventType
	AlertEventSeq    = "claude_code.alert.event.seq"       // its SessionSeq
	AlertTechniques  = "claude_code.alert.attack"          // ids of MITRE ATT&CK
	AlertAtlas       = "claude_code.alert.atlas"           // ids of MITRE ATLAS
	AlertResponse    = "claude_code.alert.response"        // what to do
	AlertSuppressed  = "claude_code.alert.suppressed"      // how many like it were not told since the last one
	AlertSuppression = "claude_code.alert.suppression_key" // what they have in common

	RuleUUID     = "security_rule.uuid"
	RuleName     = "security_rule.name"     // the rule's slug
	RuleTitle    = "security_rule.title"    // ours: one line for people
	RuleCategory = "security_rule.category" // the pattern it belongs to
	RuleVersion  = "security_rule.version"
	RuleSet      = "security_rule.ruleset.name" // RulesetDefault or RulesetUser
)

// Attributes that the record has in which a rule found something.
const (
	RecordAlerts        = "claude_code.alerts"             // slugs of the rules
	RecordAlertSeverity = "claude_code.alerts.severity"    // the highest
	EnforcementDecision = "claude_code.enforcement"        // DecisionDeny and so on, when a verdict was asked for
	EnforcementReason   = "claude_code.enforcement.reason" // the rule's slug, or why there is no verdict
)

// Decisions of EnforcementDecision.
const (
	DecisionNone = "none" // nothing against it
	DecisionAsk  = "ask"
	DecisionDeny = "deny"
)

// Severities of rules and alerts, and the rulesets they are from.
const (
	SeverityCritical = "critical" // FATAL
	SeverityHigh     = "high"     // ERROR
	SeverityMedium   = "medium"   // WARN
	SeverityLow      = "low"      // INFO
	RulesetDefault   = "agent-telemetry"
	RulesetUser      = "user"
)

// BodyAlert is the field of an alert's body that holds what its attributes hold;
// its fields are these. The other fields of the body are as in every record.
const (
	BodyAlert           = "alert"
	AlertBodyID         = "id"
	AlertBodySeverity   = "severity"
	AlertBodyRiskScore  = "risk_score"
	AlertBodyRule       = "rule" // the slug
	AlertBodyRuleID     = "rule_id"
	AlertBodyTitle      = "title"
	AlertBodyCategory   = "category"
	AlertBodyVersion    = "rule_version"
	AlertBodyRuleset    = "ruleset"
	AlertBodyEvidence   = "evidence"
	AlertBodyAttack     = "attack"
	AlertBodyAtlas      = "atlas"
	AlertBodyResponse   = "response"
	AlertBodyEventID    = "event_id"
	AlertBodyEventType  = "event_type"
	AlertBodySeq        = "event_seq"
	AlertBodySuppressed = "suppressed"
	// AlertBodySuppressionKey is as AlertSuppression.
	AlertBodySuppressionKey = "suppression_key"
)

// MetadataRule and MetadataSeverity are an alert's structured metadata in Loki.
const (
	MetadataRule     = "rule"
	MetadataSeverity = "severity"
	MetadataAlertID  = "alert_id"
)
