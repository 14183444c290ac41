package report

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

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
