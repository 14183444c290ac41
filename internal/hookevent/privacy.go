package hookevent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
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

// contentFields hold what a file, a person or a model wrote: never kept,
// wherever they stand.
var contentFields = set(
	"content", "contents", "old_string", "new_string", "new_source", "old_source", "originalFile",
	"oldString", "newString", "prompt", "last_assistant_message", "compact_summary", "custom_instructions",
	"delta", "message", "task_description", "plan", "text", "body", "data", "file_text", "old_str", "new_str",
	"insert_text", "html", "base64", "image", "blob", "oldText", "newText", "diff", "patch", "structuredPatch",
	"result", "output", "stdout", "stderr", "codeText", "answers", "answer", "todos", "oldTodos", "newTodos",
)

// commandFields hold what a tool is told to run.
var commandFields = set("command", "code", "script")

// responseFields are the fields of a tool's response that describe it rather
// than being it. Any other text of a response is tool output.
var responseFields = set(
	"type", "filePath", "file_path", "status", "agentId", "agent_id", "agentType", "agent_type", "mode", "url",
	"taskId", "task_id", "backgroundTaskId", "id", "resolvedModel", "model", "isolation", "outputFile",
	"operation", "subtype", "role", "worktreePath", "worktreeBranch", "toolUseId", "tool_use_id", "interpretation",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// sanitiser copies a payload without what must not be kept. It is used once.
type sanitiser struct {
	values int  // values copied so far
	mcp    bool // the payload is an MCP call
	action action
	kept   int // text bytes copied so far
}

// rawInput returns the payload's shape: metadata kept and redacted; contents,
// outputs and messages replaced by {"bytes", "sha256"}.
func (p Payload) rawInput(a action) []attribute.KeyValue {
	s := &sanitiser{mcp: strings.HasPrefix(p.ToolName(), mcpPrefix), action: a}
	return s.fields(p.fields, 0, false)
}

func (s *sanitiser) fields(m map[string]any, depth int, response bool) []attribute.KeyValue {
	out := make([]attribute.KeyValue, 0, len(m))
	for _, k := range sortedKeys(m) {
		if s.values++; s.values > maxValues {
			out = append(out, attribute.Int("truncated_fields", len(m)-len(out)))
			break
		}
		name, _ := redact.Text(cut(k, maxKey))
		out = append(out, attribute.KeyValue{
			Key:   attribute.Key(name),
			Value: s.value(k, m[k], depth+1, response || k == "tool_response"),
		})
	}
	return out
}

func (s *sanitiser) value(key string, v any, depth int, response bool) attribute.Value {
	switch v := v.(type) {
	case nil:
		return attribute.Value{}
	case bool:
		return attribute.BoolValue(v)
	case json.Number:
		return number(v)
	case string:
		return s.text(key, v, response)
	}
	if contentFields[key] || depth > maxDepth || s.values >= maxValues {
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
	case contentFields[key], response && !responseFields[key]:
		return digest(v)
	case commandFields[key] && !response:
		if v == s.action.rawCommand {
			return attribute.StringValue(s.action.command) // redacted before
		}
		return attribute.StringValue(command(v))
	}
	if s.kept += len(v); len(v) > maxText || s.kept > maxKept {
		return digest(v)
	}
	clean, _ := redact.Text(v)
	return attribute.StringValue(clean)
}

// command redacts a command line and bounds it: what is cut off is told by
// size and hash of the whole.
func command(v string) string {
	if len(v) <= maxCommand {
		clean, _ := redact.Text(v)
		return clean
	}
	clean, _ := redact.Text(cut(v, maxCommand))
	sum := sha256.Sum256([]byte(v))
	return clean + "\n[cut: " + strconv.Itoa(len(v)) + " bytes, sha256 " + hex.EncodeToString(sum[:]) + "]"
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
