package coordination

import "time"

// Session is how the agents of a session worked together.
type Session struct {
	Start time.Time `json:"start"` // of the first event
	End   time.Time `json:"end"`   // of the last one
	Ended bool      `json:"ended"` // a session_end is the last event

	Delegations     []Delegation     `json:"delegations"` // by begin
	Conflicts       []Conflict       `json:"conflicts"`   // by time
	Repeated        []Repeat         `json:"repeated"`    // by time
	Types           []TypeShare      `json:"types"`       // the largest share first; the main agent's type is "main"
	CriticalPath    CriticalPath     `json:"critical_path"`
	Efficiency      Efficiency       `json:"efficiency"`
	Recommendations []Recommendation `json:"recommendations"`

	// What was found, of which the lists above may hold less.
	ConflictCount int `json:"conflict_count"`
	RepeatCount   int `json:"repeat_count"`
	// LeftOut is how many events were too many to be taken in.
	LeftOut int `json:"left_out"`
}

// Outcome of a delegation.
const (
	OutcomeCompleted = "completed" // the call answered
	OutcomeStopped   = "stopped"   // the agent stopped; no answer is recorded, or the one that came at once, of a background agent
	OutcomeFailed    = "failed"    // the call failed
	OutcomeDenied    = "denied"    // the call was not allowed
	OutcomeRunning   = "running"   // it goes on, or its end was not recorded
)

// Delegation is what an agent was called for: an agent, or a call that made none.
type Delegation struct {
	ID          string `json:"delegation"`            // of the record: the agent's id, else the call's
	AgentID     string `json:"agent_id"`              // "" when the call made none that was seen
	AgentType   string `json:"agent_type"`            // asked for, or of the agent
	ParentID    string `json:"parent_id"`             // an agent's id, main, or "" when it is not known
	ParentType  string `json:"parent_type"`           // "main" for the main agent
	Depth       int    `json:"depth"`                 // 1 is whom the main agent called; -1 not known
	Call        string `json:"call"`                  // tool_use_id of the call, "" when it is not known
	Link        string `json:"link"`                  // how the parent is known, as in agents.md
	Description string `json:"description,omitempty"` // what the caller says that it is for
	Background  bool   `json:"background"`            // the caller did not wait

	Begin   time.Time `json:"begin"`
	End     time.Time `json:"end"`
	Outcome string    `json:"outcome"`
	Status  string    `json:"status"` // as the answer says it; "" when none is recorded
	Stops   int       `json:"stops"`  // how often it stopped

	// Milliseconds. Duration = Own + Waiting + Approval.
	Duration int64 `json:"duration_ms"` // from Begin to End
	Own      int64 `json:"own_ms"`      // at work: without the others
	Waiting  int64 `json:"waiting_ms"`  // while an agent that it waits for works
	Approval int64 `json:"approval_ms"` // while a person was asked, and no call of it ran
	Tools    int64 `json:"tools_ms"`    // of Own: while one of its tool calls runs

	ToolCalls    int   `json:"tool_calls"`
	Errors       int   `json:"errors"` // tool calls that failed
	DeniedCalls  int   `json:"denied"` // tool calls that were not allowed
	Children     int   `json:"children"`
	FilesRead    int   `json:"files_read"`    // different ones
	FilesChanged int   `json:"files_changed"` // different ones
	Searches     int   `json:"searches"`
	Tokens       int64 `json:"tokens"` // -1 when nothing tells
	// TokensFrom says what tells: TokensAnswer, TokensRequests, TokensSpans, or "".
	TokensFrom string `json:"tokens_from"`
	// As the call's answer says; -1 when it does not.
	ReportedToolCalls int64 `json:"reported_tool_calls"`
	ReportedDuration  int64 `json:"reported_duration_ms"`

	Read    []string `json:"read,omitempty"`    // the first files by name, at most MaxFiles
	Changed []string `json:"changed,omitempty"` // likewise

	// Over is when it was known to be over; zero while it may go on.
	Over time.Time `json:"-"`
}

// What tells of tokens.
const (
	TokensAnswer   = "answer"   // the call's answer
	TokensRequests = "requests" // Claude Code's own events of requests that name the agent
	TokensSpans    = "spans"    // Claude Code's own spans of requests that name the agent
)

// Touch is who did something to a file, or searched.
type Touch struct {
	AgentID   string    `json:"agent_id"` // "" is the main agent
	AgentType string    `json:"agent_type"`
	Call      string    `json:"call"` // tool_use_id
	Time      time.Time `json:"time"` // when it had been done
}

// Conflict is two agents that changed one file, one soon after the other, and neither
// of which waited for the other as its caller.
type Conflict struct {
	ID   string `json:"conflict"`
	File string `json:"file"`
	// Kind is ConflictConcurrent or ConflictConsecutive.
	Kind   string `json:"kind"`
	First  Touch  `json:"first"`
	Second Touch  `json:"second"`
	Gap    int64  `json:"gap_ms"` // between the two
	// Base says what the second found: BaseFirst, BaseOther, or BaseUnknown.
	Base string `json:"base"`
}

