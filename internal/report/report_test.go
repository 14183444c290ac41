package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// acknowledgement is the record that somebody has seen an alert.
func acknowledgement(at time.Time, alert, session, by, reason string, fromAgent bool) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventAlertAcknowledged)
	a.PutStr(semconv.EventID, fmt.Sprintf("ack-%s-%d", alert, at.UnixNano()))
	a.PutStr(semconv.SessionID, session)
	k := lr.Body().SetEmptyMap().PutEmptyMap(semconv.BodyAck)
	k.PutStr(semconv.AckBodyAlertID, alert)
	k.PutStr(semconv.AckBodyBy, by)
	k.PutStr(semconv.AckBodyReason, reason)
	k.PutBool(semconv.AckBodyFromAgent, fromAgent)
	return ld
}

func newHome(t *testing.T, records ...plog.Logs) statedir.Dir {
	t.Helper()
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, records...)
	return home
}

func build(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := Build(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// all collects rows.
func all[T any](t *testing.T, each func(func(*T) error) error) []T {
	t.Helper()
	list := []T{}
	require.NoError(t, each(func(row *T) error { list = append(list, *row); return nil }))
	return list
}

// TestAgainstTheRecords holds a report to what a simple reading of the log counts.
func TestAgainstTheRecords(t *testing.T) {
	var records []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Events: 4000, Sessions: 30, Start: day, Span: 30 * time.Hour}).All() {
		records = append(records, ld)
	}
	home := newHome(t, records...)
	o := options(t, home)
	o.Since, o.Until = day.Add(6*time.Hour), day.Add(24*time.Hour)
	r := build(t, o)

	var events, changes, outside, alerts, used int
	sessions := map[string]bool{}
	results := map[string]string{}
	announced := map[string]auditlog.Entry{}
	require.NoError(t, auditlog.Read(t.Context(), home.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		e.Line = nil
		in := !e.When().Before(o.Since) && e.When().Before(o.Until)
		hook := e.Attribute(semconv.HookEvent)
		use := e.Attribute(semconv.ToolCallID)
		switch hook {
		case "PreToolUse":
			announced[use] = e
		case "PostToolUse", "PostToolUseFailure", "PermissionDenied":
			results[use] = hook
		}
		if !in {
			return nil
		}
		used++
		switch {
		case hook != "" && e.Attribute(semconv.EventType) != semconv.EventSecurityAlert:
			events++
			sessions[e.Attribute(semconv.SessionID)] = true
		case e.Attribute(semconv.EventType) == semconv.EventSecurityAlert:
			alerts++
		}
		return nil
	}))
	for _, e := range announced {
		if e.When().Before(o.Since) || !e.When().Before(o.Until) {
			continue
		}
		if typ := e.Attribute(semconv.EventType); typ == semconv.EventFileEdit || typ == semconv.EventFileWrite || typ == semconv.EventNotebookOperation && e.Attribute(semconv.ToolName) == "NotebookEdit" {
			changes++
		}
		if out, _ := e.Attributes[semconv.OutsideProject].(bool); out {
			outside++
		}
	}
	require.Equal(t, used, r.Audit.Records)
	require.Equal(t, used, r.Integrity.Proven)
	require.Equal(t, events, r.Summary.Events)
	require.Equal(t, len(sessions), r.Summary.Sessions)
	require.Equal(t, alerts, r.Summary.Alerts)
	require.Equal(t, changes, r.Summary.Modifications)
	require.Equal(t, outside, r.Summary.Outside)
	require.Positive(t, changes*outside*alerts)

	files := all(t, r.Modifications)
	require.Len(t, files, changes)
	for _, m := range files {
		want := map[string]string{"PostToolUse": OutcomeOK, "PostToolUseFailure": OutcomeFailed, "PermissionDenied": OutcomeDenied, "": OutcomeUnknown}[results[m.ToolUseID]]
		require.Equal(t, want, m.Outcome, m.ToolUseID)
		require.Equal(t, announced[m.ToolUseID].Seq, m.Seq)
		require.Equal(t, announced[m.ToolUseID].Attribute(semconv.FilePath), m.File)
	}
	var buckets Bucket
	for _, b := range r.Activity.Buckets {
		buckets.Events += b.Events
		buckets.Modifications += b.Modifications
		buckets.Outside += b.Outside
		buckets.Low += b.Critical + b.High + b.Medium + b.Low
	}
	require.Equal(t, Bucket{Events: events, Modifications: changes, Outside: outside, Low: alerts}, buckets)
	var byProject, bySession Counts
	for _, p := range r.Projects {
		byProject.add(p.Counts)
	}
	for _, s := range all(t, r.Sessions) {
		bySession.add(s.Counts)
	}
	require.Equal(t, r.Summary.Counts, byProject)
	require.Equal(t, r.Summary.Counts, bySession)
	require.Equal(t, reconcile.OK, r.Coverage.Sequence.Status)

	for i, name := range []string{r.Projects[0].Path, r.Projects[1].Project} {
		o.Project = name
		part, p := build(t, o), r.Projects[i]
		require.Equal(t, p.Counts, part.Summary.Counts)
		require.Equal(t, p.Sessions, part.Coverage.Audit.Sessions)
		require.Len(t, part.Projects, 1)
	}
}

