package auditexport

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
)

// Format names the form of an export.
const Format = "agent-telemetry/export/v1"

// Names of an export's files.
const (
	ManifestName = "manifest.json"
	LinesName    = "events.jsonl"
	TableName    = "events.csv"
	ProofsName   = "proofs.jsonl"
)

// Manifest says what an export is.
type Manifest struct {
	Format   string    `json:"format"` // Format
	Made     time.Time `json:"made"`
	By       string    `json:"by"` // program and version
	Filter   Filter    `json:"filter"`
	Log      string    `json:"log"`     // id, "" of a log without one
	Records  int       `json:"records"` // that match
	FirstSeq *int64    `json:"first_seq"`
	LastSeq  *int64    `json:"last_seq"`
	Files    []File    `json:"files"`
	Proofs   Proofs    `json:"proofs"`
	// Damaged says what of the log could not be read; "" when all could.
	Damaged string `json:"damaged"`
}

// Filter is what was asked for; what is empty chooses all.
type Filter struct {
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Session string    `json:"session,omitempty"`
	Project string    `json:"project,omitempty"`
	Tool    string    `json:"tool,omitempty"`
	Event   string    `json:"event,omitempty"`
}

// File is one file of an export.
type File struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"` // hex
	Records int    `json:"records"`
}

// Proofs says how much is proven.
type Proofs struct {
	Proven int `json:"proven"`
	// Missing is how many records have no proof, and Reason why.
	Missing int    `json:"missing"`
	Reason  string `json:"reason,omitempty"`
	// Against is the checkpoint and the keys; null when nothing is proven.
	Against *auditverify.Pack `json:"against"`
}
