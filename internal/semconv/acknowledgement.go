package semconv

// EventAlertAcknowledged is the event type of a record which says that somebody
// has seen an alert. It changes nothing of the alert. Session and project are
// those of the alert; AlertID, RuleName and AlertSeverity say which one it was.
const EventAlertAcknowledged = "alert_acknowledged"

// Attributes of a record of type EventAlertAcknowledged.
const (
	AckBy     = "claude_code.acknowledgement.by"     // who, as they say themselves
	AckReason = "claude_code.acknowledgement.reason" // why it needs nobody any more
	// AckFromAgent is true when the acknowledgement was made in a shell of Claude Code.
	AckFromAgent = "claude_code.acknowledgement.from_agent"
)

// BodyAck is the field of the body that holds the same; its fields are these.
const (
	BodyAck          = "acknowledgement"
	AckBodyAlertID   = "alert_id"
	AckBodyRule      = "rule" // the slug
	AckBodySeverity  = "severity"
	AckBodyBy        = "by"
	AckBodyReason    = "reason"
	AckBodyFromAgent = "from_agent"
)
