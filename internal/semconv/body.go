package semconv

// Fields of the structured body, schema version 3. The Loki line is the body's
// JSON without BodyRawInput and without empty fields.
const (
	BodyTimestamp        = "timestamp"
	BodyLevel            = "level"
	BodyEventType        = "event_type"
	BodyHookEvent        = "hook_event"
	BodySessionID        = "session_id"
	BodyProjectPath      = "project_path"
	BodyProjectName      = "project_name"
	BodyToolName         = "tool_name"
	BodyTelemetryEnabled = "telemetry_enabled"
	BodyActionDetails    = "action_details"
	BodySuperClaude      = "superclaude_context"
	BodyFileChanges      = "file_changes"
	BodyAgent            = "agent"
	BodyMetadata         = "metadata"
	BodyRawInput         = "raw_input"
	BodySchemaVersion    = "schema_version"
)

// Fields of body.action_details.
const (
	ActionFilePath      = "file_path"
	ActionSizeBytes     = "size_bytes"
	ActionOutsideScope  = "outside_project_scope"
	ActionCommand       = "command"
	ActionSearchPattern = "search_pattern"
	ActionSearchPath    = "search_path"
	ActionURL           = "url"
	ActionToolContext   = "tool_context"
)

// Fields of body.superclaude_context.
const (
	SuperBodyCommands   = "commands"
	SuperBodyPersonas   = "personas"
	SuperBodyReasoning  = "reasoning_level"
	SuperBodyMCPServers = "mcp_servers"
	SuperBodyFlags      = "flags"
	SuperBodyWorkflow   = "workflow_type"
)

// Fields of body.file_changes.
const (
	ChangeID           = "change_id"
	ChangeFileHash     = "file_hash"
	ChangeType         = "change_type"
	ChangeHashSkipped  = "hash_skipped" // why there is no file_hash
	ChangeDiffLines    = "diff_lines"
	ChangeLinesAdded   = "lines_added"
	ChangeLinesRemoved = "lines_removed"
)

// Fields of body.metadata.
const (
	MetaClaudeVersion    = "claude_version"
	MetaTelemetryVersion = "telemetry_version"
	MetaUserID           = "user_id"
	MetaScope            = "scope"
	MetaPromptPreview    = "user_prompt_preview"
	MetaEventID          = "event_id"
	MetaSeq              = "seq"
)

// Loki labels of the default ("seed") schema.
const (
	LabelService = "service"
	LabelProject = "project"
	LabelEvent   = "event"
	LabelTool    = "tool"
	LabelSession = "session"
	LabelScope   = "scope"
	LabelLevel   = "level"
)

// LabelOverflow is the value of a label in place of one that would have been one too
// many.
const LabelOverflow = "__overflow__"

// Structured metadata keys in Loki.
const (
	MetadataSessionID = "session_id"
	MetadataEventID   = "event_id"
	MetadataSeq       = "seq"
	MetadataToolUseID = "tool_use_id"
	MetadataAgentID   = "agent_id"
	MetadataAgentType = "agent_type"
	MetadataPromptID  = "prompt_id"
	MetadataHookEvent = "hook_event"
	MetadataTraceID   = "trace_id"
	MetadataSpanID    = "span_id"
)
