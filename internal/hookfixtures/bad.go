package hookfixtures

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Bad is input that a hook must survive.
type Bad struct {
	Name  string
	Bytes []byte
	// Undecodable says that the record must be a hook_event with a decode error;
	// otherwise it is a payload of odd contents that is recorded as what it is.
	Undecodable bool
}

// Sizes of the large bad inputs.
const (
	LargeBytes = 10 << 20
	DeepLevels = 100_000
)

// BadInputs returns bad input of every kind. sessionID and projectDir stand in
// those that have readable fields; each needs a session of its own name, so the
// case's number is put behind it.
func BadInputs(projectDir, sessionID string) []Bad {
	b := &badSet{project: projectDir, session: sessionID}
	b.nothing()
	b.truncated()
	b.large()
	b.wrongTypes()
	b.oddities()
	return b.all
}

type badSet struct {
	project, session string
	all              []Bad
}

func (b *badSet) add(name string, raw []byte, undecodable bool) {
	b.all = append(b.all, Bad{Name: name, Bytes: raw, Undecodable: undecodable})
}

// head is the start of a good payload, without the closing brace.
func (b *badSet) head() string {
	session, _ := json.Marshal(fmt.Sprintf("%s-%03d", b.session, len(b.all))) //nolint:errchkjson // strings
	cwd, _ := json.Marshal(b.project)                                         //nolint:errchkjson // strings
	return `{"session_id":` + string(session) + `,"transcript_path":"/nowhere.jsonl","cwd":` + string(cwd) +
		`,"permission_mode":"default","hook_event_name":"PreToolUse","tool_name":"Bash"`
}

func (b *badSet) good() string {
	return b.head() + fmt.Sprintf(`,"tool_input":{"command":"echo \"hi\"","timeout":1.5},"tool_use_id":"toolu_bad_%s_%d"}`, b.session, len(b.all))
}

func (b *badSet) nothing() {
	b.add("empty", nil, true)
	b.add("only white space", []byte(" \r\n\t "), true)
	b.add("null", []byte("null"), true)
	b.add("true", []byte("true"), true)
	b.add("number", []byte("42"), true)
	b.add("string", []byte(`"PreToolUse"`), true)
	b.add("array", []byte(`["session_id","x"]`), true)
	b.add("array of a payload", []byte("["+b.good()+"]"), true)
	b.add("not JSON", []byte("hook_event_name: PreToolUse\n"), true)
	b.add("NUL bytes", make([]byte, 512), true)
	b.add("binary", []byte("\x7fELF\x02\x01\x01\x00\x00\xff\xfe\xfd"), true)
	b.add("two payloads", []byte(b.good()+"\n"+b.good()), true)
	b.add("text behind the payload", []byte(b.good()+" trailing"), true)
}

