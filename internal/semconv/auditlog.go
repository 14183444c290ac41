package semconv

// AuditCheckpointEvent is the EventName of the log record that carries a
// checkpoint of the audit log to another collector. Its body is the signed note.
const AuditCheckpointEvent = "agent_telemetry.audit.checkpoint"

// AnchorScopeName is the instrumentation scope of such a record.
const AnchorScopeName = "github.com/agent-telemetry/agent-telemetry/internal/anchor/otlp"

// Attributes of a record about the audit log.
const (
	AuditLogID    = "agent_telemetry.audit.log.id"
	AuditTreeSize = "agent_telemetry.audit.tree.size" // leaves
	AuditTreeRoot = "agent_telemetry.audit.tree.root" // base64
)
