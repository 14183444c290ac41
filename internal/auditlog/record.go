package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Kinds of records.
const (
	KindLog       = "log"       // an OTLP log record
	KindTornTail  = "torn_tail" // Open found bytes that a crash had left
	KindDisturbed = "disturbed" // somebody else changed the log
	KindStart     = "start"     // the log was opened
	KindStop      = "stop"      // the log was closed
	KindHeartbeat = "heartbeat" // the log is open, and written
	KindKey       = "key"       // another key signs from here on
	KindPrune     = "prune"     // the oldest segments are about to be removed
	KindSetAside  = "set_aside" // files that this log could not go on with were moved
)

// Attributes of records of kind start, stop and heartbeat.
const (
	LifePID      = "pid"                // of the process that writes
	LifeVersion  = "version"            // of its program
	LifeTreeSize = "tree_size"          // records in the log before this one
	LifeEpoch    = "epoch"              // of the key that signs now
	LifeClock    = "clock_step_seconds" // how far the wall clock jumped since the record of this kind before; left out when it did not
)

// Attributes of a record of kind key.
const (
	KeyEpoch     = "epoch"     // that begins, counted from 0
	KeyVKey      = "vkey"      // the verification key of that epoch
	KeySignature = "signature" // a note that says so, signed by the key before; see ParseKeyChange
)

// Attributes of a record of kind prune.
const (
	PruneFirstSeq = "first_seq" // of the first record that is kept
	PruneSegments = "segments"  // a list of {"name","bytes","sha256","first_seq"}: the files removed
	PruneRange    = "range"     // the compact range of all records before first_seq: subtree hashes in hex, the largest first
	PruneReason   = "reason"    // "size" or "age"
)

// Attributes of a record of kind set_aside.
const (
	AsideDirectory = "directory" // below the log's directory, where the files are now
	AsideReason    = "reason"    // why the log could not go on with them
	AsideFiles     = "files"     // a list of {"name","bytes","sha256"}
	AsideLog       = "log"       // the id of the log that they were, if known
)

// Attributes of a record of kind torn_tail.
const (
	TornSegment = "segment" // name of the segment that was torn
	TornOffset  = "offset"  // where its torn bytes began
	TornBytes   = "bytes"   // how many they were
	TornSHA256  = "sha256"  // their hash, hex
	TornFile    = "file"    // name of the file that holds them now
)

// Attributes of a record of kind disturbed.
const (
	DisturbedSegment = "segment"  // name of the segment that was left as it is
	DisturbedBytes   = "bytes"    // length that it should have
	DisturbedNextSeq = "next_seq" // the seq behind its last record
	DisturbedReason  = "reason"   // what was seen
)

// Record is what a line holds besides its place in the log. Fields that are
// empty are left out of the line.
type Record struct {
	Kind           string         `json:"kind"`
	Time           time.Time      `json:"time,omitzero"`
	ObservedTime   time.Time      `json:"observed_time,omitzero"`
	EventName      string         `json:"event_name,omitempty"`
	SeverityNumber int            `json:"severity_number,omitempty"`
	SeverityText   string         `json:"severity_text,omitempty"`
	TraceID        string         `json:"trace_id,omitempty"` // hex
	SpanID         string         `json:"span_id,omitempty"`  // hex
	Flags          uint32         `json:"flags,omitempty"`
	Resource       map[string]any `json:"resource,omitempty"`
	Scope          Scope          `json:"scope,omitzero"`
	Attributes     map[string]any `json:"attributes,omitempty"`
	// DroppedAttributes is how many attributes the sender left out.
	DroppedAttributes uint32          `json:"dropped_attributes_count,omitempty"`
	Body              json.RawMessage `json:"body,omitempty"`
	// Reduced is set when the record could not be stored whole.
	Reduced *Reduced `json:"reduced,omitempty"`
}

// Scope is the instrumentation scope of a record.
type Scope struct {
	Name       string         `json:"name,omitempty"`
	Version    string         `json:"version,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
}

// IsZero reports whether nothing is known of the scope.
func (s Scope) IsZero() bool { return s.Name == "" && s.Version == "" && len(s.Attributes) == 0 }

// Reduced says what a stored record is a part of.
type Reduced struct {
	Reason  string   `json:"reason"`
	Bytes   int      `json:"bytes"`  // length of the whole record's JSON
	SHA256  string   `json:"sha256"` // hex, of the whole record's JSON
	Dropped []string `json:"dropped"`
}

// Encode returns the record's JSON, on one line and without HTML escapes.
func (r Record) Encode() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("encode audit record: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Attribute returns the text of a string attribute, else "".
func (r Record) Attribute(key string) string {
	s, _ := r.Attributes[key].(string)
	return s
}
