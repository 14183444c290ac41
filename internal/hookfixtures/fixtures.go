package hookfixtures

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed data/*.jsonl
var data embed.FS

// Sentinel stands in every text of the fixtures that must never be kept: file
// contents, tool output, fetched pages, what the assistant says, and secrets.
// Whoever finds it below a state directory or in Loki has found a leak.
const Sentinel = "sentinel7f3a"

// projectMark stands for the project directory in the data.
const projectMark = "{{PROJECT}}"

// Fixture is one payload and what must be recorded of it.
type Fixture struct {
	// Name is <session>/<what it shows>, unique.
	Name string
	// Group is the session's name: the fixtures of a group share a session id
	// and stand in the order in which they would arrive.
	Group     string
	SessionID string
	HookEvent string
	Tool      string // "" when the event is no tool call
	ToolUseID string
	// EventType is the expected event.type.
	EventType string
	// Severity is the expected severity text.
	Severity string

	attributes json.RawMessage
	payload    []byte
}

// line is a fixture as the data holds it.
type line struct {
	Name       string          `json:"name"`
	EventType  string          `json:"event_type"`
	Severity   string          `json:"severity"`
	Attributes json.RawMessage `json:"attributes"`
	Payload    json.RawMessage `json:"payload"`
}

// common are the fields of a payload that a Fixture shows.
type common struct {
	SessionID string `json:"session_id"`
	HookEvent string `json:"hook_event_name"`
	Tool      string `json:"tool_name"`
	ToolUseID string `json:"tool_use_id"`
}

// All returns every fixture, sessions in alphabetical order and the fixtures of
// a session in their own. It panics when the embedded data is damaged.
func All() []Fixture { return append([]Fixture(nil), load()...) }

var load = sync.OnceValue(func() []Fixture {
	files, err := data.ReadDir("data")
	if err != nil {
		panic(err)
	}
	var all []Fixture
	for _, f := range files {
		raw, err := data.ReadFile(path.Join("data", f.Name()))
		if err != nil {
			panic(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(raw))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			all = append(all, parse(strings.TrimSuffix(f.Name(), ".jsonl"), lines.Bytes()))
		}
		if err := lines.Err(); err != nil {
			panic(err)
		}
	}
	return all
})

func parse(group string, raw []byte) Fixture {
	var l line
	var c common
	if err := json.Unmarshal(raw, &l); err != nil {
		panic(fmt.Errorf("fixture in %s: %w", group, err))
	}
	if err := json.Unmarshal(l.Payload, &c); err != nil {
		panic(fmt.Errorf("payload of %s: %w", l.Name, err))
	}
	return Fixture{
		Name: l.Name, Group: group, SessionID: c.SessionID, HookEvent: c.HookEvent, Tool: c.Tool, ToolUseID: c.ToolUseID,
		EventType: l.EventType, Severity: l.Severity, attributes: bytes.Clone(l.Attributes), payload: bytes.Clone(l.Payload),
	}
}

// Named returns one fixture and panics when there is none of that name.
func Named(name string) Fixture {
	for _, f := range load() {
		if f.Name == name {
			return f
		}
	}
	panic("no fixture " + name)
}

// Payload returns the payload as Claude Code would send it in a project.
func (f Fixture) Payload(projectDir string) []byte { return inProject(f.payload, projectDir) }

// PayloadIn returns the payload as of another session, for tests that send one
// twice.
func (f Fixture) PayloadIn(projectDir, sessionID string) []byte {
	return bytes.ReplaceAll(f.Payload(projectDir), []byte(f.SessionID), []byte(sessionID))
}

// Attributes returns what the record must hold besides what follows from the
// payload's common fields. Numbers are float64, lists []any.
func (f Fixture) Attributes(projectDir string) map[string]any {
	m := map[string]any{}
	if err := json.Unmarshal(inProject(f.attributes, projectDir), &m); err != nil {
		panic(fmt.Errorf("attributes of %s: %w", f.Name, err))
	}
	return m
}

func inProject(raw []byte, projectDir string) []byte {
	quoted, err := json.Marshal(projectDir)
	if err != nil {
		panic(err)
	}
	return bytes.ReplaceAll(raw, []byte(projectMark), quoted[1:len(quoted)-1])
}
