package hookevent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/jsonscan"
)

// Payload is a decoded hook payload. Its fields are what Claude Code sent;
// every getter tolerates absent fields and fields of another type.
type Payload struct {
	fields map[string]any
	// Err says why the payload, or the rest of it, could not be decoded.
	Err error
	// InvalidUTF8 says that bytes were replaced by U+FFFD.
	InvalidUTF8 bool
	// path is the file that the input of a tool names, where only the start of the
	// payload can be read.
	path string
}

// Errors of Decode.
var (
	ErrEmpty     = errors.New("empty payload")
	ErrNotObject = errors.New("payload is not a JSON object")
	ErrTooLarge  = errors.New("payload is larger than the limit")
	// ErrTooComplex says that decoding would cost seconds: Claude waits for it.
	ErrTooComplex = errors.New("payload has too many values, or nests them too deeply")
)

// Decode decodes a hook payload. It never fails: what cannot be decoded leaves
// Err set, and the top-level text fields that come before the fault are kept,
// because they tell which session and tool it was.
func Decode(raw []byte, limit int) Payload {
	p := Payload{InvalidUTF8: !utf8.Valid(raw)}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	switch {
	case len(trimmed) == 0:
		p.Err = ErrEmpty
	case len(raw) > limit:
		p.Err = fmt.Errorf("%w of %d bytes", ErrTooLarge, limit)
	case trimmed[0] != '{':
		p.Err = ErrNotObject
	case tooComplex(trimmed):
		p.Err = ErrTooComplex
	}
	if p.Err != nil {
		p.fields, p.path = salvage(trimmed)
		return p
	}
	scan := jsonscan.New(trimmed)
	if all, err := scan.Decode(0); err == nil {
		if scan.Space(); scan.Done() {
			p.fields, _ = all.(map[string]any)
			return p
		}
	}
	// It takes longer, and says what is wrong.
	dec := json.NewDecoder(bytes.NewReader(trimmed))
	dec.UseNumber()
	if err := dec.Decode(&p.fields); err != nil {
		p.Err = fmt.Errorf("decode payload: %w", err)
		p.fields, p.path = salvage(trimmed)
		return p
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		p.Err = errors.New("decode payload: data after the JSON object")
	}
	return p
}

// Bounds of what is decoded. A payload of Claude Code has some hundred values;
// its size is in a few long texts.
const (
	maxElements = 100_000
	maxNesting  = 1_000
)

// tooComplex counts values and their nesting, outside of texts.
func tooComplex(raw []byte) bool {
	elements, depth := 0, 0
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			i = textEnd(raw, i+1)
		case ',', '{', '[':
			if elements++; elements > maxElements {
				return true
			}
			if c != ',' {
				if depth++; depth > maxNesting {
					return true
				}
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// textEnd returns where the text that begins at i has its closing quote.
func textEnd(raw []byte, i int) int {
	for ; i < len(raw); i++ {
		i += jsonscan.Plain(raw[i:])
		if i < len(raw) && raw[i] == '\\' {
			i++
		} else if i < len(raw) && raw[i] == '"' {
			return i
		}
	}
	return i
}

// Undecodable is the payload of something that could not be read for the given
// reason.
func Undecodable(reason error) Payload { return Payload{Err: reason} }

// Partial is the payload of which only the start could be read.
func Partial(raw []byte, reason error) Payload {
	p := Payload{Err: fmt.Errorf("read payload: %w", reason), InvalidUTF8: !utf8.Valid(raw)}
	p.fields, p.path = salvage(bytes.TrimSpace(raw))
	return p
}

// salvage bounds: enough for the common fields, which come first.
const (
	salvageFields = 64
	salvageWindow = 64 << 10
)

// salvage keeps the top-level scalar fields that stand before the first fault, and the
// name of the file that the tool is to work on: Claude Code writes it before the content,
// which is what makes a payload large.
func salvage(raw []byte) (fields map[string]any, path string) {
	fields = map[string]any{}
	if len(raw) > salvageWindow {
		raw = raw[:salvageWindow]
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return fields, ""
	}
	for len(fields) < salvageFields {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return fields, path
		}
		val, err := dec.Token()
		if err != nil {
			return fields, path
		}
		if d, nested := val.(json.Delim); nested {
			var whole bool
			if name == "tool_input" && d == '{' {
				path, whole = salvagePath(dec)
			} else {
				whole = skip(dec)
			}
			if !whole {
				return fields, path
			}
			continue
		}
		fields[name] = val
	}
	return fields, path
}

// salvagePath reads the input of a tool, as far as it goes, for the name of a file.
func salvagePath(dec *json.Decoder) (path string, whole bool) {
	for {
		key, err := dec.Token()
		if err != nil {
			return path, false
		}
		if key == json.Delim('}') {
			return path, true
		}
		val, err := dec.Token()
		if err != nil {
			return path, false
		}
		if _, nested := val.(json.Delim); nested {
			if !skip(dec) {
				return path, false
			}
			continue
		}
		if text, ok := val.(string); ok && path == "" && (key == "file_path" || key == "notebook_path") {
			path = text
		}
	}
}

// skip reads to the end of the container that was just opened.
func skip(dec *json.Decoder) bool {
	for depth := 1; depth > 0; {
		tok, err := dec.Token()
		if err != nil {
			return false
		}
		if d, ok := tok.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
	}
	return true
}

// Text returns a top-level field when it is a string.
func (p Payload) Text(name string) string { return text(p.fields, name) }

// SessionID returns session_id.
func (p Payload) SessionID() string { return p.Text("session_id") }

// HookEvent returns hook_event_name.
func (p Payload) HookEvent() string { return p.Text("hook_event_name") }

// ToolName returns tool_name.
func (p Payload) ToolName() string { return p.Text("tool_name") }

// ToolUseID returns tool_use_id.
func (p Payload) ToolUseID() string { return p.Text("tool_use_id") }

// Cwd returns the working directory of the session or agent.
func (p Payload) Cwd() string { return p.Text("cwd") }

func (p Payload) input() map[string]any    { return object(p.fields, "tool_input") }
func (p Payload) response() map[string]any { return object(p.fields, "tool_response") }

func text(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

func object(m map[string]any, name string) map[string]any {
	o, _ := m[name].(map[string]any)
	return o
}

func list(m map[string]any, name string) []any {
	l, _ := m[name].([]any)
	return l
}

func truth(m map[string]any, name string) (value, present bool) {
	b, ok := m[name].(bool)
	return b, ok
}

func integer(m map[string]any, name string) (int64, bool) {
	n, ok := m[name].(json.Number)
	if !ok {
		return 0, false
	}
	if i, err := n.Int64(); err == nil {
		return i, true
	}
	f, err := n.Float64()
	if err != nil || f > 1<<53 || f < -(1<<53) {
		return 0, false
	}
	return int64(f), true
}
