package semconv

// Where an agent stands among the agents of its session. AgentID and AgentName are
// what Claude Code says of it; these are found out by the lineage processor.
const (
	GenAIAgentID      = "gen_ai.agent.id"                 // equals AgentID
	AgentParentID     = "claude_code.agent.parent_id"     // who called it; AgentMain for the session's main agent
	AgentRootID       = "claude_code.agent.root_id"       // its ancestor that the main agent called, or itself
	AgentDepth        = "claude_code.agent.depth"         // 0 is the main agent, 1 whom it called; absent when not known
	AgentDelegationID = "claude_code.agent.delegation_id" // tool_use_id of the call that it was made by
	AgentLink         = "claude_code.agent.link"          // how the parent is known: LinkProvisional and so on
)

// AgentMain stands for the main agent of a session, which has no id.
const AgentMain = "main"

// Values of AgentLink, the least certain first.
const (
	LinkProvisional = "provisional" // by time, prompt and type: the answer of the call is not there yet, or is missing
	LinkSidecar     = "sidecar"     // from the file that Claude Code writes beside the agent's transcript
	LinkSpan        = "span"        // from a span of Claude Code's own telemetry
	LinkConfirmed   = "confirmed"   // by the answer of the call that made it
)

// EventAgentLink is the event type of a record which says that an agent has another
// parent, or was made by another call, than records before it say.
const EventAgentLink = "agent_link"

// Attributes of a record of type EventAgentLink, beside those of the agent as it is
// known now.
const (
	AgentPreviousParentID     = "claude_code.agent.previous.parent_id"
	AgentPreviousDelegationID = "claude_code.agent.previous.delegation_id"
	AgentPreviousLink         = "claude_code.agent.previous.link"
)

// Fields of body.agent.
const (
	AgentBodyID           = "id"
	AgentBodyType         = "type"
	AgentBodyParent       = "parent_id"
	AgentBodyRoot         = "root_id"
	AgentBodyDepth        = "depth"
	AgentBodyDelegation   = "delegation_id"
	AgentBodyLink         = "link"
	AgentBodyTranscript   = "transcript_path"
	AgentBodyPrevious     = "previous"     // of an EventAgentLink: parent_id, delegation_id and link before
	AgentBodyCall         = "delegation"   // of a call of Agent or Task: what is asked, and the outcome
	AgentBodyNotification = "notification" // of a <task-notification>: task_id, tool_use_id
	CallBodyAgentID       = "agent_id"     // whom it made
	CallBodyAgentType     = "agent_type"
	NotificationTaskID    = "task_id"
	NotificationToolUseID = "tool_use_id"
)

// Structured metadata of agents in Loki.
const (
	MetadataAgentParent = "agent_parent"
	MetadataAgentDepth  = "agent_depth"
)
