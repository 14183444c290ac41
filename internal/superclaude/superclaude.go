// Package superclaude recognises the SuperClaude framework's commands, personas
// and flags in prompts. They are plain text to Claude Code; only prompts are
// scanned, never commands that an agent runs.
package superclaude

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Context is what a prompt asked of SuperClaude. Lists are sorted and without
// doubles.
type Context struct {
	Commands   []string `json:"commands,omitempty"`
	Personas   []string `json:"personas,omitempty"`
	Reasoning  string   `json:"reasoning_level,omitempty"`
	MCPServers []string `json:"mcp_servers,omitempty"`
	Flags      []string `json:"flags,omitempty"`
	Workflow   string   `json:"workflow_type,omitempty"`
}

// Empty reports whether nothing was recognised.
func (c Context) Empty() bool {
	return len(c.Commands) == 0 && len(c.Personas) == 0 && c.Reasoning == "" && len(c.MCPServers) == 0 &&
		len(c.Flags) == 0 && c.Workflow == ""
}

// Bounds of a scan: what is asked of SuperClaude stands at the start of a
// prompt; the rest may be a pasted file.
const (
	maxScan  = 16 << 10
	maxNames = 24
	maxValue = 32
)

// Detect returns what the prompt asks of SuperClaude. /sc:, --persona-*,
// --wave-* and the names of its agents are its own. Other flags and commands are
// also those of other programs (--seq, /user:test, --plan), and count only when
// enough of them stand together.
func Detect(prompt string) Context {
	if len(prompt) > maxScan {
		prompt = prompt[:maxScan]
	}
	if !strings.ContainsAny(prompt, "/-@") {
		return Context{}
	}
	d := detection{}
	tokens := strings.Fields(prompt)
	for i, tok := range tokens {
		next := ""
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		switch {
		case strings.HasPrefix(tok, "/"):
			d.command(tok)
		case strings.HasPrefix(tok, "--"):
			d.flag(strings.TrimRight(tok[2:], ".,;:!?)\"'`"), next)
		case strings.HasPrefix(tok, "@agent-"):
			d.agent(strings.TrimRight(tok[len("@agent-"):], ".,;:!?)\"'`"))
		}
	}
	if !d.certain && d.weight < enough {
		return Context{}
	}
	return d.context()
}

// IsAgent reports whether name is an agent type of SuperClaude 4.
func IsAgent(name string) bool { return name != "" && known().agents[name] }

type detection struct {
	Context
	certain bool // something is SuperClaude's own
	weight  int  // of what is not
}

// Weights of what also others use. Everyday options weigh nothing.
const (
	common = 1 // anyone's: /analyze, --think
	rare   = 2 // seldom another's: /user:analyze, --c7
	enough = 3
)

func (d *detection) command(tok string) {
	name, ns := strings.TrimRight(tok[1:], ".,;:!?)\"'`"), ""
	if i := strings.IndexByte(name, ':'); i >= 0 {
		ns, name = name[:i], name[i+1:]
	}
	name = strings.ToLower(name)
	switch ns = strings.ToLower(ns); {
	case ns == "persona" && (known().personas[name] || known().agents[name]):
		d.Personas, d.certain = append(d.Personas, name), true
	case ns == "sc" && name != "" && isPlain(name): // newer commands too
		d.Commands, d.certain = append(d.Commands, name), true
	case ns == "" && name == "sc":
		d.Commands, d.certain = append(d.Commands, "sc"), true
	case ns == "user" && known().commands[name]:
		d.Commands = append(d.Commands, name)
		d.weight += rare
	case ns == "" && known().commands[name]:
		d.Commands = append(d.Commands, name)
		d.weight += common
	}
}

func (d *detection) flag(name, next string) {
	name, inline, _ := strings.Cut(name, "=")
	if strings.HasPrefix(name, "wave-") && known().flags[name] {
		d.certain = true
	}
	if known().rare[name] {
		d.weight += rare
	}
	if p, ok := strings.CutPrefix(name, "persona-"); ok {
		if known().personas[p] || known().agents[p] {
			d.Personas, d.certain = append(d.Personas, p), true
		}
		return
	}
	if server, ok := strings.CutPrefix(name, "no-"); ok && known().mcpServers[server] != "" {
		d.Flags = append(d.Flags, name)
		d.weight += rare
		return
	}
	if server := known().mcpServers[name]; server != "" {
		d.MCPServers = append(d.MCPServers, server)
		return
	}
	switch name {
	case semconv.ReasoningThink, semconv.ReasoningThinkHard, semconv.ReasoningUltrathink:
		d.Reasoning = deeper(d.Reasoning, name)
		d.weight += common
		return
	}
	if !known().flags[name] {
		return
	}
	if known().valued[name] {
		if inline == "" && next != "" && !strings.HasPrefix(next, "-") && isPlain(next) {
			inline = next
		}
		if inline != "" && len(inline) <= maxValue && isPlain(inline) {
			name += "=" + inline
		}
	}
	d.Flags = append(d.Flags, name)
}

func (d *detection) agent(name string) {
	if known().agents[name] {
		d.Personas, d.certain = append(d.Personas, name), true
	}
}

// isPlain keeps free text out of a flag's value.
func isPlain(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return len(s) <= maxValue
}

func deeper(a, b string) string {
	depth := map[string]int{semconv.ReasoningThink: 1, semconv.ReasoningThinkHard: 2, semconv.ReasoningUltrathink: 3}
	if depth[b] > depth[a] {
		return b
	}
	return a
}

func (d *detection) context() Context {
	c := d.Context
	for _, name := range c.Commands {
		if w := known().workflows[name]; w != "" {
			c.Workflow = w
			break
		}
	}
	for _, names := range []*[]string{&c.Commands, &c.Personas, &c.MCPServers, &c.Flags} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
		if len(*names) > maxNames {
			*names = (*names)[:maxNames]
		}
	}
	return c
}

// Merge returns what either context has; o's reasoning level and workflow win.
func (c Context) Merge(o Context) Context {
	d := detection{Context: Context{
		Commands:   slices.Concat(c.Commands, o.Commands),
		Personas:   slices.Concat(c.Personas, o.Personas),
		MCPServers: slices.Concat(c.MCPServers, o.MCPServers),
		Flags:      slices.Concat(c.Flags, o.Flags),
		Reasoning:  deeper(c.Reasoning, o.Reasoning),
	}}
	out := d.context()
	if o.Workflow != "" {
		out.Workflow = o.Workflow
	} else if c.Workflow != "" {
		out.Workflow = c.Workflow
	}
	return out
}
