package report

import (
	"time"
)

// Where is what rows say about where something happened.
type Where struct {
	SessionID   string `json:"session_id"`
	Project     string `json:"project"`
	ProjectPath string `json:"project_path"`
	AgentID     string `json:"agent_id"`   // "" is the main agent
	AgentType   string `json:"agent_type"` // likewise
}

// Session is one session in the period.
type Session struct {
	SessionID   string    `json:"session_id"`
	Project     string    `json:"project"`
	ProjectPath string    `json:"project_path"`
	Host        string    `json:"host"`
	User        string    `json:"user"`
	Start       time.Time `json:"start"` // of its first event in the period
	End         time.Time `json:"end"`
	Counts
	Worst string `json:"worst_severity"` // of its alerts; "" without
	Risk  int    `json:"risk"`           // 0 to 100
}

// Modification is one call of a tool that writes a file.
type Modification struct {
	Time      time.Time `json:"time"`
	Seq       uint64    `json:"seq"`        // record of the audit log: the announcement, else the result
	ResultSeq *uint64   `json:"result_seq"` // record of the result; null when there is none
	Where
	Tool      string `json:"tool"`
	ToolUseID string `json:"tool_use_id"`
	File      string `json:"file"` // at most 4096 bytes
	Outcome   string `json:"outcome"`
	Error     string `json:"error"`
	// Lines is null when they were not counted.
	LinesAdded   *int64 `json:"lines_added"`
	LinesRemoved *int64 `json:"lines_removed"`
	HashBefore   string `json:"hash_before"` // SHA-256, hex; "" when the file was not there, or not hashed
	HashAfter    string `json:"hash_after"`
	HashSkipped  string `json:"hash_skipped"` // why there is no hash
	Outside      bool   `json:"outside_project_scope"`
	// ChangedBetween says that the file was not as the modification before it in this
	// log had left it: something else wrote it meanwhile, a command or a person.
	ChangedBetween bool `json:"changed_between"`
}

// Violation is something done outside of the project.
type Violation struct {
	Time time.Time `json:"time"`
	Seq  uint64    `json:"seq"`
	Where
	Event     string `json:"event"`
	Tool      string `json:"tool"`
	ToolUseID string `json:"tool_use_id"`
	What      string `json:"what"`       // the file, command or URL: at most 8192 bytes
	WhatBytes int    `json:"what_bytes"` // of all of it
	Outcome   string `json:"outcome"`
	// ScopeUnknown says that the file system did not tell in time, and outside was assumed.
	ScopeUnknown bool `json:"scope_unknown"`
}

// Alert is what a rule found, and what became of it.
type Alert struct {
	Time      time.Time `json:"time"`
	Seq       uint64    `json:"seq"`
	ID        string    `json:"id"`
	Severity  string    `json:"severity"`
	RiskScore int       `json:"risk_score"`
	Rule      string    `json:"rule"`
	RuleID    string    `json:"rule_id"`
	Title     string    `json:"title"`
	Category  string    `json:"category"`
	Evidence  []string  `json:"evidence"`
	Attack    []string  `json:"attack"`
	Where
	Tool       string `json:"tool"`
	EventID    string `json:"event_id"`
	EventSeq   int64  `json:"event_seq"`
	What       string `json:"what"` // as of Violation
	WhatBytes  int    `json:"what_bytes"`
	Suppressed int64  `json:"suppressed"`
	// Conflict says that its record came under the id of another: one of them is forged.
	Conflict     bool             `json:"id_conflict"`
	Acknowledged *Acknowledgement `json:"acknowledged"` // null: it is open
	// Seconds from the alert to the acknowledgement; null without one.
	Seconds *float64 `json:"seconds_to_acknowledge"`
}

// Open reports whether nobody has acknowledged the alert, or only a shell of Claude Code.
func (a *Alert) Open() bool { return a.Acknowledged == nil || a.Acknowledged.FromAgent }

// Acknowledgement says who has seen an alert: the first that did not come from a
// shell of Claude Code, or else the first.
type Acknowledgement struct {
	Time      time.Time `json:"time"`
	Seq       uint64    `json:"seq"`
	By        string    `json:"by"` // as they call themselves
	Reason    string    `json:"reason"`
	FromAgent bool      `json:"from_agent"` // made in a shell of Claude Code
	More      int       `json:"more"`       // further ones of the same alert
}
