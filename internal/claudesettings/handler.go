package claudesettings

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings/jsondoc"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Mode is how Claude Code hands an event over.
type Mode string

// The modes.
const (
	ModeCommand Mode = "command" // runs claude-hook
	ModeHTTP    Mode = "http"    // posts to the collector
)

// Timeouts in seconds after which Claude Code stops waiting for a hook.
const (
	commandTimeout = 5
	httpTimeout    = 2
)

// Handler is one hook handler as Claude Code's settings hold it.
type Handler struct {
	Type    string            `json:"type"`
	Command string            `json:"command,omitempty"`
	Args    []string          `json:"args,omitempty"`
	URL     string            `json:"url,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Timeout int               `json:"timeout,omitempty"` // seconds
}

// Plan says what is registered.
type Plan struct {
	Mode       Mode
	Scope      string // a semconv.InstallScope… value
	HookBinary string // absolute path; http mode needs it too (Event.NoHTTP)
	Home       string // state directory for claude-hook; "" leaves it to the environment
	URL        string // http mode: where events are posted
	Token      string // http mode: the bearer token, a secret
	ProjectDir string // http mode: the project, "" when it is not known
	NoPreview  bool   // keep no preview of prompts
	// Enforce asks for verdicts on tool calls; EnforceTimeout is how long one may
	// take, 0 for the default.
	Enforce        enforcement.Mode
	EnforceTimeout time.Duration
}

// posts reports whether the plan has Claude Code post an event itself. It does not
// where a verdict that does not come is to mean something: Claude Code goes on when
// nobody answers a request, while a program can still say no.
func (p Plan) posts(e Event) bool {
	return p.Mode == ModeHTTP && !e.NoHTTP && (!p.enforces(e) || p.Enforce == enforcement.Open)
}

func (p Plan) enforces(e Event) bool {
	return p.Enforce != enforcement.Off && e.Name == semconv.HookPreToolUse
}

// Handler returns the handler for e.
func (p Plan) Handler(e Event) Handler {
	if p.posts(e) {
		headers := map[string]string{
			"Authorization":            "Bearer " + p.Token,
			semconv.HeaderInstallScope: p.Scope,
		}
		if p.ProjectDir != "" {
			headers[semconv.HeaderProjectDir] = p.ProjectDir
		}
		if p.NoPreview {
			headers[semconv.HeaderPreview] = semconv.PreviewOff
		}
		if p.enforces(e) {
			headers[semconv.HeaderEnforce] = string(p.Enforce)
			if p.EnforceTimeout > 0 {
				headers[semconv.HeaderEnforceTimeout] = p.EnforceTimeout.String()
			}
		}
		return Handler{Type: "http", URL: p.URL, Headers: headers, Timeout: httpTimeout}
	}
	args := []string{"--scope", p.Scope}
	if p.Home != "" {
		args = append(args, "--home", p.Home)
	}
	if p.NoPreview {
		args = append(args, "--"+semconv.FlagNoPreview)
	}
	if p.enforces(e) {
		args = append(args, "--"+semconv.FlagEnforce+"="+string(p.Enforce))
		if p.EnforceTimeout > 0 {
			args = append(args, "--"+semconv.FlagEnforceTimeout, p.EnforceTimeout.String())
		}
	}
	return Handler{Type: "command", Command: p.HookBinary, Args: args, Timeout: commandTimeout}
}

// group is an entry of an event's list.
type group struct {
	Matcher string    `json:"matcher,omitempty"`
	Hooks   []Handler `json:"hooks"`
}

func (p Plan) group(e Event) group {
	g := group{Hooks: []Handler{p.Handler(e)}}
	if e.Matcher {
		g.Matcher = MatchAll
	}
	return g
}

// Template returns a settings file with the plan's hooks and nothing else.
func (p Plan) Template() ([]byte, error) {
	doc, err := jsondoc.Parse(nil)
	if err != nil {
		return nil, fmt.Errorf("start settings: %w", err)
	}
	if _, err := Register(doc, p); err != nil {
		return nil, err
	}
	return doc.Bytes(), nil
}

// ours reports whether a handler is one of this product: it runs a program
// named claude-hook and nothing else, or posts to /v1/hooks on this host.
func ours(typ, command, rawURL string) bool {
	switch typ {
	case "command":
		return runsHook(command)
	case "http":
		return postsToUs(rawURL)
	default:
		return false
	}
}

func runsHook(command string) bool {
	if filepath.Base(command) == semconv.HookBinary {
		return true
	}
	// Shell form, written by hand: the program and its plain arguments. With
	// anything of a shell's in it the handler does more than ours.
	return !strings.ContainsAny(command, "|&;<>()$`\n") && filepath.Base(binaryOf(command)) == semconv.HookBinary
}

// binaryOf returns the program that a command runs.
func binaryOf(command string) string {
	if filepath.Base(command) == semconv.HookBinary {
		return command
	}
	if quote := command[:min(1, len(command))]; quote == `"` || quote == `'` {
		program, _, _ := strings.Cut(command[1:], quote)
		return program
	}
	program, _, _ := strings.Cut(command, " ")
	return program
}

// flag returns the value of a flag of a command handler, or unset.
func (h Handler) flag(name, unset string) string {
	args := h.Args
	if len(args) == 0 {
		args = strings.Fields(h.Command)
	}
	for i, arg := range args {
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			return v
		}
		if arg == name && i+1 < len(args) {
			return args[i+1]
		}
	}
	return unset
}

// header returns the value of an http handler's header, or unset.
func (h Handler) header(name, unset string) string {
	for key, v := range h.Headers {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return unset
}

func postsToUs(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Path != semconv.HookURLPath {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}