func TestHandlingOfAlerts(t *testing.T) {
	s := &recorded.Script{Session: "s1", Project: "/home/dev/shop", At: day.Add(time.Hour)}
	ids := map[string]string{}
	for _, name := range []string{"person", "agent", "both", "open"} {
		s.Begin("Bash", recorded.Fields{"command": "echo " + name}, nil)
		ids[name] = s.Alert("high", 70, name, name, "x")
		s.End(nil, recorded.Fields{}, 1)
	}
	low := s.Alert("nonsense", 1, "odd", "odd", "x")
	at := day.Add(30 * time.Hour) // behind the period
	logs := slices.Concat(s.Logs, []plog.Logs{
		acknowledgement(at, ids["person"], "s1", "ana", "as planned", false),
		acknowledgement(at.Add(time.Hour), ids["person"], "s1", "ben", "me too", false),
		acknowledgement(at, ids["agent"], "s1", "root", "nothing to see", true),
		acknowledgement(at, ids["both"], "s1", "root", "nothing to see", true),
		acknowledgement(at.Add(time.Minute), ids["both"], "s1", "ana", "no", false),
		acknowledgement(at, "of no alert", "s1", "ana", "?", false),
	})
	r := build(t, options(t, newHome(t, logs...)))
	by := map[string]Alert{}
	for _, a := range all(t, r.Alerts) {
		by[a.ID] = a
	}
	require.Len(t, by, 5)
	person := by[ids["person"]]
	require.Equal(t, "ana", person.Acknowledged.By)
	require.Equal(t, 1, person.Acknowledged.More)
	require.InDelta(t, at.Sub(person.Time).Seconds(), *person.Seconds, 0.01)
	require.Equal(t, "ana", by[ids["both"]].Acknowledged.By, "a person's counts before that of an agent's shell")
	agent, open := by[ids["agent"]], by[ids["open"]]
	require.True(t, agent.Open())
	require.True(t, agent.Acknowledged.FromAgent)
	require.Nil(t, open.Acknowledged)
	require.Equal(t, "low", by[low].Severity)
	require.Equal(t, 3, r.Summary.AlertsOpen)
	high := r.Handling[1]
	require.Equal(t, []any{"high", 4, 2, 1, 2}, []any{high.Severity, high.Alerts, high.Acknowledged, high.FromAgent, high.Open})
	require.NotNil(t, high.Median)
	require.Equal(t, agent.Time, *high.OldestOpen)
	// Five alerts, five acknowledgements of them, and eight events.
	require.Equal(t, 5+5+8, r.Integrity.Used)
}

