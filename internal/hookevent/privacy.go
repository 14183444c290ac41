package hookevent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of raw_input: past them a value is kept as its size and hash.
const (
	maxText     = 512      // bytes of a text field
	maxCommand  = 64 << 10 // bytes of a command
	maxKey      = 128      // bytes of a field's name
	maxDepth    = 12       // levels of nesting
	maxItems    = 64       // elements of an array
	maxValues   = 1500     // values of the whole payload
	maxKept     = 96 << 10 // bytes of all kept texts, commands apart
	digestKeys  = 2        // fields of a digest
	fieldBytes  = "bytes"
	fieldSHA256 = "sha256"
)

// These lists are switches: maps would be made at the start of each hook command, which
// Claude waits for.

// isContent is of the fields that hold what a file, a person or a model wrote: never kept,
// wherever they stand.
func isContent(key string) bool {
	switch key {
	case "content", "contents", "old_string", "new_string", "new_source", "old_source", "originalFile",
		"oldString", "newString", "prompt", "last_assistant_message", "compact_summary", "custom_instructions",
		"delta", "message", "task_description", "plan", "text", "body", "data", "file_text", "old_str", "new_str",
		"insert_text", "html", "base64", "image", "blob", "oldText", "newText", "diff", "patch", "structuredPatch",
		"result", "output", "stdout", "stderr", "codeText", "answers", "answer", "todos", "oldTodos", "newTodos",
		"command_args", "args", "session_title", "summary", "thinking", "response", "assistant_message", "questions", "annotations", "notes",
		"subject", "task_subject", "activeForm", "metadata", "reply", "error_details":
		return true
	}
	return false
}

// isCommand is of the fields that hold what a tool is told to run.
func isCommand(key string) bool {
	switch key {
	case "command", "code", "script":
		return true
	}
	return false
}

// isForm is of the fields of an MCP call that hold what is typed into something; its name says
// nothing of what it is.
func isForm(key string) bool {
	switch key {
	case "value", "values", "input", "fields", "observations", "sql", "script", "code":
		return true
	}
	return false
}

// isCounter is of the numbers of a response that describe it.
func isCounter(key string) bool {
	switch key {
	case "numLines", "startLine", "totalLines", "numFiles", "numMatches", "durationMs", "durationSeconds", "bytes", "code", "totalTokens",
		"totalToolUseCount", "totalDurationMs", "timedOutAfterMs", "oldStart", "oldLines", "newStart", "newLines", "additions", "deletions":
		return true
	}
	return false
}

// describesResponse is of the fields of a tool's response that describe it rather
// than being it. Any other text of a response is tool output.
func describesResponse(key string) bool {
	switch key {
	case "type", "filePath", "file_path", "status", "agentId", "agent_id", "agentType", "agent_type", "mode", "url",
		"taskId", "task_id", "backgroundTaskId", "id", "resolvedModel", "model", "isolation", "outputFile",
		"operation", "subtype", "role", "worktreePath", "worktreeBranch", "toolUseId", "tool_use_id", "interpretation":
		return true
	}
	return false
}

// sanitiser copies a payload without what must not be kept. It is used once.
type sanitiser struct {
	values  int  // values copied so far
	mcp     bool // the payload is an MCP call
	skill   bool // the payload is a call of a skill or slash command
	command bool // the command has been copied
	action  action
	kept    int // text bytes copied so far
}

// rawInput returns the payload's shape: metadata kept and redacted; contents,
// outputs and messages replaced by {"bytes", "sha256"}.
func (p Payload) rawInput(a action) []attribute.KeyValue {
	s := &sanitiser{mcp: strings.HasPrefix(p.ToolName(), mcpPrefix), skill: EventOfTool(p.ToolName()) == semconv.EventSkillInvocation, action: a}
	return s.fields(p.fields, 0, false)
}

func (s *sanitiser) fields(m map[string]any, depth int, response bool) []attribute.KeyValue {
	out := make([]attribute.KeyValue, 0, len(m))
	for _, k := range sortedKeys(m) {
		if s.values++; s.values > maxValues {
			out = append(out, attribute.Int("truncated_fields", len(m)-len(out)))
			break
		}
		out = append(out, attribute.KeyValue{
			Key:   attribute.Key(s.key(k, response)),
			Value: s.value(k, m[k], depth+1, response || k == "tool_response"),
		})
	}
	return out
}

