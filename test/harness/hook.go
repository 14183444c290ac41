package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Call is how Claude Code calls a hook.
type Call struct {
	// Payload is what it writes to the hook, or posts.
	Payload []byte
	// ProjectDir is what CLAUDE_PROJECT_DIR or the header holds; "" for none.
	ProjectDir string
	// Scope is how the hook is installed; "" means project.
	Scope string
	// Args are further arguments of the command.
	Args []string
	// WorkingDir of the command; "" for the project directory, else the stack's.
	WorkingDir string
}

// Outcome is what Claude Code sees of a hook.
type Outcome struct {
	ExitCode       int // of the command
	Status         int // of the HTTP answer
	Stdout, Stderr string
	Body           string
	Took           time.Duration
}

// Silent reports whether Claude Code would notice nothing at all.
func (o Outcome) Silent() error {
	switch {
	case o.ExitCode != 0:
		return fmt.Errorf("hook exited with %d", o.ExitCode)
	case o.Stdout != "" || o.Stderr != "":
		return fmt.Errorf("hook printed %q %q", o.Stdout, o.Stderr)
	case o.Body != "":
		return fmt.Errorf("hook answered with a body: %q", o.Body)
	case o.Status != 0 && o.Status/100 != 2:
		return fmt.Errorf("hook answered with status %d", o.Status)
	}
	return nil
}

// Run calls claude-hook.
func (s *Stack) Run(ctx context.Context, c Call) (Outcome, error) {
	args := []string{"--scope", orDefault(c.Scope, semconv.InstallScopeProject)}
	cmd := exec.CommandContext(ctx, s.Hook, append(args, c.Args...)...)
	cmd.Env = append(s.Environment(), "CLAUDECODE=1")
	cmd.Dir = orDefault(c.WorkingDir, s.Dir)
	if c.ProjectDir != "" {
		cmd.Env = append(cmd.Env, "CLAUDE_PROJECT_DIR="+c.ProjectDir)
		if c.WorkingDir == "" {
			cmd.Dir = c.ProjectDir
		}
	}
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(c.Payload), &out, &errs
	start := time.Now()
	err := cmd.Run()
	o := Outcome{ExitCode: cmd.ProcessState.ExitCode(), Stdout: out.String(), Stderr: errs.String(), Took: time.Since(start)}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return o, fmt.Errorf("run claude-hook: %w", err)
	}
	return o, nil
}

func orDefault(s, d string) string {
	if s == "" {
		return d
	}
	return s
}

// Request makes the request of an HTTP hook, with the stack's token.
func (s *Stack) Request(ctx context.Context, c Call) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.HookURL(), bytes.NewReader(c.Payload))
	if err != nil {
		return nil, fmt.Errorf("make hook request: %w", err)
	}
	token, err := accesstoken.Read(s.Home)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set(semconv.HeaderInstallScope, orDefault(c.Scope, semconv.InstallScopeProject))
	if c.ProjectDir != "" {
		req.Header.Set(semconv.HeaderProjectDir, c.ProjectDir)
	}
	return req, nil
}

// Post calls the hook over HTTP.
func (s *Stack) Post(ctx context.Context, c Call) (Outcome, error) {
	req, err := s.Request(ctx, c)
	if err != nil {
		return Outcome{}, err
	}
	return Do(http.DefaultClient, req)
}

// Do sends a request and reads the answer.
func Do(client *http.Client, req *http.Request) (Outcome, error) {
	start := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return Outcome{}, fmt.Errorf("post hook: %w", err)
	}
	body, err := io.ReadAll(resp.Body)
	o := Outcome{Status: resp.StatusCode, Body: string(body), Took: time.Since(start)}
	return o, errors.Join(err, resp.Body.Close())
}