// change writes the records of one call that changes a file, with hashes.
func change(at time.Time, session string, n int, event, file, before, after string, more map[string]any) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	a := lr.Attributes()
	for k, v := range map[string]string{
		semconv.EventType: semconv.EventFileEdit, semconv.HookEvent: event, semconv.SessionID: session, semconv.ToolName: "Edit",
		semconv.ToolCallID: fmt.Sprintf("toolu_%d", n), semconv.FilePath: file, semconv.EventID: fmt.Sprintf("%s-%s-%d", session, event, n),
		semconv.FileHashBefore: before, semconv.FileHashAfter: after, semconv.ProjectPath: "/p", semconv.ProjectName: "p",
	} {
		if v != "" {
			a.PutStr(k, v)
		}
	}
	for k, v := range more {
		_ = a.PutEmpty(k).FromRaw(v)
	}
	return ld
}

func TestCallsInAnyOrder(t *testing.T) {
	at := day.Add(time.Hour)
	pre, post := semconv.HookPreToolUse, hookPost
	r := build(t, options(t, newHome(t,
		change(at, "s", 1, pre, "/p/a", "h0", "", nil),
		change(at.Add(1*time.Second), "s", 1, post, "/p/a", "", "h1", map[string]any{semconv.FileLinesAdded: int64(3), semconv.FileLinesRemoved: int64(1)}),
		change(at.Add(3*time.Second), "s", 2, post, "/p/a", "", "h3", nil), // its announcement comes late
		change(at.Add(2*time.Second), "s", 2, pre, "/p/a", "h2", "", nil),
		change(at.Add(4*time.Second), "s", 3, pre, "/p/b", "", "", map[string]any{semconv.OutsideProject: true}), // no result
		change(at.Add(5*time.Second), "s", 4, hookDenied, "/p/c", "", "", nil),                                   // the denial alone
		change(at.Add(6*time.Second), "s", 5, pre, "/p/a", "h3", "", map[string]any{semconv.EnforcementDecision: semconv.DecisionDeny}),
		change(at.Add(7*time.Second), "s", 6, pre, "/p/a", "h9", "", nil),
		change(at.Add(7*time.Second), "t", 6, post, "/p/a", "h9", "h9", nil), // the same id in another session
		change(at.Add(8*time.Second), "s", 6, hookFailed, "/p/a", "", "h9", map[string]any{semconv.ErrorType: "tool_error"}),
		change(day.Add(-time.Second), "s", 7, pre, "/p/a", "h1", "", nil), // before the period
		change(day.Add(time.Second), "s", 7, post, "/p/a", "", "h2", nil),
	)))
	var got []string
	for _, m := range all(t, r.Modifications) {
		lines := ""
		if m.LinesAdded != nil {
			lines = fmt.Sprintf(" +%d-%d", *m.LinesAdded, *m.LinesRemoved)
		}
		got = append(got, fmt.Sprintf("%s%s %s %s %q→%q%s changed=%v outside=%v", m.SessionID, m.ToolUseID[5:], m.File, m.Outcome, m.HashBefore, m.HashAfter, lines, m.ChangedBetween, m.Outside))
	}
	require.Equal(t, []string{
		`s_1 /p/a ok "h0"→"h1" +3-1 changed=false outside=false`,
		`s_2 /p/a ok ""→"h3" changed=false outside=false`,
		`s_4 /p/c denied ""→"" changed=false outside=false`,
		`t_6 /p/a ok "h9"→"h9" changed=true outside=false`,
		`s_6 /p/a failed "h9"→"h9" changed=false outside=false`,
		`s_3 /p/b unknown ""→"" changed=false outside=true`,
		`s_5 /p/a denied "h3"→"" changed=false outside=false`,
	}, got)
	require.Equal(t, 1, r.Tables.Violations)
	require.Equal(t, 1, r.Summary.FilesModified)
}