// Of conflicts.
const (
	// The first agent was still at work when the second made its change, or the
	// second was already when the first did.
	ConflictConcurrent  = "concurrent"
	ConflictConsecutive = "consecutive"

	BaseFirst   = "first"   // the file as the first left it
	BaseOther   = "other"   // another content: something in between changed it
	BaseUnknown = "unknown" // no hash was recorded
)

// Repeat is an agent that did what another one had done, with no change recorded in
// between.
type Repeat struct {
	ID     string `json:"repeat"`
	Kind   string `json:"kind"`             // RepeatRead or RepeatSearch
	Target string `json:"target"`           // file, or where was searched
	Detail string `json:"detail,omitempty"` // range of the file, or what was searched for
	First  Touch  `json:"first"`            // the earliest one that it repeats
	Second Touch  `json:"second"`
	Times  int    `json:"times"` // how often it had been done by then, this time too: 2 or more
}

// Kinds of Repeat.
const (
	RepeatRead   = "read"
	RepeatSearch = "search"
)

// TypeShare is what agents of one type did.
type TypeShare struct {
	Type        string  `json:"agent_type"`
	Delegations int     `json:"delegations"`
	Completed   int     `json:"completed"` // outcome completed or stopped
	Failed      int     `json:"failed"`
	Denied      int     `json:"denied"`
	Running     int     `json:"running"` // no end was recorded
	Background  int     `json:"background"`
	Own         int64   `json:"own_ms"`
	Approval    int64   `json:"approval_ms"`
	Share       float64 `json:"share"`            // of the work of all: Own of Efficiency.Work, 0 to 1
	Critical    int64   `json:"critical_path_ms"` // of the critical path
	Duration    int64   `json:"duration_ms"`      // of its delegations, together
	DurationMax int64   `json:"duration_max_ms"`  // the longest delegation
	DurationP50 int64   `json:"duration_p50_ms"`  // the median delegation
	ToolCalls   int     `json:"tool_calls"`
	Errors      int     `json:"errors"`
	Tokens      int64   `json:"tokens"` // of those of which something tells
}

// CriticalPath is what the session had to wait for: at each moment of work that was
// waited for, the one agent that the others, or the person, waited for.
type CriticalPath struct {
	Length   int64  `json:"length_ms"`
	Steps    []Step `json:"steps"` // by time, at most MaxSteps, the longest ones
	StepsAll int    `json:"steps_all"`
	// Delegated is the part of Length in which it was not the main agent.
	Delegated int64 `json:"delegated_ms"`
}

// Step is a part of the critical path.
type Step struct {
	AgentID   string    `json:"agent_id"` // "" is the main agent
	AgentType string    `json:"agent_type"`
	Begin     time.Time `json:"begin"`
	Length    int64     `json:"length_ms"`
}

// Efficiency is how much was done at the same time. An agent is at work from its begin
// to its end, the main agent in its turns, but while it waits for one that it called, or for a
// person who was asked.
type Efficiency struct {
	Wall   int64 `json:"wall_ms"`   // from the session's first event to its last
	Active int64 `json:"active_ms"` // of Wall: at least one agent at work
	Work   int64 `json:"work_ms"`   // of all agents, together
	// Approval is for how long agents stood still because a person was asked, together.
	Approval int64 `json:"approval_ms"`
	Peak     int   `json:"peak"` // the most that were at work at the same time
	// Parallelism is Work / Active: how many were at work on average; 0 without work.
	Parallelism float64 `json:"parallelism"`
	// Efficiency is Work / (Active × Peak), from above 0 to 1: 1 is that as many
	// as ever were at work always were. 0 without work.
	Efficiency float64 `json:"parallel_efficiency"`
	// Overlap is the part of Active in which two or more were at work, 0 to 1.
	Overlap float64 `json:"overlap"`
	// Delegated is the part of Work that was not the main agent's, 0 to 1.
	Delegated float64 `json:"delegated"`
}

// Rules of recommendations.
const (
	RuleSerialDelegations = "serial-delegations"  // the same caller, one after the other, that did not depend on each other
	RuleFailureOutlier    = "failure-rate"        // an agent type that fails more often than the others
	RuleRepeatedWork      = "repeated-work"       // files read, or searches made, by several agents
	RuleConflictingEdits  = "conflicting-changes" // a file that agents changed at the same time
)

// Recommendation is something worth looking at, with what it rests on.
type Recommendation struct {
	ID       string     `json:"id"` // the same for the same session and evidence
	Rule     string     `json:"rule"`
	Title    string     `json:"title"` // a sentence, with the numbers
	Numbers  []Number   `json:"numbers"`
	Evidence []Evidence `json:"evidence"` // at most MaxEvidence
	// EvidenceAll is how many pieces there are.
	EvidenceAll int `json:"evidence_all"`
	// Unknown says what cannot be known from the records.
	Unknown []string `json:"unknown"`
}

// Number is a named number.
type Number struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // ms, delegations, calls, reads, files, agents, or "" for a share or a probability
}

// Evidence is what a recommendation rests on: what of it is not there is empty.
type Evidence struct {
	Text      string    `json:"text"` // made of fixed words, types, ids and numbers
	AgentID   string    `json:"agent_id,omitempty"`
	AgentType string    `json:"agent_type,omitempty"`
	Call      string    `json:"call,omitempty"`
	File      string    `json:"file,omitempty"`
	Time      time.Time `json:"time,omitzero"`
}
