package semconv

// MetricsScopeName is the instrumentation scope of the metrics that are made of events.
const MetricsScopeName = "github.com/agent-telemetry/agent-telemetry/connector/agentmetricsconnector"

// Metrics made of events. Those of OpenTelemetry's GenAI conventions come first.
const (
	MetricToolDuration    = "gen_ai.execute_tool.duration"     // s
	MetricAgentDuration   = "gen_ai.invoke_agent.duration"     // s
	MetricAgentToolCalls  = "gen_ai.invoke_agent.tool_calls"   // calls of one invocation
	MetricRequestDuration = "gen_ai.client.operation.duration" // s
	MetricTokenUsage      = "gen_ai.client.token.usage"        //nolint:gosec // no password

	MetricEvents           = "claude_code.events"
	MetricToolCalls        = "claude_code.tool.calls"
	MetricTurns            = "claude_code.turns"
	MetricAlertsRaised     = "claude_code.alert.raised"
	MetricAlertsSuppressed = "claude_code.alert.suppressed"
	MetricVerdicts         = "claude_code.enforcement.verdicts"
	MetricSessionsActive   = "claude_code.session.active"
	MetricAgentsActive     = "claude_code.agent.active"
	MetricDepth            = "claude_code.delegation.depth"
	MetricFanOut           = "claude_code.delegation.fan_out"
	MetricDelegationTokens = "claude_code.delegation.tokens"
	MetricRequests         = "claude_code.api_request.count"
	MetricRequestTokens    = "claude_code.api_request.tokens"
	MetricRequestCost      = "claude_code.api_request.cost" // {USD}
)

// Attributes that only metrics have.
const (
	TokenType         = "gen_ai.token.type" //nolint:gosec // no password; input or output, as the conventions mean it
	RequestModel      = "gen_ai.request.model"
	TokenKind         = "claude_code.token.kind"   // TokensIn and so on, as Claude Code counts them
	QuerySource       = "claude_code.query_source" // what of Claude Code asked the model
	MetricOverflow    = "otel.metric.overflow"     // true on the series that stands for all that would have been one too many
	ServiceInstanceID = "service.instance.id"
)

// Values of TokenType.
const (
	TokenTypeInput  = "input"  // all that was sent, from the cache or not
	TokenTypeOutput = "output" // what was answered
)

// Values of TokenKind: they do not overlap.
const (
	TokensIn         = "input"
	TokensOut        = "output"
	TokensCacheRead  = "cache_read"
	TokensCacheMade  = "cache_creation"
	OperationChat    = "chat"   // of OperationName: a request to the model
	ErrorTypeOther   = "_OTHER" // of ErrorType: failed, and not said how
	UnknownAgentType = "agent"  // of AgentName: a sub-agent that has no type
)

// CallBodyTokens is the field of body.agent's AgentBodyCall that says what the agent
// has used, when it has done.
const CallBodyTokens = "tokens"