// key keeps a field's name, unless it is text: an object's keys can be anything.
func (s *sanitiser) key(k string, response bool) string {
	plain := len(k) <= maxKey
	for i := 0; plain && i < len(k); i++ {
		c := k[i]
		plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == '$' || c == '/' || c == ':'
	}
	if plain && (!response || len(k) <= 64) {
		clean, _ := redact.Path(k)
		return clean
	}
	sum := sha256.Sum256([]byte(k))
	return "sha256:" + hex.EncodeToString(sum[:8])
}

func (s *sanitiser) value(key string, v any, depth int, response bool) attribute.Value {
	switch v := v.(type) {
	case nil:
		return attribute.Value{}
	case bool:
		return attribute.BoolValue(v)
	}
	if redact.Named(key) {
		return namedSecret(v)
	}
	switch v := v.(type) {
	case json.Number:
		if isContent(key) || response && !isCounter(key) {
			return digest(v.String())
		}
		return number(v)
	case string:
		return s.text(key, v, response)
	}
	if isContent(key) || s.mcp && isForm(key) || depth > maxDepth || s.values >= maxValues {
		return digestJSON(v)
	}
	switch v := v.(type) {
	case map[string]any:
		return attribute.MapValue(s.fields(v, depth, response)...)
	case []any:
		return s.array(key, v, depth, response)
	}
	return attribute.Value{}
}

func (s *sanitiser) array(key string, v []any, depth int, response bool) attribute.Value {
	if len(v) > maxItems || (response && hasText(v)) {
		return digestJSON(v)
	}
	out := make([]attribute.Value, 0, len(v))
	for _, e := range v {
		if s.values++; s.values > maxValues {
			return digestJSON(v)
		}
		out = append(out, s.value(key, e, depth+1, response))
	}
	return attribute.SliceValue(out...)
}

// namedSecret stands for the value of a field whose name says that it is secret.
func namedSecret(v any) attribute.Value {
	const rule = "named-secret"
	switch v := v.(type) {
	case string:
		return attribute.StringValue(redact.Whole(rule, v))
	case json.Number:
		return attribute.StringValue(redact.Whole(rule, v.String()))
	}
	return attribute.StringValue("[REDACTED:" + rule + "]")
}

func hasText(v []any) bool {
	for _, e := range v {
		if _, ok := e.(string); ok {
			return true
		}
	}
	return false
}

func (s *sanitiser) text(key, v string, response bool) attribute.Value {
	switch {
	case key == "error" && s.mcp:
		return digest(v) // what a server answers is output to its first line
	case key == "error":
		return errorText(v)
	case isContent(key), response && !describesResponse(key):
		return digest(v)
	case key == "command" && s.skill && !response:
		name, _, _ := strings.Cut(strings.TrimSpace(v), " ")
		return attribute.StringValue(cleanName(name)) // what follows is a person's text
	case s.mcp && isForm(key):
		return digest(v)
	case v == s.action.rawCommand && isCommand(key) && !response && !s.command:
		s.command = true // once: it alone may be large
		return attribute.StringValue(s.action.command)
	}
	if s.kept += len(v); len(v) > maxText || s.kept > maxKept {
		return digest(v)
	}
	clean, _ := redact.Text(v)
	return attribute.StringValue(clean)
}

// CutMark ends a command line that was longer than what is kept.
const CutMark = "\n[cut]"

// command redacts a command line and bounds it. What was changed is the number of
// redactions, with one more for a cut; size and hash of the whole then tell what
// it was.
func command(v string) (clean string, changed int) {
	clean, changed = redact.Text(cut(v, maxCommand))
	if len(v) > maxCommand {
		clean += CutMark
		changed++
	}
	return clean, changed
}

// digest stands for a text that is not kept. A short text's hash could be
// guessed from a list of likely texts; what it proves is worth more than that.
func digest(v string) attribute.Value { return digestOf([]byte(v)) }

func digestJSON(v any) attribute.Value {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return attribute.MapValue(attribute.String("unencodable", err.Error()))
	}
	return digestOf(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

func digestOf(b []byte) attribute.Value {
	sum := sha256.Sum256(b)
	fields := make([]attribute.KeyValue, 0, digestKeys)
	fields = append(fields, attribute.Int(fieldBytes, len(b)), attribute.String(fieldSHA256, hex.EncodeToString(sum[:])))
	return attribute.MapValue(fields...)
}
