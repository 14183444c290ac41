package semconv

// Attributes of the spans that are made of events. Names that events have, too, mean
// the same.
const (
	ToolType = "gen_ai.tool.type" // ToolTypeFunction
	// ToolWaitMillis is how long a call waited before it ran, such as for a permission.
	ToolWaitMillis = "claude_code.tool.wait_ms"
	// SpanNoStart is true when neither an event nor a duration tells when it began.
	SpanNoStart = "claude_code.span.no_start"
	// SpanNoEnd says why a span ends of which no event tells the end: NoEndTurn and so on.
	SpanNoEnd = "claude_code.span.no_end"
	// SpanLink says what a link means: LinkReports.
	SpanLink = "claude_code.link"
	// AgentBackground is true on an agent that works beside the one that called it.
	AgentBackground = "claude_code.agent.background"
)

// Fixed values of spans' attributes.
const (
	ToolTypeFunction = "function" // the tool runs where the agent does
	LinkReports      = "reports"  // an agent in the background reported in the turn

	NoEndTurn    = "turn_ended"    // with the turn
	NoEndAgent   = "agent_ended"   // with the agent
	NoEndSession = "session_ended" // with the session
	NoEndCall    = "call_ended"    // of an agent: who called it has its answer, or its report
	NoEndNext    = "next_turn"     // of a turn: the next one has begun
	NoEndTimeout = "timeout"       // nothing came for too long
	NoEndEvicted = "evicted"       // there was no more room
)

// SessionSpanName is the name of the span of a session, the root of its trace.
const SessionSpanName = "session"
