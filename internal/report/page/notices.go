package page

import (
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
)

// notice is what has to be read first.
type notice struct {
	Class string // ok, warn, bad
	Title string
	Texts []string
}

// notices are what has to be said before anything else.
func notices(r *report.Report) []notice {
	list := []notice{verdict(&r.Integrity)}
	if d := r.Audit.Damaged; d != "" {
		list = append(list, notice{"bad", "A part of the audit log cannot be read", []string{sentence(d), "What it holds is missing from this report."}})
	}
	if c := r.Coverage; c != nil && c.Gaps {
		list = append(list, notice{"warn", "The record is not whole", gaps(c)})
	}
	return list
}

// verdict says in words what the log is worth.
func verdict(i *report.Integrity) notice {
	v := i.Verify
	switch {
	case v != nil && v.Verdict == auditverify.Tampered:
		n := notice{Class: "bad", Title: "The audit log was changed after it was written", Texts: []string{sentence(v.Reason)}}
		if f := v.FirstBad; f != nil {
			n.Texts = append(n.Texts, where(f, v.Reason))
		}
		n.Texts = append(n.Texts, good(v), "This report tells what the log says now. Do not rely on it for records that no good checkpoint covers; keep the log's directory as it is.")
		return n
	case i.Mismatch:
		return notice{"bad", "The records of this report are not those that were signed", []string{
			sentence(i.Reason), "The log's files were changed while the report was made. Do not rely on it, and keep the log's directory as it is.",
		}}
	case i.Unknown():
		why := i.Error
		if why == "" && v != nil {
			why = v.Reason
		}
		return notice{"bad", "The audit log could not be verified", []string{
			sentence(why), "Nothing shows that the records are as they were written. Give the verification key with --key.",
		}}
	case v.Verdict == auditverify.NotAnchored:
		return notice{"warn", "The audit log is consistent, but not anchored", []string{
			sentence(v.Reason),
			"No check failed. But only what lies on this host says so: whoever had control of it could have written the log anew. A checkpoint that was kept elsewhere (--anchor, --witness, --tsa-ca) settles that.",
		}}
	}
	return notice{"ok", "The audit log is as it was written", []string{sentence(v.Reason), proven(i)}}
}

// where says where the first fault is, and what it is, unless that has been said.
func where(f *auditverify.Finding, said string) string {
	s := "The first fault"
	switch {
	case f.Before > f.Seq+1:
		s += fmt.Sprintf(" is one of the records %s to %s", number(f.Seq), number(f.Before-1))
	case f.Seq >= 0:
		s += " is record " + number(f.Seq)
	default:
		s += " is of no record"
	}
	if f.Segment != "" {
		s += ", in " + text(f.Segment)
	}
	if f.Message != said {
		s += ": " + text(f.Message)
	}
	return s + "."
}

// good says up to where the log holds.
func good(v *auditverify.Report) string {
	c := v.LastGoodCheckpoint
	if v.LastGoodAnchor != nil {
		return fmt.Sprintf("The first %s records are as they were%s: a checkpoint that was kept elsewhere holds for them.", number(v.LastGoodAnchor.Size), until(v.LastGoodAnchor))
	}
	if c == nil {
		return "No checkpoint of the log holds."
	}
	return fmt.Sprintf("The newest checkpoint that holds covers the first %s records%s.", number(c.Size), until(c))
}

func until(c *auditverify.CheckpointRef) string {
	if c.Covers == nil {
		return ""
	}
	return ", until " + when(c.Covers) + " UTC"
}

// proven says how many of the report's records are in the log that was signed.
func proven(i *report.Integrity) string {
	switch {
	case i.Used == 0:
		return "No record is in the period."
	case i.Proven == i.Used:
		return fmt.Sprintf("All %s that this report is made of are in the log that the checkpoint signs.", plural(i.Used, "record"))
	}
	return fmt.Sprintf("%s of the %s that this report is made of are in the log that the checkpoint signs: %s.", number(i.Proven), plural(i.Used, "record"), text(i.Reason))
}

// gaps says what is missing.
func gaps(c *reconcile.Report) []string {
	var list []string
	if n := c.Sequence.Missing; n > 0 {
		list = append(list, fmt.Sprintf("%s of agents' sessions have a number and no record.", plural(n, "event")))
	}
	if n := c.Transcripts.Missing + c.Transcripts.MissingResults; c.Transcripts.Status == reconcile.Gaps {
		list = append(list, fmt.Sprintf("%s in Claude Code's transcripts have no event, or no result.", plural(n, "tool call")))
	}
	if c.Native.Status == reconcile.Gaps {
		list = append(list, fmt.Sprintf("%s in Claude Code's own telemetry have no event.", plural(c.Native.Missing, "tool call")))
	}
	return append(list, "See Coverage.")
}
