package reconcile

import (
	"fmt"
	"time"
)

// maxListed bounds every list of a report; the counts beside it count all.
const maxListed = 200

// Status is what a comparison came to.
type Status string

// The values of Status.
const (
	OK          Status = "ok"           // compared, nothing missing
	Gaps        Status = "gaps"         // compared, something is missing
	NotCompared Status = "not_compared" // could not be compared, or only in part
	Skipped     Status = "skipped"      // not asked for, or there is nothing to compare with
)

// Report is the outcome, as --json prints it. Fields may be added; none is
// renamed. Lists hold at most 200 items.
type Report struct {
	Since       time.Time   `json:"since,omitzero"` // zero: all
	Until       time.Time   `json:"until"`
	Audit       Audit       `json:"audit"`
	Sequence    Sequence    `json:"sequence"`
	Calls       Calls       `json:"calls"`
	Loki        Loki        `json:"loki"`
	Transcripts Transcripts `json:"transcripts"`
	Native      Native      `json:"native"`
	Gaps        bool        `json:"gaps"`
	// NotCompared says in words what could not be compared, and why.
	NotCompared []string `json:"not_compared"`
}

// Audit is what was read of the audit log.
type Audit struct {
	Records  int    `json:"records"`  // of the window, of every origin
	Sessions int    `json:"sessions"` // with hook events in the window
	Damaged  string `json:"damaged"`  // what could not be read
}

// Sequence is the check of the sessions' numbers.
type Sequence struct {
	Status   Status `json:"status"`
	Events   int    `json:"events"`   // numbered events of these sessions, also before the window
	Missing  uint64 `json:"missing"`  // numbers in holes
	Waiting  int    `json:"waiting"`  // events that still lie in the spool
	Doubled  int    `json:"doubled"`  // numbers that two events have
	Restarts int    `json:"restarts"` // sessions' counts that began again because their state was lost
	Settling int    `json:"settling"` // holes in front of events behind the window: they may still be filled
	Cut      int    `json:"cut"`      // sessions whose first events were pruned from the log
	Holes    []Hole `json:"holes"`
}

// Hole is a run of numbers that no event has.
type Hole struct {
	SessionID string    `json:"session_id"`
	Project   string    `json:"project"`
	First     uint64    `json:"first"`
	Last      uint64    `json:"last"`
	After     time.Time `json:"after,omitzero"`  // time of the event before the hole
	Before    time.Time `json:"before,omitzero"` // time of the event behind it; zero: at the session's end
}

// Calls is the check of tool calls against their results.
type Calls struct {
	Calls     int `json:"calls"`     // announced by PreToolUse
	Succeeded int `json:"succeeded"` // PostToolUse
	Failed    int `json:"failed"`    // PostToolUseFailure
	// Open counts the calls without a result by Reason.
	Open map[Reason]int `json:"open"`
	// Unannounced are results without a PreToolUse.
	Unannounced int        `json:"unannounced"`
	List        []OpenCall `json:"list"` // those without a result, unless denied or running
}

// Reason says why a call has no result.
type Reason string

// Reasons, the most telling first.
const (
	Denied          Reason = "denied"
	ResultLost      Reason = "hole_follows" // the result may be in a hole of the sequence
	SubagentStopped Reason = "subagent_stopped"
	SessionEnded    Reason = "session_ended"
	TurnEnded       Reason = "turn_ended" // cancelled: a cancelled call fires no hook
	Running         Reason = "running"
	Unknown         Reason = "unknown"
)

// OpenCall is a call without a result.
type OpenCall struct {
	SessionID string    `json:"session_id"`
	ToolUseID string    `json:"tool_use_id"`
	Tool      string    `json:"tool"`
	Time      time.Time `json:"time"`
	Reason    Reason    `json:"reason"`
}

