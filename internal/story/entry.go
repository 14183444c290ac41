package story

import "time"

// Kind says what an entry of a story is.
type Kind string

// Kinds of entries.
const (
	KindSession    Kind = "session"    // it starts or ends: Event is session_start or session_end
	KindPrompt     Kind = "prompt"     // a person's; Text is its preview
	KindTool       Kind = "tool"       // a tool call, its beginning and its end in one
	KindPermission Kind = "permission" // a person is asked; Tool says for what
	KindAgent      Kind = "agent"      // a sub-agent starts or stops: Event is subagent_start or subagent_stop
	KindAlert      Kind = "alert"      // a rule found something; stands behind the entry that it is about
	KindTurn       Kind = "turn"       // Claude has answered, or failed to: Event is turn_end or turn_failure
	KindGap        Kind = "gap"        // records are missing
	KindNote       Kind = "note"       // anything else; Text says what
)

// Outcomes of a tool call.
const (
	OutcomeOK          = "ok"
	OutcomeFailed      = "failed"
	OutcomeDenied      = "denied" // by a person, a permission mode or a rule
	OutcomeInterrupted = "interrupted"
	OutcomeTimeout     = "timeout"
	OutcomeUnknown     = "unknown" // its end was not recorded, or has not come yet
)

// Entry is one thing that happened.
type Entry struct {
	Kind    Kind      `json:"kind"`
	Time    time.Time `json:"time"`
	Event   string    `json:"event"` // the event type, such as file_edit
	EventID string    `json:"event_id,omitempty"`
	Seq     uint64    `json:"seq,omitempty"`    // in the session; of a tool call that of its beginning
	Record  uint64    `json:"record,omitempty"` // in the audit log; 0 from Loki

	AgentID   string `json:"agent_id,omitempty"` // "" is the main agent
	AgentType string `json:"agent_type,omitempty"`
	Depth     int    `json:"depth"` // of the agent: 0 is the main one, 1 those that it started, …

	// Severity is the worst of the alerts about this entry, or of this alert.
	Severity string `json:"severity,omitempty"`
	// Text is a preview of the prompt, or what a note says.
	Text string `json:"text,omitempty"`

	Tool  *Tool  `json:"tool,omitempty"`  // of KindTool and KindPermission
	Alert *Alert `json:"alert,omitempty"` // of KindAlert
	Gap   *Gap   `json:"gap,omitempty"`   // of KindGap
}

