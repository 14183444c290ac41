package report

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

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
