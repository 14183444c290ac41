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

// Outcomes of a tool call.
const (
	OutcomeOK      = "ok"
	OutcomeFailed  = "failed"
	OutcomeDenied  = "denied"  // by a person, a permission mode or a rule
	OutcomeUnknown = "unknown" // no result was recorded
)
