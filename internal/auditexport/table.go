package auditexport

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
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
					return harmless(v)
				}
			case json.Number:
				return v.String()
			case bool:
				return fmt.Sprint(v)
			default:
				if b, err := json.Marshal(v); err == nil {
					return harmless(string(b))
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
	{"service", func(e *auditlog.Entry) string { s, _ := e.Resource[semconv.ServiceName].(string); return harmless(s) }},
	{"host", func(e *auditlog.Entry) string { s, _ := e.Resource[semconv.HostName].(string); return harmless(s) }},
	{"user", func(e *auditlog.Entry) string { s, _ := e.Resource[semconv.UserName].(string); return harmless(s) }},
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
		return harmless(e.EventName)
	}},
	{"hook_event", attribute(semconv.HookEvent)},
	{"severity", func(e *auditlog.Entry) string { return harmless(e.SeverityText) }},
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
	return writeRow(w, names)
}

// writeEntry writes a record's row.
func writeEntry(w io.Writer, e *auditlog.Entry) error {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.cell(e)
	}
	return writeRow(w, cells)
}

// writeRow writes cells as RFC 4180 has them, each in quotes.
func writeRow(w io.Writer, cells []string) error {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
	}
	b.WriteString("\r\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// formula begins what a spreadsheet computes, wide characters too, behind what it
// passes over. Where a semicolon separates cells, one may begin behind it.
var formula = regexp.MustCompile(`(^|;)(['"\s\p{Z}\p{Cf}]*)([=+\-@|%＝＋－＠])`)

// harmless returns text that no spreadsheet takes for a formula and no terminal
// obeys: an apostrophe stands before what would begin a formula, and characters
// that are not seen are written out.
func harmless(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == utf8.RuneError:
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return formula.ReplaceAllString(b.String(), "$1'$2$3")
}
