// Package semconv is the only copy of the names that the product puts into
// telemetry: attribute keys, event types, body fields and Loki labels. It
// imports nothing of ours, so every other package can use it.
//
// Names come from the OpenTelemetry semantic conventions (general and GenAI)
// where those have one; `claude_code.*` and `superclaude.*` are ours.
package semconv

// Resource attributes.
const (
	ServiceName    = "service.name"
	ServiceVersion = "service.version"
	HostName       = "host.name"
	HostID         = "host.id"
	OSType         = "os.type"
	UserName       = "user.name"
)

// ServiceNameValue is the service.name of every record made from a hook event.
const ServiceNameValue = "claude-telemetry"

// ScopeName is the instrumentation scope of every record made from a hook event.
const ScopeName = "github.com/agent-telemetry/agent-telemetry/hookexporter"

// EventNamePrefix stands before the event type in a log record's EventName.
const EventNamePrefix = "claude_code."

// Attributes of an event's log record.
const (
	EventType = "event.type"
	EventID   = "claude_code.event.id" // UUIDv7, made at capture
	// EventIDConflict is true on a record that came under the event id of another
	// record and tells something else: one of the two is forged. It got an id of
	// its own; EventConflictsWith is the one that it came with.
	EventIDConflict    = "claude_code.event.id_conflict"
	EventConflictsWith = "claude_code.event.conflicts_with"

	SessionSeq = "claude_code.session.seq" // per session, from 1, without holes
	// SessionSeqRestarted is true on the event before which the session's state
	// was lost, so that its sequence numbers started again.
	SessionSeqRestarted = "claude_code.session.seq_restarted"
	HookEvent           = "claude_code.hook.event"     // hook_event_name as Claude Code sent it
	CaptureTransport    = "claude_code.hook.transport" // TransportCommand or TransportHTTP
	SessionID           = "session.id"
	ConversationID      = "gen_ai.conversation.id" // equals session.id
	PromptID            = "claude_code.prompt.id"
	PermissionMode      = "claude_code.permission_mode"
	ProviderName        = "gen_ai.provider.name"
	OperationName       = "gen_ai.operation.name"
	ToolName            = "gen_ai.tool.name"
	ToolCallID          = "gen_ai.tool.call.id" // tool_use_id
	AgentName           = "gen_ai.agent.name"   // agent type
	AgentID             = "claude_code.agent.id"
	ProjectPath         = "claude_code.project.path"
	ProjectName         = "claude_code.project.name"
	Scope               = "claude_code.scope"         // ScopeProject or ScopeOutside
	ScopeUnknown        = "claude_code.scope_unknown" // the file system did not answer in time: outside is assumed
	FilePath            = "file.path"
	OutsideProject      = "claude_code.outside_project_scope"
	CommandLine         = "process.command_line"
	ExitCode            = "process.exit.code"
	URLFull             = "url.full"
	ServerAddress       = "server.address"
	MCPServerName       = "mcp.server.name"
	ToolDurationMillis  = "claude_code.tool.duration_ms"
	ErrorType           = "error.type"
	FileHashBefore      = "claude_code.file.hash.before" // SHA-256, hex
	FileHashAfter       = "claude_code.file.hash.after"  // SHA-256, hex
	FileHashSkipped     = "claude_code.file.hash.skipped"
	FileLinesAdded      = "claude_code.file.lines_added"
	FileLinesRemoved    = "claude_code.file.lines_removed"
	PromptPreview       = "user.prompt.preview"
	SuperCommands       = "superclaude.commands"
	SuperPersonas       = "superclaude.personas"
	SuperReasoning      = "superclaude.reasoning_level"
	SuperMCPServers     = "superclaude.mcp_servers"
	SuperFlags          = "superclaude.flags"
	SuperWorkflow       = "superclaude.workflow_type"
	DecodeError         = "claude_code.decode.error"         // why a payload could not be decoded
	PayloadBytes        = "claude_code.payload.bytes"        // set together with DecodeError
	PayloadInvalidUTF8  = "claude_code.payload.invalid_utf8" // bytes were replaced by U+FFFD
	PayloadSHA256       = "claude_code.payload.sha256"       // set together with DecodeError
)

// Fixed attribute values.
const (
	ProviderAnthropic     = "anthropic"
	OperationExecuteTool  = "execute_tool"
	OperationInvokeAgent  = "invoke_agent"
	TransportCommand      = "command" // Claude Code ran claude-hook
	TransportHTTP         = "http"    // Claude Code posted the payload itself
	TransportSpool        = "spool"   // made by the receiver about a file in the spool
	ScopeProject          = "project" // the action stays in the project
	ScopeOutside          = "outside" // the action reaches outside the project
	InstallScopeProject   = "project" // the hook is active where a marker file stands
	InstallScopeUser      = "user"    // the hook is active in every project of the user
	InstallScopeManaged   = "managed" // the same, by managed settings
	ReasoningThink        = "think"
	ReasoningThinkHard    = "think-hard"
	ReasoningUltrathink   = "ultrathink"
	ChangeTypePre         = "pre_change"
	ChangeTypePost        = "post_change"
	SchemaVersion         = 3
	PromptPreviewMaxRunes = 120
)
