package sessions

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/csvtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// cells of the table, by column. New ones are added at the end.
var table = []struct {
	name string
	cell func(s *story.Session) string
}{
	{"session_id", func(s *story.Session) string { return s.ID }},
	{"project", func(s *story.Session) string { return s.Project }},
	{"project_path", func(s *story.Session) string { return s.ProjectPath }},
	{"host", func(s *story.Session) string { return s.Host }},
	{"user", func(s *story.Session) string { return s.User }},
	{"start", func(s *story.Session) string { return s.Start.UTC().Format(time.RFC3339Nano) }},
	{"end", func(s *story.Session) string { return s.End.UTC().Format(time.RFC3339Nano) }},
	{"duration_ms", func(s *story.Session) string { return strconv.FormatInt(s.Duration, 10) }},
	{"ended", func(s *story.Session) string { return strconv.FormatBool(s.Ended) }},
	{"risk", func(s *story.Session) string { return strconv.Itoa(s.Risk) }},
	{"alerts_critical", func(s *story.Session) string { return strconv.Itoa(s.Alerts.Critical) }},
	{"alerts_high", func(s *story.Session) string { return strconv.Itoa(s.Alerts.High) }},
	{"alerts_medium", func(s *story.Session) string { return strconv.Itoa(s.Alerts.Medium) }},
	{"alerts_low", func(s *story.Session) string { return strconv.Itoa(s.Alerts.Low) }},
	{"alerts_suppressed", func(s *story.Session) string { return strconv.Itoa(s.Alerts.Suppressed) }},
	{"events", func(s *story.Session) string { return strconv.Itoa(s.Events) }},
	{"prompts", func(s *story.Session) string { return strconv.Itoa(s.Prompts) }},
	{"tool_calls", func(s *story.Session) string { return strconv.Itoa(s.ToolCalls) }},
	{"errors", func(s *story.Session) string { return strconv.Itoa(s.Errors) }},
	{"denied", func(s *story.Session) string { return strconv.Itoa(s.Denied) }},
	{"outside_scope", func(s *story.Session) string { return strconv.Itoa(s.Outside) }},
	{"files_read", func(s *story.Session) string { return strconv.Itoa(s.FilesRead) }},
	{"files_edited", func(s *story.Session) string { return strconv.Itoa(s.FilesEdited) }},
	{"lines_added", func(s *story.Session) string { return strconv.Itoa(s.LinesAdded) }},
	{"lines_removed", func(s *story.Session) string { return strconv.Itoa(s.LinesRemoved) }},
	{"commands", func(s *story.Session) string { return strconv.Itoa(s.Commands) }},
	{"web", func(s *story.Session) string { return strconv.Itoa(s.Web) }},
	{"mcp", func(s *story.Session) string { return strconv.Itoa(s.MCP) }},
	{"agents", func(s *story.Session) string { return strconv.Itoa(s.Agents) }},
	{"secrets_redacted", func(s *story.Session) string { return strconv.Itoa(s.Redacted) }},
}

func printCSV(w io.Writer, all []story.Session) error {
	out := bufio.NewWriter(w)
	cells := make([]string, len(table))
	for i := range table {
		cells[i] = table[i].name
	}
	if err := csvtext.WriteRow(out, cells); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	for i := range all {
		for j := range table {
			cells[j] = csvtext.Harmless(table[j].cell(&all[i]))
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