func TestCallsAreBounded(t *testing.T) {
	c := newCalls()
	rows := 0
	c.finish = func(*call) error { rows++; return nil }
	e := auditlog.Entry{Record: auditlog.Record{Attributes: map[string]any{
		semconv.EventType: semconv.EventFileEdit, semconv.HookEvent: semconv.HookPreToolUse, semconv.SessionID: "s", semconv.FilePath: "/a",
	}}}
	for i := range 2*maxOpen + 10 {
		e.Attributes[semconv.ToolCallID] = fmt.Sprint(i)
		require.NoError(t, c.add(&e))
		require.LessOrEqual(t, len(c.open), maxOpen)
	}
	require.NoError(t, c.rest())
	require.Equal(t, 2*maxOpen+10, rows, "none is lost")
}

func TestIntegrity(t *testing.T) {
	logs := recorded.Sessions(day.Add(time.Hour))
	segment := func(home statedir.Dir) string { return filepath.Join(home.Audit(), "00000000.jsonl") }
	change := func(t *testing.T, home statedir.Dir) {
		t.Helper()
		b, err := os.ReadFile(segment(home))
		require.NoError(t, err)
		require.Contains(t, string(b), "src/cart.go")
		require.NoError(t, os.WriteFile(segment(home), bytes.Replace(b, []byte("src/cart.go"), []byte("src/evil.go"), 1), 0o600))
	}
	t.Run("sound", func(t *testing.T) {
		r := build(t, options(t, newHome(t, logs...)))
		i := r.Integrity
		require.Equal(t, auditverify.NotAnchored, i.Verify.Verdict)
		require.False(t, i.Failed() || i.Unknown())
		require.Equal(t, i.Used, i.Proven)
		require.Equal(t, len(logs), i.Used)
		require.NotNil(t, i.Against)
	})
	t.Run("changed", func(t *testing.T) {
		home := newHome(t, logs...)
		change(t, home)
		r := build(t, options(t, home))
		require.Equal(t, auditverify.Tampered, r.Integrity.Verify.Verdict)
		require.True(t, r.Integrity.Failed())
		require.Zero(t, r.Integrity.Proven)
		require.NotEmpty(t, r.Integrity.Reason)
		require.NotZero(t, r.Summary.Events, "it is made all the same")
	})
	t.Run("no key", func(t *testing.T) {
		o := options(t, newHome(t, logs...))
		o.Verify, o.NoKey = auditverify.Options{}, "there is none"
		r := build(t, o)
		require.True(t, r.Integrity.Unknown())
		require.Equal(t, "there is none", r.Integrity.Error)
		require.Zero(t, r.Integrity.Proven)
	})
	t.Run("unreadable line", func(t *testing.T) {
		home := newHome(t, logs...)
		f, err := os.OpenFile(segment(home), os.O_APPEND|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = f.WriteString("garbage\n")
		require.NoError(t, err)
		require.NoError(t, f.Close())
		r := build(t, options(t, home))
		require.NotEmpty(t, r.Audit.Damaged)
		require.True(t, r.Integrity.Failed())
	})
	t.Run("changed between reading and verifying", func(t *testing.T) {
		home := newHome(t, logs...)
		good, err := os.ReadFile(segment(home))
		require.NoError(t, err)
		change(t, home)
		o := options(t, home)
		b, err := newBuilder(o)
		require.NoError(t, err)
		defer b.found.close()
		defer b.result.Close()
		require.NoError(t, auditlog.Read(t.Context(), o.Audit, auditlog.Filter{}, func(e auditlog.Entry) error { return b.entry(&e) }))
		require.NoError(t, os.WriteFile(segment(home), good, 0o600)) // and back again
		require.NoError(t, b.integrity(t.Context()))
		i := b.result.Integrity
		require.Equal(t, auditverify.NotAnchored, i.Verify.Verdict, "the log is sound")
		require.True(t, i.Mismatch)
		require.True(t, i.Failed())
	})
}

func TestCaseFile(t *testing.T) {
	home := newHome(t, append(recorded.Sessions(day.Add(time.Hour)), acknowledgement(day.Add(9*time.Hour), "x", recorded.Shop, "ana", "", false))...)
	vkey := options(t, home).Verify.VKey
	o := CaseOptions{Audit: home.Audit(), Session: recorded.Shop[:8], Now: day.AddDate(0, 0, 1), By: "test", Verify: options(t, home).Verify}
	c, err := BuildCase(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, recorded.Shop, c.Session.ID)
	require.Equal(t, c.Integrity.Used, c.Integrity.Proven)
	require.Equal(t, c.Audit.Records, c.Integrity.Used)
	require.Equal(t, "first record", c.Proofs[0].Of)
	require.Equal(t, "last record", c.Proofs[len(c.Proofs)-1].Of)
	require.Len(t, c.Proofs, 2+c.Session.Alerts.Total())
	for _, p := range c.Proofs {
		proven, err := p.Proof.Check(vkey, "")
		require.NoError(t, err)
		require.Equal(t, p.Seq, proven.Seq)
		require.Contains(t, string(proven.Record), recorded.Shop)
	}
	var b bytes.Buffer
	require.NoError(t, c.WriteJSON(&b))
	var again CaseFile
	require.NoError(t, json.Unmarshal(b.Bytes(), &again))
	require.Len(t, again.Entries, len(c.Entries))
	require.Equal(t, c.Proofs, again.Proofs)

	o.Session = "nobody"
	_, err = BuildCase(t.Context(), o)
	require.ErrorIs(t, err, story.ErrNoSession)
}

func TestJSONAndCSVHaveAllRows(t *testing.T) {
	var records []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Events: 1500, Sessions: 10, Start: day, Span: 20 * time.Hour}).All() {
		records = append(records, ld)
	}
	r := build(t, options(t, newHome(t, append(records, recorded.Sessions(day.Add(time.Hour))...)...)))
	var b bytes.Buffer
	require.NoError(t, r.WriteJSON(&b))
	var whole struct {
		Report
		Sessions      []Session      `json:"sessions"`
		Modifications []Modification `json:"file_modifications"`
		Violations    []Violation    `json:"scope_violations"`
		Alerts        []Alert        `json:"alerts"`
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &whole))
	require.Equal(t, all(t, r.Modifications), whole.Modifications)
	require.Equal(t, all(t, r.Violations), whole.Violations)
	require.Equal(t, all(t, r.Alerts), whole.Alerts)
	require.Equal(t, all(t, r.Sessions), whole.Sessions)
	require.Equal(t, TableSizes{len(whole.Sessions), len(whole.Modifications), len(whole.Violations), len(whole.Alerts)}, whole.Tables)
	require.Equal(t, Format, whole.Format)
	require.NotContains(t, b.String(), ": null,\n  \"rows", "tables are never null")

	b.Reset()
	require.NoError(t, r.WriteCSVs(&b))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	rows := map[string]int{}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		table, err := csv.NewReader(in).ReadAll()
		require.NoError(t, err, f.Name)
		rows[f.Name] = len(table) - 1
		for _, row := range table[1:] {
			for _, cell := range row {
				require.False(t, cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r"), "%s: %q", f.Name, cell)
			}
		}
	}
	require.Equal(t, whole.Tables.Modifications, rows["file_modifications.csv"])
	require.Equal(t, whole.Tables.Violations, rows["scope_violations.csv"])
	require.Equal(t, whole.Tables.Alerts, rows["alerts.csv"])
	require.Equal(t, whole.Tables.Sessions, rows["sessions.csv"])
	require.Len(t, rows, len(TableNames()))
	require.ErrorIs(t, r.WriteTable(&b, "none"), ErrNoTable)
}

func TestNothingInThePeriod(t *testing.T) {
	o := options(t, newHome(t, recorded.Sessions(day.AddDate(0, 0, 5))...))
	o.Now = day.AddDate(0, 0, 7)
	r := build(t, o)
	require.Zero(t, r.Summary.Events)
	require.Nil(t, r.Audit.FirstSeq)
	var b bytes.Buffer
	require.NoError(t, r.WriteJSON(&b))
	require.True(t, json.Valid(b.Bytes()))
	require.NoError(t, r.WriteCSVs(&b))
}
