package report

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
)

// Format names the form of a report's JSON.
const Format = "agent-telemetry/report/v1"

// Report is a report without its rows. Its JSON is a contract: fields may be added,
// none is renamed.
type Report struct {
	Format  string    `json:"format"` // Format
	Made    time.Time `json:"made"`
	By      string    `json:"by"`             // program and version
	Since   time.Time `json:"since,omitzero"` // inclusive, by the time of the events; zero: from the beginning
	Until   time.Time `json:"until"`          // exclusive
	Project string    `json:"project"`
	Audit   Audit     `json:"audit"`
	Summary Summary   `json:"summary"`

	Activity Activity          `json:"activity"`
	Tools    []ToolCount       `json:"tools"`
	Projects []ProjectCount    `json:"projects"`
	Handling []Handling        `json:"alert_handling"` // a severity each, the worst first
	Rules    []RuleCount       `json:"rules"`
	Coverage *reconcile.Report `json:"coverage"`
	// Recorder says when nothing was recorded at once, because the log was closed.
	Recorder Recorder `json:"recorder"`
	// Integrity is the answer to whether the log is as it was written.
	Integrity Integrity `json:"integrity"`
	// Tables says how many rows each table has.
	Tables TableSizes `json:"tables"`
}

// Audit says what was read.
type Audit struct {
	Directory string  `json:"directory"`
	Records   int     `json:"records"`   // that the report is made of
	FirstSeq  *uint64 `json:"first_seq"` // null without records
	LastSeq   *uint64 `json:"last_seq"`
	Damaged   string  `json:"damaged"` // what could not be read; "" when all could
}

// Counts are what can be counted of a period, a project or a session.
type Counts struct {
	Events        int `json:"events"` // of hooks
	Prompts       int `json:"prompts"`
	ToolCalls     int `json:"tool_calls"`
	Failed        int `json:"failed"`
	Denied        int `json:"denied"`
	Commands      int `json:"commands"`
	Web           int `json:"web"`
	MCP           int `json:"mcp"`
	Modifications int `json:"file_modifications"`
	Outside       int `json:"scope_violations"`
	Alerts        int `json:"alerts"`
}

// Summary sums the period up.
type Summary struct {
	Counts
	Sessions      int      `json:"sessions"`
	FilesModified int      `json:"files_modified"` // different files
	LinesAdded    int64    `json:"lines_added"`
	LinesRemoved  int64    `json:"lines_removed"`
	SubAgents     int      `json:"sub_agents"`
	AlertsOpen    int      `json:"alerts_open"`
	NativeRecords int      `json:"native_records"` // of Claude Code's own telemetry
	Hosts         []string `json:"hosts"`          // at most 100
	Users         []string `json:"users"`          // at most 100
}

// Activity is how much happened when.
type Activity struct {
	StepSeconds int64    `json:"step_seconds"`
	Buckets     []Bucket `json:"buckets"` // without holes, at most 60
}

// Bucket is one stretch of time.
type Bucket struct {
	Start         time.Time `json:"start"`
	Events        int       `json:"events"`
	Modifications int       `json:"file_modifications"`
	Outside       int       `json:"scope_violations"`
	Critical      int       `json:"critical"` // alerts
	High          int       `json:"high"`
	Medium        int       `json:"medium"`
	Low           int       `json:"low"`
}

// ToolCount is how often a tool was called.
type ToolCount struct {
	Tool   string `json:"tool"`
	Calls  int    `json:"calls"`
	Failed int    `json:"failed"`
	Denied int    `json:"denied"`
}

// RuleCount is how often a rule gave an alert.
type RuleCount struct {
	Rule     string `json:"rule"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Alerts   int    `json:"alerts"`
	Open     int    `json:"open"`
}

// ProjectCount is what happened in a project.
type ProjectCount struct {
	Project string `json:"project"` // name
	Path    string `json:"project_path"`
	Counts
	Sessions int `json:"sessions"`
}

// Handling is what became of the alerts of one severity.
type Handling struct {
	Severity     string `json:"severity"`
	Alerts       int    `json:"alerts"`
	Acknowledged int    `json:"acknowledged"` // by somebody outside a shell of Claude Code
	FromAgent    int    `json:"from_agent"`   // acknowledged in a shell of Claude Code only
	Open         int    `json:"open"`
	Suppressed   int64  `json:"suppressed"` // like one of them, and only counted
	// Seconds from an alert to its acknowledgement, of those that are acknowledged; null
	// when none is.
	Median  *float64 `json:"median_seconds_to_acknowledge"`
	Slowest *float64 `json:"slowest_seconds_to_acknowledge"`
	// OldestOpen is the time of the oldest open one; null when none is open.
	OldestOpen *time.Time `json:"oldest_open"`
}

// Integrity says what the log is worth as evidence.
type Integrity struct {
	// Verify is the answer of agent-telemetry verify, made after the records were read.
	Verify *auditverify.Report `json:"verify"`
	// Error says why it could not be verified; "" when it was.
	Error string `json:"error"`
	// Used is how many records the report is made of. Proven of them are, as they
	// were read, in the log that the checkpoint was signed for.
	Used   int    `json:"used"`
	Proven int    `json:"proven"`
	Reason string `json:"reason"` // why some are not; "" when all are
	// Mismatch says that what was read is not what was signed, although the log may be
	// sound when it is verified: its files were changed in between.
	Mismatch bool `json:"mismatch"`
	// Against is that checkpoint with the keys; null when nothing is proven.
	Against *auditverify.Pack `json:"against"`
	// KeyFile is the file of the verification key; KeyLocal says that it lies on this
	// host, where whoever changes the log could change it, too.
	KeyFile  string `json:"key_file"`
	KeyLocal bool   `json:"key_local"`
}

// Failed reports whether the log is not what was signed.
func (i *Integrity) Failed() bool {
	return i.Mismatch || i.Verify != nil && i.Verify.Verdict == auditverify.Tampered
}

// Unknown reports whether there is no telling.
func (i *Integrity) Unknown() bool {
	return i.Verify == nil || i.Verify.Verdict == auditverify.CannotTell
}

// TableSizes is how many rows the tables have.
type TableSizes struct {
	Sessions      int `json:"sessions"`
	Modifications int `json:"file_modifications"`
	Violations    int `json:"scope_violations"`
	Alerts        int `json:"alerts"`
}

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

// Outcomes of a tool call.
const (
	OutcomeOK      = "ok"
	OutcomeFailed  = "failed"
	OutcomeDenied  = "denied"  // by a person, a permission mode or a rule
	OutcomeUnknown = "unknown" // no result was recorded
)

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
