package report

import (
	"maps"
	"slices"
)

// summary writes what the report says of itself and of the period as a whole.
func (t *table) summary(r *Result) {
	t.header("name", "value")
	t.row("made", r.Made)
	t.row("by", r.By)
	t.row("since", r.Since)
	t.row("until", r.Until)
	t.row("project", r.Project)
	t.row("audit_directory", r.Audit.Directory)
	t.row("records", r.Audit.Records)
	t.row("first_seq", r.Audit.FirstSeq)
	t.row("last_seq", r.Audit.LastSeq)
	t.row("damaged", r.Audit.Damaged)
	s := &r.Summary
	t.row("sessions", s.Sessions)
	t.row("sub_agents", s.SubAgents)
	for i, v := range s.cells() {
		t.row(countNames[i], v)
	}
	t.row("files_modified", s.FilesModified)
	t.row("lines_added", s.LinesAdded)
	t.row("lines_removed", s.LinesRemoved)
	t.row("alerts_open", s.AlertsOpen)
	t.row("native_records", s.NativeRecords)
	for i := range r.Handling {
		h := &r.Handling[i]
		t.row("alerts_"+h.Severity, h.Alerts)
		t.row("alerts_"+h.Severity+"_acknowledged", h.Acknowledged)
		t.row("alerts_"+h.Severity+"_from_agent", h.FromAgent)
		t.row("alerts_"+h.Severity+"_open", h.Open)
		t.row("alerts_"+h.Severity+"_suppressed", h.Suppressed)
		t.row("alerts_"+h.Severity+"_median_seconds_to_acknowledge", h.Median)
		t.row("alerts_"+h.Severity+"_slowest_seconds_to_acknowledge", h.Slowest)
		t.row("alerts_"+h.Severity+"_oldest_open", h.OldestOpen)
	}
	t.row("hosts", s.Hosts)
	t.row("users", s.Users)
}

// coverage writes what is missing of the record; the lists are tables of their own.
func (t *table) coverage(r *Result) {
	c := r.Coverage
	t.header("name", "value")
	t.row("gaps", c.Gaps)
	t.row("sequence_status", string(c.Sequence.Status))
	t.row("sequence_events", c.Sequence.Events)
	t.row("sequence_missing", c.Sequence.Missing)
	t.row("sequence_waiting", c.Sequence.Waiting)
	t.row("sequence_doubled", c.Sequence.Doubled)
	t.row("sequence_restarts", c.Sequence.Restarts)
	t.row("sequence_settling", c.Sequence.Settling)
	t.row("sequence_cut", c.Sequence.Cut)
	t.row("calls", c.Calls.Calls)
	t.row("calls_succeeded", c.Calls.Succeeded)
	t.row("calls_failed", c.Calls.Failed)
	for _, reason := range slices.Sorted(maps.Keys(c.Calls.Open)) {
		t.row("calls_open_"+string(reason), c.Calls.Open[reason])
	}
	t.row("calls_unannounced", c.Calls.Unannounced)
	t.row("recorder_since", r.Recorder.Since)
	t.row("recorder_off", r.Recorder.Off)
	t.row("recorder_off_seconds", r.Recorder.OffSeconds)
	t.row("transcripts_status", string(c.Transcripts.Status))
	t.row("transcripts_calls", c.Transcripts.Calls)
	t.row("transcripts_missing", c.Transcripts.Missing)
	t.row("transcripts_percent", c.Transcripts.Percent)
	t.row("native_status", string(c.Native.Status))
	t.row("native_calls", c.Native.Calls)
	t.row("native_missing", c.Native.Missing)
	t.row("native_percent", c.Native.Percent)
	for _, n := range c.NotCompared {
		t.row("not_compared", n)
	}
}

// integrity writes what the log is worth as evidence.
func (t *table) integrity(r *Result) {
	i := &r.Integrity
	t.header("name", "value")
	if v := i.Verify; v != nil {
		t.row("verdict", string(v.Verdict))
		t.row("reason", v.Reason)
		t.row("checked_at", v.CheckedAt)
		t.row("origin", v.Origin)
		t.row("key", v.Key)
		t.row("records", v.Records)
		if c := v.LastGoodCheckpoint; c != nil {
			t.row("checkpoint_size", c.Size)
			t.row("checkpoint_root", c.Root)
			t.row("checkpoint_covers_until", c.Covers)
		}
		if a := v.LastGoodAnchor; a != nil {
			t.row("anchor_size", a.Size)
			t.row("anchor_root", a.Root)
			t.row("anchor_kind", string(a.Kind))
			t.row("anchor_by", a.By)
			t.row("anchor_time", a.Time)
		}
		for _, c := range v.Checks {
			t.row("check_"+string(c.Check), string(c.Status)+": "+c.Asks)
		}
	}
	t.row("error", i.Error)
	t.row("records_used", i.Used)
	t.row("records_proven", i.Proven)
	t.row("reason_not_proven", i.Reason)
	t.row("mismatch", i.Mismatch)
	t.row("key_file", i.KeyFile)
	t.row("key_local", i.KeyLocal)
	if p := i.Against; p != nil {
		t.row("proven_against_checkpoint", p.Checkpoint)
		t.row("verification_key", p.VKey)
	}
}
