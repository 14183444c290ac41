package detection

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// TestCase is an event for a test of a rule: a command line, or a map with these
// fields.
type TestCase struct {
	Command  string `yaml:"command"`
	Tool     string `yaml:"tool"` // default: that of the event's type, Bash
	Event    string `yaml:"event"`
	Hook     string `yaml:"hook"` // default PreToolUse
	FilePath string `yaml:"file_path"`
	URL      string `yaml:"url"`
	Project  string `yaml:"project"` // default /home/user/project
	Dir      string `yaml:"dir"`     // default the project
	Home     string `yaml:"home"`    // default /home/user
	Server   string `yaml:"mcp_server"`
	// Input is what an MCP tool is given.
	Input          map[string]string `yaml:"input"`
	PermissionMode string            `yaml:"permission_mode"`
	Denied         bool              `yaml:"denied"`
	Failed         bool              `yaml:"failed"`
	Outside        bool              `yaml:"outside_project"`
	// Session are counters by their names in conditions.
	Session Session `yaml:"-"`
	Line    int     `yaml:"-"`
}

// UnmarshalYAML reads a test case. What it does not know is an error.
func (t *TestCase) UnmarshalYAML(n *yaml.Node) error {
	t.Line = n.Line
	if n.Kind == yaml.ScalarNode {
		t.Command = n.Value
		return nil
	}
	bad := func(line int, format string, args ...any) error {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: ", line) + fmt.Sprintf(format, args...)}}
	}
	if n.Kind != yaml.MappingNode {
		return bad(n.Line, "a test is a command line or a map")
	}
	type plain TestCase // without this method
	fields := &yaml.Node{Kind: yaml.MappingNode, Tag: n.Tag, Line: n.Line}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch k.Value {
		case "command", "tool", "event", "hook", "file_path", "url", "project", "dir", "home", "mcp_server", "input", "permission_mode", "denied", "failed", "outside_project":
			fields.Content = append(fields.Content, k, v)
		case "session":
			if v.Kind != yaml.MappingNode {
				return bad(v.Line, "session is a map of counters")
			}
			for j := 0; j+1 < len(v.Content); j += 2 {
				f := sessionFields[v.Content[j].Value]
				if f == nil {
					return bad(v.Content[j].Line, "a session has no %q", cut(v.Content[j].Value, 64))
				}
				if err := f.decode(&t.Session, v.Content[j+1]); err != nil {
					return err
				}
			}
		default:
			return bad(k.Line, "field %s not found in a test", cut(k.Value, 64))
		}
	}
	line := t.Line
	if err := fields.Decode((*plain)(t)); err != nil {
		return err
	}
	t.Line = line
	return nil
}

func (f *sessionField) decode(s *Session, n *yaml.Node) error {
	switch {
	case f.number != nil:
		return n.Decode(f.number(s))
	case f.flag != nil:
		return n.Decode(f.flag(s))
	}
	return n.Decode(f.text(s))
}
