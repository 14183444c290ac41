package main_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// build makes the real binary: what counts is what the process does.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "claude-hook")
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return bin
}

func TestItIsAPureObserver(t *testing.T) {
	bin := build(t)
	home := t.TempDir()
	broken := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(broken, nil, 0o600))
	for name, tc := range map[string]struct {
		stdin string
		args  []string
		env   []string
		kept  bool
	}{
		"good":                {stdin: `{"session_id":"1","cwd":"/"}`, args: []string{"--scope", "user"}, kept: true},
		"empty":               {args: []string{"--scope", "user"}, kept: true},
		"deep":                {stdin: strings.Repeat("[", 1_000_000), args: []string{"--scope", "user"}, kept: true},
		"binary":              {stdin: "\x00\xff\xfe{", args: []string{"--scope", "user"}, kept: true},
		"unknown flag":        {stdin: `{"session_id":"2"}`, args: []string{"--from-the-future", "--scope", "user"}, kept: true},
		"bad flag value":      {stdin: `{"session_id":"3"}`, args: []string{"--scope", "user", "--timeout", "soon"}, kept: true},
		"stray arguments":     {stdin: `{"session_id":"4"}`, args: []string{"--scope", "user", "a", "b"}, kept: true},
		"not activated":       {stdin: `{"session_id":"5","cwd":"/"}`},
		"no home":             {stdin: `{"session_id":"6"}`, args: []string{"--scope", "user"}, env: []string{"AGENT_TELEMETRY_HOME=", "HOME=", "XDG_STATE_HOME="}},
		"home is a file":      {stdin: `{"session_id":"7"}`, args: []string{"--scope", "user"}, env: []string{"AGENT_TELEMETRY_HOME=" + broken}},
		"endpoint off host":   {stdin: `{"session_id":"8"}`, args: []string{"--scope", "user", "--endpoint", "http://192.0.2.1"}, kept: true},
		"endpoint is garbage": {stdin: `{"session_id":"9"}`, args: []string{"--scope", "user", "--endpoint", "%%%"}, kept: true},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.RemoveAll(filepath.Join(home, "spool")))
			cmd := exec.Command(bin, tc.args...)
			cmd.Env = append(append(os.Environ(), "AGENT_TELEMETRY_HOME="+home, "CLAUDE_PROJECT_DIR="), tc.env...)
			cmd.Dir = t.TempDir()
			cmd.Stdin = strings.NewReader(tc.stdin)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			start := time.Now()
			require.NoError(t, cmd.Run(), "exit code")
			require.Empty(t, out.String())
			require.Less(t, time.Since(start), 2*time.Second)
			files, err := filepath.Glob(filepath.Join(home, "spool", "*.json"))
			require.NoError(t, err)
			require.Equal(t, tc.kept, len(files) == 1, "%v", files)
		})
	}
}

func TestItEndsWhenStdinNeverDoes(t *testing.T) {
	cmd := exec.Command(build(t), "--scope", "user")
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "AGENT_TELEMETRY_HOME="+home)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	defer stdin.Close()
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(stdin, `{"session_id":`)
	require.NoError(t, err)
	start := time.Now()
	require.NoError(t, cmd.Wait())
	require.Less(t, time.Since(start), 10*time.Second)
	files, err := filepath.Glob(filepath.Join(home, "spool", "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1, "that it was called is recorded")
}

// With --enforce it prints one answer, or nothing, and exits 0 all the same.
func TestEnforceFailsAsItIsTold(t *testing.T) {
	bin := build(t)
	const payload = `{"session_id":"1","cwd":"/","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t","tool_input":{"command":"ls"}}`
	for name, tc := range map[string]struct {
		args []string
		env  []string
		want string
	}{
		"open by default":     {args: []string{"--enforce"}},
		"open":                {args: []string{"--enforce=open"}},
		"ask":                 {args: []string{"--enforce=ask"}, want: `"permissionDecision":"ask"`},
		"closed":              {args: []string{"--enforce=closed"}, want: `"permissionDecision":"deny"`},
		"a mistake":           {args: []string{"--enforce=clsoed"}, want: `"permissionDecision":"deny"`},
		"a mistaken timeout":  {args: []string{"--enforce=closed", "--enforce-timeout", "soon"}, want: `"permissionDecision":"deny"`},
		"closed, and no home": {args: []string{"--enforce=closed"}, env: []string{"AGENT_TELEMETRY_HOME=", "HOME=", "XDG_STATE_HOME="}, want: `"permissionDecision":"deny"`},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(bin, append([]string{"--scope", "user"}, tc.args...)...)
			cmd.Env = append(append(os.Environ(), "AGENT_TELEMETRY_HOME="+t.TempDir(), "CLAUDE_PROJECT_DIR="), tc.env...)
			cmd.Dir = t.TempDir()
			cmd.Stdin = strings.NewReader(payload)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			require.NoError(t, cmd.Run(), "exit code")
			require.Empty(t, errs.String())
			if tc.want == "" {
				require.Empty(t, out.String())
			} else {
				require.Contains(t, out.String(), tc.want)
			}
		})
	}
}

func TestEnforceDoesNotWaitForStdin(t *testing.T) {
	cmd := exec.Command(build(t), "--scope", "user", "--enforce=closed")
	cmd.Env = append(os.Environ(), "AGENT_TELEMETRY_HOME="+t.TempDir())
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	defer stdin.Close()
	var out bytes.Buffer
	cmd.Stdout = &out
	require.NoError(t, cmd.Start())
	require.NoError(t, cmd.Wait())
	require.Contains(t, out.String(), `"permissionDecision":"deny"`)
}