// Loki is the comparison with Loki.
type Loki struct {
	Status    Status `json:"status"`
	Expected  int    `json:"expected"`
	Found     int    `json:"found"`
	Missing   int    `json:"missing"`
	Different int    `json:"different"` // there, with another line or time
	Extra     int    `json:"extra"`     // in Loki only
	Doubled   int    `json:"doubled"`
	Unchecked int    `json:"unchecked"` // found, but the audit log has only a part to compare
	// Queued is how many records the collector has yet to bring to Loki; null when
	// the collector does not tell. What is missing may be among them.
	Queued *int        `json:"queued"`
	List   []LokiEntry `json:"list"`
}

// LokiEntry is an entry that is not as it should be.
type LokiEntry struct {
	Problem string    `json:"problem"` // missing, different, extra, doubled
	Seq     *uint64   `json:"seq"`     // in the audit log; null for an extra one
	EventID string    `json:"event_id"`
	Time    time.Time `json:"time"`
}

// Coverage compares tool calls that somebody else recorded with hook events.
type Coverage struct {
	Calls     int `json:"calls"`      // tool calls with an id in the time of the comparison
	WithEvent int `json:"with_event"` // of these have a hook event
	Missing   int `json:"missing"`
	// Refused calls failed, in the other record's own words, before a hook runs.
	Refused int `json:"refused"`
	// Percent is with_event of (with_event + missing); null when there is none.
	Percent *float64 `json:"percent"`
}

// MissingCall is a tool call that no hook event tells of.
type MissingCall struct {
	SessionID string    `json:"session_id"`
	ToolUseID string    `json:"tool_use_id"`
	Tool      string    `json:"tool"`
	Time      time.Time `json:"time,omitzero"`
	Lacks     string    `json:"lacks"` // call: any event; result: the PostToolUse
}

// Transcripts is the comparison with Claude Code's transcripts.
type Transcripts struct {
	Status Status `json:"status"`
	Coverage
	// MissingResults are calls with a result in the transcript, whose result no
	// hook event tells of.
	MissingResults int `json:"missing_results"`
	Before         int `json:"before_recording"` // calls before the session's first event, or outside the window
	NotThere       int `json:"not_in_transcript"`
	Files          int `json:"files"`
	Lines          int `json:"unreadable_lines"`
	// Sessions without a transcript that could be read.
	SessionsWithout int           `json:"sessions_without"`
	Problems        []FileProblem `json:"problems"`
	List            []MissingCall `json:"list"`
}

// FileProblem says why a transcript was not read, or not whole.
type FileProblem struct {
	SessionID string `json:"session_id"`
	Path      string `json:"path"`
	Problem   string `json:"problem"`
}

// Native is the comparison with Claude Code's own telemetry.
type Native struct {
	Status Status `json:"status"`
	Coverage
	Sessions      int           `json:"sessions"`       // with such telemetry and hook events
	SessionsOther int           `json:"sessions_other"` // with such telemetry, without hook events: not watched
	WithoutID     int           `json:"without_id"`     // tool results that name no call
	List          []MissingCall `json:"list"`
}

func (c *Coverage) finish() {
	if all := c.WithEvent + c.Missing; all > 0 {
		p := float64(c.WithEvent) * 100 / float64(all)
		c.Percent = &p
	}
}

func statusOf(gaps bool) Status {
	if gaps {
		return Gaps
	}
	return OK
}

// finish sums the report up.
func (r *Report) finish() {
	for _, s := range []Status{r.Sequence.Status, r.Loki.Status, r.Transcripts.Status, r.Native.Status} {
		r.Gaps = r.Gaps || s == Gaps
	}
	if t := &r.Transcripts; t.SessionsWithout > 0 || len(t.Problems) > 0 || t.Lines > 0 {
		r.NotCompared = append(r.NotCompared, fmt.Sprintf("transcripts: %d sessions have none that can be read, %d files and %d lines cannot be read",
			t.SessionsWithout, len(t.Problems), t.Lines))
	}
}

// Add notes what could not be read or compared. damaged is what of the audit
// log could not be read.
func (r *Report) Add(damaged string, problems []string) {
	r.Audit.Damaged = damaged
	if damaged != "" {
		r.NotCompared = append(r.NotCompared, "a part of the audit log: "+damaged)
	}
	r.NotCompared = append(r.NotCompared, problems...)
}
