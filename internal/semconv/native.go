package semconv

// Names in the telemetry that Claude Code sends itself over OTLP. It shares
// SessionID with ours.
const (
	NativeEventName = "event.name" // what EventType is in a hook record
	NativeToolName  = "tool_name"
	NativeToolUseID = "tool_use_id"
	NativePromptID  = "prompt.id"
	NativeSequence  = "event.sequence" // its number in the session
	NativeDecision  = "decision"       // of a tool_decision: accept or reject
)

// Values of NativeEventName, and of NativeDecision, that reconcile needs.
const (
	NativeToolResult     = "tool_result"
	NativeToolDecision   = "tool_decision"
	NativeDecisionReject = "reject"
)

// What the events of requests to the model tell, for roll-ups. Numbers are texts in it.
const (
	NativeAPIRequest     = "api_request" // values of NativeEventName
	NativeAPIError       = "api_error"
	NativeModel          = "model"
	NativeCost           = "cost_usd"
	NativeDurationMillis = "duration_ms"
	NativeTokensIn       = "input_tokens"
	NativeTokensOut      = "output_tokens"
	NativeTokensRead     = "cache_read_tokens"
	NativeTokensWritten  = "cache_creation_tokens"
)

// Attributes of native spans that tell of agents.
const (
	NativeAgentID       = "agent_id"
	NativeParentAgentID = "parent_agent_id"
)

// Fields of a Loki line that are not part of a record's body.
const (
	LineBody          = "body"           // the body of a record whose body is no map
	LineEventName     = "event_name"     // its EventName
	LineResource      = "resource"       // its resource attributes
	LineTruncated     = "line_truncated" // true when the line had to be cut
	LineOriginalBytes = "line_original_bytes"
	LineText          = "line" // the start of a line too large to be cut field by field
)

// What the events of requests to the model tell beside it, for metrics.
const (
	NativeQuerySource = "query_source" // what of Claude Code asked, such as repl_main_thread or agent:…
	NativeAgentName   = "agent.name"   // type of the sub-agent that asked
	NativeStatusCode  = "status_code"  // of an api_error: HTTP's
)
