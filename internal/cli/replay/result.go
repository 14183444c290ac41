package replay

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// Result is what replay has done, as --json prints it.
type Result struct {
	Read        int            `json:"read"`    // events of the audit log that were looked at
	Present     int            `json:"present"` // of these were in Loki
	Sent        int            `json:"sent"`
	Missing     int            `json:"missing"` // with a dry run: would be sent
	NotStored   int            `json:"not_stored"`
	Refused     map[string]int `json:"refused"`
	WithoutTime int            `json:"without_time"` // cannot be sent twice without being doubled
	Invalid     int            `json:"invalid"`
	Notes       map[string]int `json:"notes"`
	Unknown     map[string]int `json:"unknown"`
	Damaged     string         `json:"damaged"` // what of the audit log could not be read
	NextSeq     uint64         `json:"next_seq"`
	Rollups     *MadeResult    `json:"rollups"` // null when none are made, or not asked for
	// Coordination is of the records of how agents worked together; null likewise.
	Coordination *MadeResult `json:"coordination"`
	Complete     bool        `json:"complete"`
}

func newResult() Result {
	return Result{Refused: map[string]int{}, Notes: map[string]int{}, Unknown: map[string]int{}}
}

// judge says whether all that was asked for is in Loki now.
func (r *Result) judge() {
	r.Complete = r.Missing == 0 && r.NotStored == 0 && r.WithoutTime == 0 && r.Invalid == 0 && len(r.Unknown) == 0 && r.Damaged == "" &&
		r.Rollups.whole() && r.Coordination.whole()
}

// hints say what can be done about a refusal.
var hints = map[string]string{
	"too_far_behind":    "more than an hour older than the newest event of their stream: `curl -X POST LOKI/flush`, wait a minute, and run replay again",
	"timestamp_too_old": "older than Loki takes: raise reject_old_samples_max_age or set reject_old_samples: false",
	"timestamp_too_new": "in Loki's future: check the clocks",
	"stream_limit":      "too many streams: raise max_global_streams_per_user",
}

// text is the result for a person.
func (r *Result) text(dryRun bool) []byte {
	var b bytes.Buffer
	line := func(n int, text string) {
		if n > 0 {
			fmt.Fprintf(&b, "%9d %s\n", n, text)
		}
	}
	fmt.Fprintf(&b, "%9d events of the audit log looked at\n%9d were in Loki\n", r.Read, r.Present)
	if dryRun {
		fmt.Fprintf(&b, "%9d would be sent\n", r.Missing)
	} else {
		fmt.Fprintf(&b, "%9d sent\n", r.Sent)
	}
	line(r.NotStored, "sent, but not found in Loki afterwards")
	refusals(r.Refused, line)
	line(r.WithoutTime, "without a time of their own, not sent: a second run would double them")
	line(r.Invalid, "that no log record can be made of, not sent")
	for _, kind := range slices.Sorted(maps.Keys(r.Unknown)) {
		line(r.Unknown[kind], fmt.Sprintf("records of the unknown kind %q, not sent: use the version that wrote them", termtext.Cut(termtext.Clean(kind), 40)))
	}
	notes := 0
	for _, n := range r.Notes {
		notes += n
	}
	line(notes, "notes of the log itself, which are no events")
	for _, made := range []struct {
		of   *MadeResult
		what string
	}{{r.Rollups, "roll-ups of them"}, {r.Coordination, "records of how agents worked together"}} {
		c := made.of
		if c == nil {
			continue
		}
		fmt.Fprintf(&b, "%9d %s\n%9d were in Loki\n", c.Read, made.what, c.Present)
		line(c.Missing, "would be sent")
		line(c.Sent, "sent")
		line(c.NotStored, "sent, but not found in Loki afterwards")
		refusals(c.Refused, line)
	}
	if r.Damaged != "" {
		fmt.Fprintf(&b, "A part of the audit log cannot be read: %s\n", termtext.Clean(r.Damaged))
	}
	return b.Bytes()
}

// refusals writes what Loki refused, and what can be done about it.
func refusals(refused map[string]int, line func(n int, text string)) {
	for _, reason := range slices.Sorted(maps.Keys(refused)) {
		text := "refused by Loki: " + strings.ReplaceAll(reason, "_", " ")
		if hint := hints[reason]; hint != "" {
			text += " (" + hint + ")"
		}
		line(refused[reason], text)
	}
}
