package timeline

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/csvtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// column is one column of the table.
type column struct {
	name string
	cell func(e *story.Entry) string
}

// columns of the table. New ones are added at the end.
var columns = []column{
	{"time", func(e *story.Entry) string { return e.Time.UTC().Format(time.RFC3339Nano) }},
	{"kind", func(e *story.Entry) string { return string(e.Kind) }},
	{"event", func(e *story.Entry) string { return e.Event }},
	{"agent_id", func(e *story.Entry) string { return e.AgentID }},
	{"agent_type", func(e *story.Entry) string { return e.AgentType }},
	{"depth", func(e *story.Entry) string { return strconv.Itoa(e.Depth) }},
	{"severity", func(e *story.Entry) string { return e.Severity }},
	{"text", func(e *story.Entry) string { return e.Text }},
	ofTool("tool", func(t *story.Tool) string { return t.Name }),
	ofTool("outcome", func(t *story.Tool) string { return t.Outcome }),
	ofTool("duration_ms", func(t *story.Tool) string { return unless(t.Duration < 0, t.Duration) }),
	ofTool("error", func(t *story.Tool) string { return t.Error }),
	ofTool("message", func(t *story.Tool) string { return t.Message }),
	ofTool("exit_code", func(t *story.Tool) string {
		if t.ExitCode == nil {
			return ""
		}
		return strconv.FormatInt(*t.ExitCode, 10)
	}),
	ofTool("outside_project_scope", func(t *story.Tool) string { return strconv.FormatBool(t.Outside) }),
	ofTool("file", func(t *story.Tool) string { return t.File }),
	ofTool("lines_added", func(t *story.Tool) string { return unless(!t.Change, t.Added) }),
	ofTool("lines_removed", func(t *story.Tool) string { return unless(!t.Change, t.Removed) }),
	ofTool("hash_before", func(t *story.Tool) string { return t.HashBefore }),
	ofTool("hash_after", func(t *story.Tool) string { return t.HashAfter }),
	ofTool("command", func(t *story.Tool) string { return t.Command }),
	ofTool("url", func(t *story.Tool) string { return t.URL }),
	ofTool("pattern", func(t *story.Tool) string { return t.Pattern }),
	ofTool("mcp_server", func(t *story.Tool) string { return t.MCPServer }),
	ofTool("description", func(t *story.Tool) string { return t.Description }),
	ofTool("rules", func(t *story.Tool) string { return strings.Join(t.Rules, " ") }),
	ofTool("decision", func(t *story.Tool) string { return t.Decision }),
	ofAlert("rule", func(a *story.Alert) string { return a.Rule }),
	ofAlert("alert_title", func(a *story.Alert) string { return a.Title }),
	ofAlert("alert_evidence", func(a *story.Alert) string { return strings.Join(a.Evidence, " ") }),
	ofAlert("risk_score", func(a *story.Alert) string { return strconv.Itoa(a.Risk) }),
	ofAlert("alert_id", func(a *story.Alert) string { return a.ID }),
	{"missing_from", func(e *story.Entry) string {
		if e.Gap == nil {
			return ""
		}
		return strconv.FormatUint(e.Gap.First, 10)
	}},
	{"missing_to", func(e *story.Entry) string {
		if e.Gap == nil {
			return ""
		}
		return strconv.FormatUint(e.Gap.Last, 10)
	}},
	{"seq", func(e *story.Entry) string { return number(e.Seq) }},
	{"record", func(e *story.Entry) string { return number(e.Record) }},
	ofTool("tool_use_id", func(t *story.Tool) string { return t.ID }),
	{"event_id", func(e *story.Entry) string { return e.EventID }},
}

func ofTool(name string, cell func(*story.Tool) string) column {
	return column{name, func(e *story.Entry) string {
		if e.Tool == nil {
			return ""
		}
		return cell(e.Tool)
	}}
}

func ofAlert(name string, cell func(*story.Alert) string) column {
	return column{name, func(e *story.Entry) string {
		if e.Alert == nil {
			return ""
		}
		return cell(e.Alert)
	}}
}

func unless(empty bool, n int64) string {
	if empty {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func number(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// printCSV prints the entries as a table. The session's id is in its first column.
func printCSV(w io.Writer, s *story.Story, entries []story.Entry) error {
	out := bufio.NewWriter(w)
	cells := make([]string, 0, 1+len(columns))
	cells = append(cells, "session_id")
	for _, c := range columns {
		cells = append(cells, c.name)
	}
	if err := csvtext.WriteRow(out, cells); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	session := csvtext.Harmless(s.Session.ID)
	for i := range entries {
		cells = append(cells[:0], session)
		for _, c := range columns {
			cells = append(cells, csvtext.Harmless(c.cell(&entries[i])))
		}
		if err := csvtext.WriteRow(out, cells); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
