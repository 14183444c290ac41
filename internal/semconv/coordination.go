package semconv

// CoordinationServiceName is the service.name of records about how agents worked
// together. They are made of the audit log, and are in Loki only.
const CoordinationServiceName = "claude-telemetry-coordination"

// CoordinationScopeName is their instrumentation scope.
const CoordinationScopeName = "github.com/agent-telemetry/agent-telemetry/internal/coordination"

// Event types of these records: the values of EventType and of LabelEvent.
// docs/coordination.md has the fields of their lines.
const (
	EventAgentDelegation     = "agent_delegation"
	EventAgentConflict       = "agent_conflict"
	EventAgentRepeatedWork   = "agent_repeated_work"
	EventAgentTypeShare      = "agent_type_share"
	EventSessionCoordination = "session_coordination"
)

// Their attributes, beside SessionID, ProjectName, AgentID, AgentName, AgentParentID,
// AgentDepth and ToolCallID.
const (
	CoordinationRecordID = "agent_telemetry.coordination.record_id" // of several with the same, the last counts
	CoordinationHour     = "agent_telemetry.coordination.hour"      // of the record's time, UTC: 00 to 23, for LabelHour
)

// MetadataRecordID is CoordinationRecordID in Loki.
const MetadataRecordID = "record_id"
