package auditverify

import (
	"encoding/hex"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Verdict is the answer to the whole.
type Verdict string

// Verdicts, and the exit codes that they stand for.
const (
	Verified    Verdict = "verified"      // 0: nothing was changed, and an anchor proves it
	Tampered    Verdict = "tampered"      // 1: a check failed
	CannotTell  Verdict = "cannot_verify" // 2: the checks could not be made
	NotAnchored Verdict = "not_anchored"  // 3: consistent, but only by what lies on this host
)

// ExitCode returns the exit code that stands for the verdict.
func (v Verdict) ExitCode() int {
	switch v {
	case Verified:
		return 0
	case Tampered:
		return 1
	case NotAnchored:
		return 3
	}
	return 2
}

// Report is what Verify found. Its JSON is a contract: fields may be added, none
// is renamed or removed.
type Report struct {
	Verdict   Verdict   `json:"verdict"`
	ExitCode  int       `json:"exit_code"`
	Reason    string    `json:"reason"` // of the verdict, in a sentence
	Directory string    `json:"directory"`
	Origin    string    `json:"origin"`
	Key       string    `json:"key"` // name of the verification key
	CheckedAt time.Time `json:"checked_at"`

	Records  int64  `json:"records"`
	FirstSeq int64  `json:"first_seq"`
	LastSeq  int64  `json:"last_seq"` // -1: there is none
	Segments int    `json:"segments"`
	Bytes    int64  `json:"bytes"`
	Root     string `json:"root"` // of the tree over all records, hex; "" when it cannot be computed

	Checkpoints        int64          `json:"checkpoints"`
	Epoch              int64          `json:"epoch"`                // of the newest good checkpoint; -1: there is none
	LastGoodCheckpoint *CheckpointRef `json:"last_good_checkpoint"` // null: none
	Tail               Tail           `json:"uncovered_tail"`
	Anchors            int            `json:"anchors"`
	LastGoodAnchor     *CheckpointRef `json:"last_good_anchor"` // null: none
	AfterAnchor        int64          `json:"records_after_anchor"`
	Evidence           Evidence       `json:"evidence"`
	Pruned             *Pruned        `json:"pruned"` // null: nothing was pruned

	FirstBad *Finding      `json:"first_bad"` // null: nothing is bad
	Checks   []CheckResult `json:"checks"`

	Seconds          float64 `json:"seconds"`
	RecordsPerSecond int64   `json:"records_per_second"`
}

// CheckpointRef names a checkpoint.
type CheckpointRef struct {
	Size   int64      `json:"size"`
	Root   string     `json:"root"`                   // hex
	File   string     `json:"file,omitempty"`         // of an anchor
	Covers *time.Time `json:"covers_until,omitempty"` // time of the last record that it covers, if that was read
	Kind   Kind       `json:"kind,omitempty"`         // of an anchor
	By     string     `json:"by,omitempty"`           // the witness or authority that signed
	Time   *time.Time `json:"time,omitempty"`         // when they did
}

// Evidence is what stands behind the log besides its own key.
type Evidence struct {
	Copies       int64 `json:"copies"`       // checkpoints that were kept elsewhere
	Receipts     int64 `json:"receipts"`     // with something in them that others signed
	Cosignatures int64 `json:"cosignatures"` // by the given witnesses
	Tokens       int64 `json:"timestamps"`   // sound ones of the given authority
	// Newest has the newest good anchor of each kind and each that signed.
	Newest []CheckpointRef `json:"newest"`
}

// Tail is what the last good checkpoint does not cover.
type Tail struct {
	Records    int64   `json:"records"`
	AgeSeconds float64 `json:"age_seconds"` // of the oldest of them
	Bytes      int64   `json:"torn_bytes"`  // behind the last newline
}

// Pruned is what was removed by the log itself.
type Pruned struct {
	FirstSeq int64      `json:"first_seq"` // the first that was kept
	Seq      int64      `json:"seq"`       // of the prune record
	At       *time.Time `json:"at,omitempty"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Check    Check  `json:"check"`
	Seq      int64  `json:"seq"`     // first bad sequence number; -1: not of a record
	Segment  string `json:"segment"` // file name; "": not of a file
	Offset   int64  `json:"offset"`  // of the bad line or checkpoint in its file; -1: of none
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
	Message  string `json:"message"`
	// Before is set when the first bad record is known only to be one of
	// [Seq, Before).
	Before int64 `json:"before_seq,omitempty"`
}

// CheckResult is the answer to one check.
type CheckResult struct {
	Check    Check     `json:"check"`
	Asks     string    `json:"asks"`
	Status   Status    `json:"status"`
	Summary  string    `json:"summary"`  // "" when there is nothing to add
	Count    int64     `json:"count"`    // findings
	Findings []Finding `json:"findings"` // the first of them
}

// Result returns the answer to a check, or nil when it was not asked.
func (r *Report) Result(c Check) *CheckResult {
	for i := range r.Checks {
		if r.Checks[i].Check == c {
			return &r.Checks[i]
		}
	}
	return nil
}

// maxFindings is how many findings of a check are kept.
const maxFindings = 10

// results collects the answers.
type results struct {
	order []Check
	by    map[Check]*CheckResult
}

func newResults() *results {
	r := &results{by: make(map[Check]*CheckResult)}
	for _, q := range Questions() {
		r.order = append(r.order, q.Check)
		r.by[q.Check] = &CheckResult{Check: q.Check, Asks: q.Asks, Status: Pass, Findings: []Finding{}}
	}
	return r
}

func (r *results) add(c Check, s Status, f Finding) {
	res := r.by[c]
	if res.Status != Fail {
		res.Status = s
	}
	f.Check = c
	// A failure is kept in place of a warning.
	if res.Count++; len(res.Findings) < maxFindings {
		res.Findings = append(res.Findings, f)
	}
}

func (r *results) fail(c Check, f Finding) {
	if res := r.by[c]; res.Status == Warn {
		res.Findings, res.Count = []Finding{}, 0 // what was only odd makes room
	}
	r.add(c, Fail, f)
}

func (r *results) warn(c Check, f Finding) {
	if r.by[c].Status == Fail {
		return
	}
	r.add(c, Warn, f)
}

func (r *results) skip(c Check, why string) {
	if res := r.by[c]; res.Status == Pass {
		res.Status, res.Summary = Skipped, why
	}
}

func (r *results) failed(c Check) bool { return r.by[c].Status == Fail }

// all returns the answers in the order of the report.
func (r *results) all() []CheckResult {
	list := make([]CheckResult, 0, len(r.order))
	for _, c := range r.order {
		res := *r.by[c]
		if res.Summary == "" && len(res.Findings) > 0 {
			res.Summary = res.Findings[0].Message
		}
		list = append(list, res)
	}
	return list
}

// firstBad returns the failure of the lowest record. One that names a record
// stands before one that names a range with it; what concerns no record comes last.
func firstBad(checks []CheckResult) *Finding {
	var first *Finding
	for i := range checks {
		if checks[i].Status != Fail {
			continue
		}
		for j := range checks[i].Findings {
			if f := &checks[i].Findings[j]; first == nil || f.before(first) {
				first = f
			}
		}
	}
	return first
}

func (f *Finding) before(g *Finding) bool {
	switch {
	case f.Seq < 0 || g.Seq < 0:
		return g.Seq < 0 && f.Seq >= 0
	case f.Before > 0 && g.Before == 0:
		return g.Seq >= f.Before
	case g.Before > 0 && f.Before == 0:
		return f.Seq < g.Before
	}
	return f.Seq < g.Seq
}

func hexOf(h tlog.Hash) string { return hex.EncodeToString(h[:]) }
