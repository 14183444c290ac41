package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// ClaudeCode stands in for Claude Code: it reads the hooks out of its settings
// files and calls them as the hooks reference describes, all of an event's at
// once, identical handlers once.
type ClaudeCode struct {
	// Home is the user's home directory, Project the project's.
	Home, Project string
	// Env is what it was started with.
	Env []string
}

// Handler is a hook handler in the settings.
type Handler struct {
	Type    string            `json:"type"`
	Command string            `json:"command"`
	Args    []string          `json:"args"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Timeout float64           `json:"timeout"` // seconds
}

// SettingsFiles are the files that hooks come from, all of which count.
func (c ClaudeCode) SettingsFiles() []string {
	return []string{
		filepath.Join(c.Home, ".claude", "settings.json"),
		filepath.Join(c.Project, ".claude", "settings.json"),
		filepath.Join(c.Project, ".claude", "settings.local.json"),
	}
}

// withoutHTTP are the events that support only command hooks.
var withoutHTTP = map[string]bool{"SessionStart": true, "Setup": true}

// matched names the field of a payload that an event's matcher is held against.
var matched = map[string]string{
	"SessionStart": "source", "Setup": "trigger", "InstructionsLoaded": "load_reason", "UserPromptExpansion": "command_name",
	"PreToolUse": "tool_name", "PermissionRequest": "tool_name", "PermissionDenied": "tool_name", "PostToolUse": "tool_name",
	"PostToolUseFailure": "tool_name", "Notification": "notification_type", "SubagentStart": "agent_type", "SubagentStop": "agent_type",
	"StopFailure": "error", "ConfigChange": "source", "DirectoryAdded": "source", "PreCompact": "trigger", "PostCompact": "trigger",
	"PreModelSwitch": "to_model", "PostModelSwitch": "to_model", "SessionEnd": "reason",
}

// Handlers returns the handlers that a payload's event has.
func (c ClaudeCode) Handlers(payload []byte) ([]Handler, error) {
	fields := map[string]any{}
	if err := json.Unmarshal(payload, &fields); err != nil {
		return nil, fmt.Errorf("read payload: %w", err)
	}
	event, _ := fields["hook_event_name"].(string)
	value, _ := fields[matched[event]].(string)
	seen := map[string]bool{}
	var list []Handler
	for _, file := range c.SettingsFiles() {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var settings struct {
			Hooks map[string][]struct {
				Matcher string    `json:"matcher"`
				Hooks   []Handler `json:"hooks"`
			} `json:"hooks"`
		}
		if err = errors.Join(err, json.Unmarshal(text, &settings)); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		for _, group := range settings.Hooks[event] {
			if !matches(group.Matcher, value, matched[event] != "") {
				continue
			}
			for _, h := range group.Hooks {
				key, err := json.Marshal(h)
				if err != nil {
					return nil, err
				}
				if !seen[string(key)] {
					seen[string(key)] = true
					list = append(list, h)
				}
			}
		}
	}
	return list, nil
}

func matches(matcher, value string, takesMatcher bool) bool {
	if matcher == "" || matcher == "*" || !takesMatcher {
		return true
	}
	re, err := regexp.Compile("^(?:" + matcher + ")$")
	return err == nil && re.MatchString(value)
}

// Fire calls every handler of a payload's event at once, and returns what came
// of each.
func (c ClaudeCode) Fire(ctx context.Context, payload []byte) ([]Outcome, error) {
	handlers, err := c.Handlers(payload)
	if err != nil {
		return nil, err
	}
	outcomes, errs := make([]Outcome, len(handlers)), make([]error, len(handlers))
	var wg sync.WaitGroup
	for i, h := range handlers {
		wg.Go(func() { outcomes[i], errs[i] = c.call(ctx, h, payload) })
	}
	wg.Wait()
	return outcomes, errors.Join(errs...)
}

func (c ClaudeCode) call(ctx context.Context, h Handler, payload []byte) (Outcome, error) {
	timeout := 600 * time.Second
	if h.Timeout > 0 {
		timeout = time.Duration(h.Timeout * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if h.Type == "http" {
		return c.post(ctx, h, payload)
	}
	if h.Type != "command" {
		return Outcome{}, fmt.Errorf("hook of type %q", h.Type)
	}
	argv := append([]string{h.Command}, h.Args...)
	if h.Args == nil { // the shell form
		argv = []string{"sh", "-c", h.Command}
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = c.Project, slices.Concat(c.Env, []string{"CLAUDECODE=1", "CLAUDE_PROJECT_DIR=" + c.Project, "CLAUDE_CODE_ENTRYPOINT=cli"})
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(payload), &out, &errs
	start := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Outcome{}, fmt.Errorf("run hook: %w", err)
	}
	return Outcome{ExitCode: cmd.ProcessState.ExitCode(), Stdout: out.String(), Stderr: errs.String(), Took: time.Since(start)}, nil
}

func (c ClaudeCode) post(ctx context.Context, h Handler, payload []byte) (Outcome, error) {
	var event struct {
		Name string `json:"hook_event_name"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return Outcome{}, fmt.Errorf("read payload: %w", err)
	}
	if withoutHTTP[event.Name] {
		return Outcome{}, fmt.Errorf("%s supports no http hook", event.Name)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(payload))
	if err != nil {
		return Outcome{}, fmt.Errorf("make hook request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range h.Headers {
		req.Header.Set(k, v)
	}
	return Do(http.DefaultClient, req)
}
