package auditexport

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/csvtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// column is one column of the table.
type column struct {
	name string
	cell func(e *auditlog.Entry) string
}

func attribute(keys ...string) func(*auditlog.Entry) string {
	return func(e *auditlog.Entry) string {
		for _, k := range keys {
			switch v := e.Attributes[k].(type) {
			case nil:
			case string:
				if v != "" {
					return csvtext.Harmless(v)
				}
			case json.Number:
				return v.String()
			case bool:
				return fmt.Sprint(v)
			default:
				if b, err := json.Marshal(v); err == nil {
					return csvtext.Harmless(string(b))
				}
			}
		}
		return ""
	}
}

// columns of the table. New ones are added at the end.
var columns = []column{
	{"seq", func(e *auditlog.Entry) string { return fmt.Sprint(e.Seq) }},
	{"time", func(e *auditlog.Entry) string { return e.When().UTC().Format(time.RFC3339Nano) }},
	{"service", func(e *auditlog.Entry) string {
		s, _ := e.Resource[semconv.ServiceName].(string)
		return csvtext.Harmless(s)
	}},
	{"host", func(e *auditlog.Entry) string {
		s, _ := e.Resource[semconv.HostName].(string)
		return csvtext.Harmless(s)
	}},
	{"user", func(e *auditlog.Entry) string {
		s, _ := e.Resource[semconv.UserName].(string)
		return csvtext.Harmless(s)
	}},
	{"event_id", attribute(semconv.EventID)},
	{"session_id", attribute(semconv.SessionID)},
	{"session_seq", attribute(semconv.SessionSeq)},
	{"project", attribute(semconv.ProjectName)},
	{"project_path", attribute(semconv.ProjectPath)},
	{"agent_id", attribute(semconv.AgentID)},
	{"event", func(e *auditlog.Entry) string {
		if s := attribute(semconv.EventType, semconv.NativeEventName)(e); s != "" {
			return s
		}
		return csvtext.Harmless(e.EventName)
	}},
	{"hook_event", attribute(semconv.HookEvent)},
	{"severity", func(e *auditlog.Entry) string { return csvtext.Harmless(e.SeverityText) }},
	{"tool", attribute(semconv.ToolName, semconv.NativeToolName)},
	{"tool_use_id", attribute(semconv.ToolCallID, semconv.NativeToolUseID)},
	{"outside_project_scope", attribute(semconv.OutsideProject)},
	{"file_path", attribute(semconv.FilePath)},
	{"command", attribute(semconv.CommandLine)},
	{"url", attribute(semconv.URLFull)},
	{"mcp_server", attribute(semconv.MCPServerName)},
	{"exit_code", attribute(semconv.ExitCode)},
	{"duration_ms", attribute(semconv.ToolDurationMillis)},
	{"error", attribute(semconv.ErrorType)},
	{"prompt_preview", attribute(semconv.PromptPreview)},
}

// writeHeader writes the table's first row.
func writeHeader(w io.Writer) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return csvtext.WriteRow(w, names)
}

// writeEntry writes a record's row.
func writeEntry(w io.Writer, e *auditlog.Entry) error {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.cell(e)
	}
	return csvtext.WriteRow(w, cells)
}