// truncated cuts a payload within and behind every kind of token.
func (b *badSet) truncated() {
	for _, at := range []struct{ name, behind string }{
		{"the opening brace", `{`},
		{"a key", `{"session`},
		{"a key's quote", `{"session_id"`},
		{"a colon", `"cwd":`},
		{"a text", `"permission_mode":"def`},
		{"an escape", `echo \`},
		{"a comma", `"hook_event_name":"PreToolUse",`},
		{"an inner brace", `"tool_input":{`},
		{"a number", `"timeout":1.`},
		{"an inner object", `"timeout":1.5}`},
		{"the last value", `"toolu_bad_`},
	} {
		whole := b.good()
		i := strings.Index(whole, at.behind)
		if i < 0 {
			panic("no " + at.behind + " in " + whole)
		}
		b.add("truncated behind "+at.name, []byte(whole[:i+len(at.behind)]), true)
	}
	whole := b.good()
	b.add("truncated before the last brace", []byte(whole[:len(whole)-1]), true)
}

func (b *badSet) large() {
	b.add("10 MiB of output", []byte(b.head()+`,"tool_response":{"stdout":"`+strings.Repeat("x", LargeBytes)+`"}}`), false)
	b.add("10 MiB in one key", []byte(b.head()+`,"`+strings.Repeat("k", LargeBytes)+`":1}`), false)
	b.add("10 MiB of white space", []byte(strings.Repeat(" ", LargeBytes)+b.good()), false)
	b.add("10 MiB of NUL", make([]byte, LargeBytes), true)
	b.add("beyond the limit", []byte(b.head()+`,"tool_response":{"stdout":"`+strings.Repeat("x", 17<<20)+`"}}`), true)
	var many strings.Builder
	many.WriteString(b.head())
	for i := range 50_000 {
		fmt.Fprintf(&many, `,"k%d":%d`, i, i)
	}
	b.add("50,000 fields", []byte(many.String()+"}"), false)
	b.add("deep objects", []byte(b.head()+`,"tool_input":`+strings.Repeat(`{"a":`, DeepLevels)+"1"+strings.Repeat("}", DeepLevels)+"}"), true)
	b.add("deep arrays", []byte(b.head()+`,"tool_input":`+strings.Repeat("[", DeepLevels)+strings.Repeat("]", DeepLevels)+"}"), true)
	b.add("deep and unclosed", bytes.Repeat([]byte(`{"a":[`), DeepLevels), true)
	b.add("a hundred levels", []byte(b.head()+`,"tool_input":`+strings.Repeat(`{"a":`, 100)+"1"+strings.Repeat("}", 100)+"}"), false)
	b.add("a command of 1 MiB", []byte(b.head()+`,"tool_input":{"command":"`+strings.Repeat("echo a;", 150_000)+`"}}`), false)
}

// wrongTypes gives every known field a value of every other type.
func (b *badSet) wrongTypes() {
	fields := []string{
		"transcript_path", "cwd", "hook_event_name", "prompt_id", "permission_mode", "effort", "agent_id", "agent_type",
		"tool_name", "tool_input", "tool_response", "tool_use_id", "duration_ms", "mcp_server", "error", "is_interrupt", "prompt", "source",
		"tool_calls", "background_tasks", "last_assistant_message", "reason", "message", "agent_transcript_path", "permission_suggestions",
	}
	for _, value := range []string{`null`, `true`, `-7.25e3`, `"text"`, `[1,"a",null,{"b":[]}]`, `{"a":{"b":"c"}}`} {
		var p strings.Builder
		fmt.Fprintf(&p, `{"session_id":"%s-%03d"`, b.session, len(b.all))
		for _, f := range fields {
			fmt.Fprintf(&p, `,%q:%s`, f, value)
		}
		b.add("every field is "+value, []byte(p.String()+"}"), false)
	}
	for _, value := range []string{`null`, `5`, `[]`, `{}`, `""`} {
		b.add("session_id is "+value, []byte(`{"session_id":`+value+`,"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"true"}}`), false)
	}
	for tool, input := range map[string]string{
		"Read": `{"file_path":["/etc/passwd"],"offset":"x","limit":{}}`, "Write": `{"file_path":7,"content":{"a":1}}`,
		"Edit": `{"file_path":null,"old_string":[],"new_string":4}`, "MultiEdit": `{"file_path":"/x","edits":"no"}`,
		"Bash": `{"command":["rm","-rf","/"],"timeout":"soon"}`, "Grep": `{"pattern":{},"path":[]}`, "WebFetch": `{"url":{"href":"http://x"}}`,
		"Agent": `{"prompt":1,"subagent_type":["a"]}`, "TodoWrite": `{"todos":{"content":"x"}}`, "mcp__a__b": `"a string"`,
	} {
		b.add("wrong input of "+tool, []byte(fmt.Sprintf(`{"session_id":"%s-%03d","cwd":"/","hook_event_name":"PostToolUse","tool_name":%q,"tool_input":%s,"tool_response":%s}`,
			b.session, len(b.all), tool, input, input)), false)
	}
}

func (b *badSet) oddities() {
	b.add("empty object", []byte("{}"), false)
	b.add("unknown event", []byte(strings.Replace(b.good(), "PreToolUse", "FutureEvent", 1)), false)
	b.add("byte order mark", append([]byte("\xef\xbb\xbf"), b.good()...), false)
	b.add("UTF-16", utf16le(b.good()), true)
	b.add("CRLF", []byte(strings.ReplaceAll(b.good(), ",", ",\r\n")+"\r\n"), false)
	b.add("invalid UTF-8 in a value", []byte(strings.Replace(b.good(), "hi", "\xff\xfe\xc3\x28\xed\xa0\x80", 1)), false)
	b.add("invalid UTF-8 in a key", []byte(b.head()+",\"\xff\xfe\":1}"), false)
	b.add("invalid UTF-8 in the tool's name", []byte(strings.Replace(b.good(), `"Bash"`, "\"Ba\xffsh\"", 1)), false)
	b.add("NUL in a text", []byte(strings.Replace(b.good(), "hi", `h\u0000i`, 1)), false)
	b.add("NUL in names", []byte(b.head()+`,"agent_id":"a\u0000b","agent_type":"\u0000","tool_use_id":"t\u0000"}`), false)
	b.add("raw NUL in a text", []byte(strings.Replace(b.good(), "hi", "h\x00i", 1)), true)
	b.add("lone surrogates", []byte(strings.Replace(b.good(), "hi", `\ud800 \udfff \ud800\ud800`, 1)), false)
	b.add("duplicate keys", []byte(b.head()+`,"tool_name":"Read","tool_name":"Write","tool_input":{"file_path":"/a"},"tool_input":{"file_path":"/b"},"tool_use_id":"d"}`), false)
	b.add("huge numbers", []byte(b.head()+`,"duration_ms":1e999,"tool_input":{"timeout":123456789012345678901234567890,"x":-1e-400},"count":9223372036854775808}`), false)
	b.add("a number of 10,000 digits", []byte(b.head()+`,"duration_ms":`+strings.Repeat("9", 10_000)+`}`), false)
	b.add("NaN", []byte(b.head()+`,"duration_ms":NaN}`), true)
	b.add("control characters and reordering", []byte(b.head()+`,"tool_input":{"command":"echo \u202egpj.exe\u2066 \u001b[2J\u0007"},"agent_type":"\u202ex"}`), false)
	b.add("paths that lead elsewhere", []byte(strings.Replace(b.head(), `"Bash"`, `"Edit"`, 1)+`,"tool_input":{"file_path":"/proc/self/fd/0"},"tool_use_id":"p"}`), false)
	b.add("a device", []byte(strings.Replace(b.head(), `"Bash"`, `"Write"`, 1)+`,"tool_input":{"file_path":"/dev/zero","content":""},"tool_use_id":"z"}`), false)
	b.add("a session id that is a path", []byte(`{"session_id":"../../../../tmp/evil","cwd":"/","hook_event_name":"Stop"}`), false)
	b.add("a session id of 1 MiB", []byte(`{"session_id":"`+strings.Repeat("s", 1<<20)+`","hook_event_name":"Stop"}`), false)
	b.add("a label of braces and quotes", []byte(b.head()+`,"tool_name":"x\"} or {service=~\".+","tool_use_id":"q"}`), false)
	b.add("comments", []byte("// hello\n"+b.good()), true)
	b.add("single quotes", []byte(strings.ReplaceAll(b.good(), `"`, `'`)), true)
}

func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}