// Tool is a tool call.
type Tool struct {
	Name    string `json:"name"`
	ID      string `json:"tool_use_id,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	// Duration is in milliseconds, as Claude Code says or else from the two
	// records; -1 when it is not known.
	Duration int64 `json:"duration_ms"`
	// Ended is when its end was recorded; zero when none was. A call that somebody had to
	// allow first ends later than its duration after its beginning.
	Ended    time.Time `json:"-"`
	Error    string    `json:"error,omitempty"` // its kind, such as exit_code or tool_error
	ExitCode *int64    `json:"exit_code,omitempty"`
	Message  string    `json:"message,omitempty"`      // the error's first line; only the audit log has it
	EndSeq   uint64    `json:"end_seq,omitempty"`      // in the session, of its end
	EndID    string    `json:"end_event_id,omitempty"` // event id of its end
	Outside  bool      `json:"outside_project_scope,omitempty"`

	File        string `json:"file,omitempty"`
	Change      bool   `json:"change,omitempty"` // it writes the file
	Added       int64  `json:"lines_added,omitempty"`
	Removed     int64  `json:"lines_removed,omitempty"`
	Size        int64  `json:"size_bytes,omitempty"`
	HashBefore  string `json:"hash_before,omitempty"` // SHA-256 of the file, hex
	HashAfter   string `json:"hash_after,omitempty"`
	Command     string `json:"command,omitempty"`
	URL         string `json:"url,omitempty"`
	Pattern     string `json:"pattern,omitempty"`
	SearchPath  string `json:"search_path,omitempty"`
	MCPServer   string `json:"mcp_server,omitempty"`
	MCPTool     string `json:"mcp_tool,omitempty"`
	Description string `json:"description,omitempty"` // what the agent says that it is for
	Delegate    string `json:"delegate,omitempty"`    // type of the agent that is called
	DelegateID  string `json:"delegate_id,omitempty"` // its id, where the end says it
	Redacted    bool   `json:"redacted,omitempty"`    // a secret was taken out of its texts

	// Rules are the rules that found something in it.
	Rules []string `json:"rules,omitempty"`
	// Decision is what was answered to a hook that asked whether the call may be
	// made: none, ask or deny; "" when it did not ask. Reason is the rule, or why
	// there was no verdict.
	Decision string `json:"decision,omitempty"`
	Reason   string `json:"decision_reason,omitempty"`
}

// Alert is what a rule found.
type Alert struct {
	ID         string   `json:"id"`
	Severity   string   `json:"severity"`
	Risk       int      `json:"risk_score"`
	Rule       string   `json:"rule"`
	RuleID     string   `json:"rule_id,omitempty"`
	Title      string   `json:"title,omitempty"`
	Category   string   `json:"category,omitempty"`
	Evidence   []string `json:"evidence,omitempty"`
	Attack     []string `json:"attack,omitempty"` // ids of MITRE ATT&CK
	Atlas      []string `json:"atlas,omitempty"`  // ids of MITRE ATLAS
	Response   string   `json:"response,omitempty"`
	EventID    string   `json:"event_id,omitempty"` // of the record that it is about
	EventSeq   int64    `json:"event_seq,omitempty"`
	Suppressed int64    `json:"suppressed,omitempty"`
	// Acknowledged says who has seen it; nil when nobody has, as far as the
	// session's records tell.
	Acknowledged *Acknowledgement `json:"acknowledged,omitempty"`
}

// Acknowledgement says that somebody has seen an alert.
type Acknowledgement struct {
	Time      time.Time `json:"time"`
	By        string    `json:"by"`
	Reason    string    `json:"reason"`
	FromAgent bool      `json:"from_agent"` // made in a shell of Claude Code
}

// Gap says which numbers of the session are not there.
type Gap struct {
	First   uint64 `json:"first"`
	Last    uint64 `json:"last"`
	Missing uint64 `json:"missing"`
}

// Agent is a sub-agent of a session.
type Agent struct {
	ID     string `json:"agent_id"`
	Type   string `json:"agent_type"`
	Parent string `json:"parent_id"` // "" is the main agent
	Depth  int    `json:"depth"`
	// ToolUseID is the call by which it was started, where that is known.
	ToolUseID string `json:"tool_use_id,omitempty"`
	// Link says how the parent is known, as semconv.LinkConfirmed and so on do.
	Link        string    `json:"link,omitempty"`
	Description string    `json:"description,omitempty"`
	Start       time.Time `json:"start"` // of its first record
	End         time.Time `json:"end"`   // of its last record so far
	Stopped     bool      `json:"stopped"`
	Background  bool      `json:"background,omitempty"` // its caller did not wait for it
	ToolCalls   int       `json:"tool_calls"`
	Errors      int       `json:"errors"`
	Alerts      int       `json:"alerts"`
	// Tokens is what it used, where the end of its call says so; else 0.
	Tokens int64 `json:"tokens,omitempty"`
}

// Story is a session with everything that happened in it.
type Story struct {
	Session Session
	Agents  []Agent // in the order of their start; the main agent is not among them
	Entries []Entry
	Source  string // "audit" or "loki"
	// Missing is how many numbers of the session are not there; entries of KindGap
	// say which.
	Missing int
	// LeftOut is how many records were too many to be held: the newest.
	LeftOut int
	// Cut is how many records lost a part of their texts to Limits.Text.
	Cut int
	// Doubled is how many records came twice.
	Doubled int
	// Damaged is how many lines of the audit log could not be read.
	Damaged int
}
