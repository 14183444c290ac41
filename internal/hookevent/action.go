package hookevent

import (
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// action is what a tool call does, in the fields that queries ask for.
type action struct {
	filePath      string
	size          int64
	sized         bool
	scoped        bool // it acts on a path, so that being outside can be said
	command       string
	rawCommand    string // as it came, to recognise it in raw_input
	searchPattern string
	searchPath    string
	url, host     string
	mcpServer     string
	delegate      string // agent type that is called
	exitCode      int64
	hasExitCode   bool
	context       fieldset // tool_context
}

func (b *builder) action() action {
	p := b.p
	if p.Err != nil {
		return action{filePath: cleanPath(p.path), scoped: p.path != ""}
	}
	a := action{scoped: p.Target() != "", context: make(fieldset, 0, 4)}
	if !p.isToolCall() {
		a.hookEvent(p)
		return a
	}
	in := p.input()
	switch p.ToolName() {
	case "Read", "Write", "Edit", "MultiEdit", "NotebookRead", "NotebookEdit":
		a.file(p, in)
		if !a.sized && b.c.File.Exists {
			a.size, a.sized = b.c.File.Size, true
		}
	case "Bash", "PowerShell", "Monitor", "REPL":
		a.shell(p, in)
	case "Grep", "Glob", "LS":
		a.search(p, in)
	case "WebFetch", "WebSearch":
		a.web(p, in)
	case "Agent", "Task":
		a.delegation(in)
	case "Skill", "SlashCommand":
		skill, _, _ := strings.Cut(strings.TrimSpace(first(text(in, "skill"), text(in, "command"), text(in, "name"))), " ")
		a.context.str("skill", cleanName(skill))
	default:
		a.other(p, in)
	}
	a.outcome(p)
	return a
}

func (a *action) file(p Payload, in map[string]any) {
	a.filePath = cleanPath(first(text(in, "file_path"), text(in, "notebook_path")))
	for _, key := range []string{"offset", "limit"} {
		n, ok := integer(in, key)
		a.context.num(key, n, ok)
	}
	a.context.str("pages", cleanName(text(in, "pages")))
	a.context.str("cell_id", cleanName(text(in, "cell_id")))
	a.context.str("edit_mode", cleanName(text(in, "edit_mode")))
	all, ok := truth(in, "replace_all")
	a.context.flag("replace_all", all, ok)
	if edits := list(in, "edits"); edits != nil {
		a.context.num("edits", int64(len(edits)), true)
	}
	if content, ok := in["content"].(string); ok && p.ToolName() == "Write" {
		a.size, a.sized = int64(len(content)), true
	}
	r := p.response()
	a.context.str("result", cleanName(text(r, "type")))
	if f := object(r, "file"); f != nil {
		for _, key := range []string{"numLines", "startLine", "totalLines"} {
			n, ok := integer(f, key)
			a.context.num(snake(key), n, ok)
		}
	}
	modified, ok := truth(r, "userModified")
	a.context.flag("user_modified", modified, ok && modified)
}

func (a *action) shell(p Payload, in map[string]any) {
	a.rawCommand = first(text(in, "command"), text(in, "code"), text(in, "script"))
	var changed int
	if a.command, changed = command(a.rawCommand); changed > 0 {
		// What ran can be proven later, though a part of it is not shown.
		a.context.num("redactions", int64(changed), true)
		a.context.num("command_bytes", int64(len(a.rawCommand)), true)
		a.context.str("command_sha256", filehash.Text(a.rawCommand))
	}
	a.context.str("description", phrase(text(in, "description")))
	timeout, ok := integer(in, "timeout")
	a.context.num("timeout_ms", timeout, ok)
	for _, f := range [...]struct{ key, as string }{{"run_in_background", "background"}, {"dangerouslyDisableSandbox", "sandbox_disabled"}, {"persistent", "persistent"}} {
		v, ok := truth(in, f.key)
		a.context.flag(f.as, v, ok && v)
	}
	r := p.response()
	a.context.str("background_task_id", cleanName(text(r, "backgroundTaskId")))
	ms, ok := integer(r, "timedOutAfterMs")
	a.context.num("timed_out_after_ms", ms, ok)
}

func (a *action) search(p Payload, in map[string]any) {
	pattern, _ := redact.Text(cut(text(in, "pattern"), 2*maxText))
	a.searchPattern = oneLine(pattern, maxText)
	a.searchPath = cleanPath(text(in, "path"))
	a.context.str("glob", cleanName(text(in, "glob")))
	a.context.str("type", cleanName(text(in, "type")))
	a.context.str("output_mode", cleanName(text(in, "output_mode")))
	files, ok := integer(p.response(), "numFiles")
	a.context.num("num_files", files, ok)
	truncated, ok := truth(p.response(), "truncated")
	a.context.flag("truncated", truncated, ok && truncated)
}

func (a *action) web(p Payload, in map[string]any) {
	if query := text(in, "query"); query != "" {
		clean, _ := redact.Text(cut(query, 2*maxText))
		a.searchPattern = oneLine(clean, maxText)
	}
	a.setURL(text(in, "url"))
	status, ok := integer(p.response(), "code")
	a.context.num("http_status", status, ok)
	size, ok := integer(p.response(), "bytes")
	a.context.num("response_bytes", size, ok)
}

func (a *action) setURL(raw string) {
	if raw == "" {
		return
	}
	clean, _ := redact.Text(cut(raw, 4096))
	a.url = oneLine(clean, 4096)
	if u, err := url.Parse(strings.TrimSpace(cut(raw, 4096))); err == nil {
		a.host = cleanName(strings.ToLower(u.Hostname()))
	}
}

func (a *action) delegation(in map[string]any) {
	a.delegate = cleanName(text(in, "subagent_type"))
	a.context.str("description", phrase(text(in, "description")))
	a.context.str("subagent_type", a.delegate)
}

// other serves task tools, MCP calls, and every tool that is not known yet.
func (a *action) other(p Payload, in map[string]any) {
	var tool string
	if a.mcpServer, tool = p.mcpServer(); a.mcpServer != "" {
		a.mcpServer = cleanName(a.mcpServer)
		a.context.str("mcp_tool", cleanName(tool))
		a.context.str("mcp_source", cleanName(text(object(p.fields, "mcp_server"), "source")))
		a.filePath = cleanPath(p.Target())
	}
	a.setURL(text(in, "url"))
	a.context.str("task_id", cleanName(first(text(in, "taskId"), text(in, "task_id"))))
	a.context.str("status", cleanName(text(in, "status")))
	if todos := list(in, "todos"); todos != nil {
		a.context.num("todos", int64(len(todos)), true)
		for state, n := range todoStates(todos) {
			a.context.num("todos_"+state, n, true)
		}
	}
}

func todoStates(todos []any) map[string]int64 {
	counts := map[string]int64{}
	for _, t := range todos {
		todo, _ := t.(map[string]any)
		switch s := text(todo, "status"); s {
		case "pending", "in_progress", "completed":
			counts[s]++
		}
	}
	return counts
}

// outcome adds how the call ended.
func (a *action) outcome(p Payload) {
	duration, timed := integer(p.fields, "duration_ms")
	a.context.num("duration_ms", duration, timed)
	switch p.HookEvent() {
	case "PostToolUseFailure":
		a.exitCode, a.hasExitCode = exitCode(p.Text("error"))
		a.context.num("exit_code", a.exitCode, a.hasExitCode)
	case "PermissionDenied":
		a.context.str("reason", phrase(p.Text("reason")))
	}
	if kind := p.errorType(); kind != "" {
		a.context.str("error_type", kind)
	}
}

// hookEvent adds what an event that is no tool call says.
func (a *action) hookEvent(p Payload) {
	a.filePath = cleanPath(first(p.Text("file_path"), p.Target()))
	for _, key := range []string{
		"source", "model", "trigger", "reason", "notification_type", "memory_type", "load_reason", "expansion_type",
		"command_name", "command_source", "event", "from_model", "to_model", "requested_model", "task_id", "teammate_name",
		"team_name", "mcp_server_name", "action", "error",
	} {
		a.context.str(key, phrase(p.Text(key)))
	}
	if p.HookEvent() == "Notification" { // Claude Code's own words
		a.context.str("message", phrase(p.Text("message")))
		a.context.str("title", phrase(p.Text("title")))
	}
	for _, key := range []string{"background_tasks", "session_crons", "tool_calls"} {
		if l := list(p.fields, key); len(l) > 0 {
			a.context.num(key, int64(len(l)), true)
		}
	}
	tokens, ok := integer(p.fields, "context_tokens")
	a.context.num("context_tokens", tokens, ok)
	if size := len(p.Text("prompt")); size > 0 {
		a.context.num("prompt_bytes", int64(size), true)
	}
	a.mcpServer = cleanName(p.Text("mcp_server_name"))
}

func (a *action) body(outside bool) []attribute.KeyValue {
	f := make(fieldset, 0, 4)
	f.str(semconv.ActionFilePath, a.filePath)
	f.num(semconv.ActionSizeBytes, a.size, a.sized)
	f.flag(semconv.ActionOutsideScope, outside, a.scoped || outside)
	f.str(semconv.ActionCommand, a.command)
	f.str(semconv.ActionSearchPattern, a.searchPattern)
	f.str(semconv.ActionSearchPath, a.searchPath)
	f.str(semconv.ActionURL, a.url)
	f.obj(semconv.ActionToolContext, a.context)
	return f
}

// phrase is a short text that describes: one line of at most 200 characters.
func phrase(s string) string {
	clean, _ := redact.Text(cut(s, 1024))
	return oneLine(clean, 200)
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// snake turns camelCase into snake_case.
func snake(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
