package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
)

// integrityView is what is said of the log as evidence.
type integrityView struct {
	Facts      []fact
	Proves     []string
	Not        []string
	Checks     []checkRow
	Checkpoint string
	VKey       string
	Keys       []string
}

type fact struct{ Name, Value, Note string }

type checkRow struct{ Name, Asks, Status, Word, Summary string }

// words for the outcome of a check.
var words = map[auditverify.Status]string{
	auditverify.Pass: "passed", auditverify.Fail: "FAILED", auditverify.Warn: "warning", auditverify.Skipped: "not asked",
}

func integrity(i *report.Integrity) integrityView {
	var v integrityView
	add := func(name, value, note string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{name, value, note})
		}
	}
	r := i.Verify
	if r != nil {
		add("Outcome", verdictWords[r.Verdict], text(r.Reason))
		add("Checked", when(r.CheckedAt)+" UTC", fmt.Sprintf("%s in %s", plural(r.Records, "record"), span(time.Duration(r.Seconds*float64(time.Second)))))
		add("Log", text(r.Origin), text(r.Directory))
		if r.Records > 0 {
			add("Records", fmt.Sprintf("%s to %s", number(r.FirstSeq), number(r.LastSeq)), plural(r.Segments, "file"))
		}
		if c := r.LastGoodCheckpoint; c != nil {
			add("Verified checkpoint", plural(c.Size, "record"), "covers what was recorded"+until(c))
			add("Tree root", c.Root, "")
		}
		if n := r.Tail.Records; n > 0 {
			add("Not signed yet", plural(n, "record"), "behind the last checkpoint")
		}
		add("Anchor", anchor(r), "")
		for _, a := range r.Evidence.Newest {
			add("Vouched for by", text(a.By), fmt.Sprintf("%s of %s, %s UTC", a.Kind, plural(a.Size, "record"), when(a.Time)))
		}
		if p := r.Pruned; p != nil {
			add("Removed by retention", "the records before "+number(p.FirstSeq), "as record "+number(p.Seq)+" says, which is signed")
		}
		for _, c := range r.Checks {
			v.Checks = append(v.Checks, checkRow{string(c.Check), c.Asks, string(c.Status), words[c.Status], text(c.Summary)})
		}
	}
	key := text(i.KeyFile)
	if i.KeyLocal {
		key += " (on this host, where whoever changes the log could change it, too; use the copy that was kept elsewhere)"
	}
	add("Verification key from", key, "")
	add("Records of this report", proven(i), "")
	if p := i.Against; p != nil {
		v.Checkpoint, v.VKey, v.Keys = lines(p.Checkpoint), text(p.VKey), p.Keys
	}
	v.Proves, v.Not = statements(i)
	return v
}

// lines keeps the lines of a note, and nothing that is not seen.
func lines(s string) string {
	all := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range all {
		all[i] = text(all[i])
	}
	return strings.Join(all, "\n")
}

var verdictWords = map[auditverify.Verdict]string{
	auditverify.Verified: "Verified and anchored", auditverify.Tampered: "TAMPERED", auditverify.CannotTell: "Cannot be verified",
	auditverify.NotAnchored: "Consistent, but not anchored",
}

func anchor(r *auditverify.Report) string {
	switch a := r.LastGoodAnchor; {
	case a != nil:
		return fmt.Sprintf("%s, %s%s; %s came later", a.Kind, plural(a.Size, "record"), until(a), plural(r.AfterAnchor, "record"))
	case r.Anchors > 0:
		return fmt.Sprintf("none of %d is good", r.Anchors)
	}
	return "none was given"
}

// statements say what the outcome proves, and what it does not.
func statements(i *report.Integrity) (proves, not []string) {
	v := i.Verify
	switch {
	case i.Failed():
		proves = []string{"At least one check failed: what the log says now is not what was written. The table of checks says which, and the first fault says where."}
		if v != nil {
			proves = append(proves, good(v))
		}
	case i.Unknown():
		proves = []string{"Nothing. The figures above are what the log says; that it was not changed is not shown."}
	default:
		proves = []string{
			"No record that the checkpoint covers was changed, removed, added or moved since it was signed: each line names the hash of the line before, and the root of the tree over all lines is the one that was signed.",
			proven(i),
		}
		if a := v.LastGoodAnchor; a != nil {
			proves = append(proves, fmt.Sprintf("The first %s records%s are those that were seen outside of this host: not even whoever controls it could have written them anew unseen.", number(a.Size), until(a)))
		}
	}
	not = []string{
		"What was never recorded. Coverage, above, tells what is known to be missing: numbers without an event, and calls that others recorded.",
		"That what was recorded is true. A program of the same user can send invented events; it cannot take any back.",
		"What commands, people and other programs did to files. File modifications are those of the tools that write files; a command is listed as a command.",
		"Who looked at an alert. A name is what somebody called themselves; an acknowledgement from a shell of the agent is marked, and counts as open.",
	}
	if v != nil && v.LastGoodAnchor == nil {
		not = append(not, "Against whoever controlled this host: without a checkpoint kept elsewhere, an older copy of the log, or one that was written anew with the current key, looks the same.")
	}
	return proves, not
}
