package report

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/csvtext"
)

// ErrNoTable says that there is no table of a name.
var ErrNoTable = errors.New("no table of a report")

// TableNames are the tables that WriteTable writes.
func TableNames() []string {
	return []string{"summary", TableAlerts, TableModifications, TableViolations, TableSessions, "tools", "projects", "coverage", "sequence_holes", "open_calls", "integrity"}
}

// WriteCSVs writes all tables as a zip archive: a file each, NAME.csv.
func (r *Result) WriteCSVs(out io.Writer) error {
	z := zip.NewWriter(out)
	for _, name := range TableNames() {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".csv", Method: zip.Deflate, Modified: r.Made})
		if err != nil {
			return fmt.Errorf("write %s.csv: %w", name, err)
		}
		if err := r.WriteTable(w, name); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

// WriteTable writes one table as CSV. Its first row has the names of the columns; new
// ones are added at the end.
func (r *Result) WriteTable(out io.Writer, name string) error {
	if !slices.Contains(TableNames(), name) {
		return fmt.Errorf("%w: %q", ErrNoTable, name)
	}
	t := &table{w: bufio.NewWriterSize(out, 1<<16)}
	var err error
	switch name {
	case TableSessions:
		t.sessions(r)
	case TableModifications:
		err = t.modifications(r)
	case TableViolations:
		err = t.violations(r)
	case TableAlerts:
		err = t.alerts(r)
	case "summary":
		t.summary(r)
	case "tools":
		t.header("tool", "calls", "failed", "denied")
		for _, n := range r.Tools {
			t.row(n.Tool, n.Calls, n.Failed, n.Denied)
		}
	case "projects":
		t.header(append([]string{"project", "project_path", "sessions"}, countNames...)...)
		for i := range r.Projects {
			p := &r.Projects[i]
			t.row(append([]any{p.Project, p.Path, p.Sessions}, p.cells()...)...)
		}
	case "coverage":
		t.coverage(r)
	case "sequence_holes":
		t.header("session_id", "project", "first", "last", "after", "before")
		for _, h := range r.Coverage.Sequence.Holes {
			t.row(h.SessionID, h.Project, h.First, h.Last, h.After, h.Before)
		}
	case "open_calls":
		t.header("time", "session_id", "tool", "tool_use_id", "reason")
		for _, c := range r.Coverage.Calls.List {
			t.row(c.Time, c.SessionID, c.Tool, c.ToolUseID, string(c.Reason))
		}
	case "integrity":
		t.integrity(r)
	}
	if err = errors.Join(err, t.err); err == nil {
		err = t.w.Flush()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// table writes one table; the first error stays.
type table struct {
	w   *bufio.Writer
	err error
}

func (t *table) header(names ...string) {
	if t.err == nil {
		t.err = csvtext.WriteRow(t.w, names)
	}
}

func (t *table) row(cells ...any) {
	if t.err != nil {
		return
	}
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = cell(c)
	}
	t.err = csvtext.WriteRow(t.w, out)
}

// cell is the text of a value; only texts can be what a spreadsheet computes.
func cell(v any) string {
	switch v := v.(type) {
	case string:
		return csvtext.Harmless(v)
	case []string:
		return csvtext.Harmless(strings.Join(v, " | "))
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format(time.RFC3339Nano)
	case *time.Time:
		if v == nil {
			return ""
		}
		return v.UTC().Format(time.RFC3339Nano)
	case *int64:
		if v == nil {
			return ""
		}
		return strconv.FormatInt(*v, 10)
	case *uint64:
		if v == nil {
			return ""
		}
		return strconv.FormatUint(*v, 10)
	case *float64:
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', 3, 64)
	}
	return fmt.Sprint(v) // a number or a truth value
}

var countNames = []string{
	"events", "prompts", "tool_calls", "failed", "denied", "commands", "web", "mcp", "file_modifications", "scope_violations", "alerts",
}

func (c *Counts) cells() []any {
	return []any{c.Events, c.Prompts, c.ToolCalls, c.Failed, c.Denied, c.Commands, c.Web, c.MCP, c.Modifications, c.Outside, c.Alerts}
}

func (w *Where) cells() []any {
	return []any{w.SessionID, w.Project, w.ProjectPath, w.AgentID, w.AgentType}
}

var whereNames = []string{"session_id", "project", "project_path", "agent_id", "agent_type"}

func (t *table) sessions(r *Result) {
	t.header(append([]string{"session_id", "project", "project_path", "host", "user", "start", "end", "worst_severity", "risk"}, countNames...)...)
	for i := range r.sessions {
		s := &r.sessions[i]
		t.row(append([]any{s.SessionID, s.Project, s.ProjectPath, s.Host, s.User, s.Start, s.End, s.Worst, s.Risk}, s.cells()...)...)
	}
}

func (t *table) modifications(r *Result) error {
	t.header(append([]string{
		"time", "seq", "result_seq", "file", "tool", "tool_use_id", "outcome", "error", "lines_added", "lines_removed",
		"hash_before", "hash_after", "hash_skipped", "outside_project_scope", "changed_between",
	}, whereNames...)...)
	return r.Modifications(func(m *Modification) error {
		t.row(append([]any{
			m.Time, m.Seq, m.ResultSeq, m.File, m.Tool, m.ToolUseID, m.Outcome, m.Error, m.LinesAdded, m.LinesRemoved,
			m.HashBefore, m.HashAfter, m.HashSkipped, m.Outside, m.ChangedBetween,
		}, m.cells()...)...)
		return t.err
	})
}

func (t *table) violations(r *Result) error {
	t.header(append([]string{"time", "seq", "event", "tool", "tool_use_id", "what", "what_bytes", "outcome", "scope_unknown"}, whereNames...)...)
	return r.Violations(func(v *Violation) error {
		t.row(append([]any{v.Time, v.Seq, v.Event, v.Tool, v.ToolUseID, v.What, v.WhatBytes, v.Outcome, v.ScopeUnknown}, v.cells()...)...)
		return t.err
	})
}

func (t *table) alerts(r *Result) error {
	t.header(append([]string{
		"time", "seq", "id", "severity", "risk_score", "rule", "rule_id", "title", "category", "what", "what_bytes", "evidence", "attack",
		"suppressed", "id_conflict", "open", "acknowledged", "acknowledged_by", "acknowledged_reason", "acknowledged_from_agent",
		"seconds_to_acknowledge", "tool", "event_id", "event_seq",
	}, whereNames...)...)
	return r.Alerts(func(a *Alert) error {
		k := a.Acknowledged
		ack := []any{"", "", "", ""}
		if k != nil {
			ack = []any{k.Time, k.By, k.Reason, k.FromAgent}
		}
		cells := append([]any{
			a.Time, a.Seq, a.ID, a.Severity, a.RiskScore, a.Rule, a.RuleID, a.Title, a.Category, a.What, a.WhatBytes, a.Evidence, a.Attack,
			a.Suppressed, a.Conflict, a.Open(),
		}, ack...)
		t.row(append(append(cells, a.Seconds, a.Tool, a.EventID, a.EventSeq), a.cells()...)...)
		return t.err
	})
}
