package endtoend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// unregistered are the events for which the installer registers nothing.
var unregistered = map[string]bool{"WorktreeCreate": true, "WorktreeRemove": true, "MessageDisplay": true, "FutureEventOf2031": true}

// From the installer through Claude Code's settings to Loki and back out.
func TestInstallRecordUninstall(t *testing.T) {
	s := shared(t)
	const theirs = `{
  "model": "opus",
  "hooks": {
    "PostToolUse": [{"matcher": "Edit", "hooks": [{"type": "command", "command": "true"}]}]
  }
}
`
	for _, c := range []struct {
		name, file, before, transport string
		args                          []string
		user                          bool
	}{
		{"command", ".claude/settings.local.json", "", semconv.TransportCommand, nil, false},
		{"http", ".claude/settings.local.json", theirs, semconv.TransportHTTP, []string{"--http"}, false},
		{"shared", ".claude/settings.json", theirs, semconv.TransportCommand, []string{"--shared"}, false},
		{"user", ".claude/settings.json", theirs, semconv.TransportCommand, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			project, err := s.NewProject("install-"+c.name, "")
			require.NoError(t, err)
			root := project
			where := []string{"--project", project}
			if c.user {
				root, where = s.UserHome, []string{"--user"}
			}
			settings := filepath.Join(root, c.file)
			if c.before != "" {
				require.NoError(t, os.MkdirAll(filepath.Dir(settings), 0o700))
				require.NoError(t, os.WriteFile(settings, []byte(c.before), 0o600))
			}
			if c.name == "http" {
				c.args = append(c.args, "--port", port(s.Ports.Hook))
			}
			claude := harness.ClaudeCode{Home: s.UserHome, Project: project, Env: s.Environment()}
			install := append(append([]string{"install"}, where...), c.args...)
			for range 2 { // the second changes nothing
				_, err = s.CLI(t.Context(), install...)
				require.NoError(t, err)
			}
			session := "install-" + c.name
			sent := 0
			for _, f := range hookfixtures.All() {
				if f.Group != "lifecycle" && f.Group != "files" {
					continue
				}
				outcomes, err := claude.Fire(t.Context(), f.PayloadIn(project, session))
				require.NoError(t, err, f.Name)
				for _, o := range outcomes {
					require.NoError(t, o.Silent(), f.Name)
				}
				if !unregistered[f.HookEvent] {
					require.NotEmpty(t, outcomes, f.Name)
					sent++
				}
			}
			entries := requireOnce(t, s, session, sent)
			byWay := map[string]int{}
			for _, e := range entries {
				byWay[e.Attribute(semconv.CaptureTransport)]++
				require.Equal(t, project, e.Attribute(semconv.ProjectPath))
			}
			require.Greater(t, byWay[c.transport], sent/2)
			if c.transport == semconv.TransportCommand {
				require.Equal(t, sent, byWay[c.transport])
			}

			_, err = s.CLI(t.Context(), append([]string{"uninstall"}, where...)...)
			require.NoError(t, err)
			if c.before == "" {
				require.NoFileExists(t, settings)
			} else {
				after, err := os.ReadFile(settings)
				require.NoError(t, err)
				require.Equal(t, c.before, string(after))
			}
			outcomes, err := claude.Fire(t.Context(), hookfixtures.Named("files/read-pre").PayloadIn(project, session))
			require.NoError(t, err)
			require.Empty(t, outcomes)
		})
	}
}

// send-test and events, as a person would use them.
func TestCommandLineFindsEvents(t *testing.T) {
	s := shared(t)
	_, err := s.CLI(t.Context(), "send-test")
	require.NoError(t, err)
	run(t, s, call(s, "command-line", 0))
	entries := awaitAudit(t, s, auditlog.Filter{SessionID: "command-line"}, 1)
	awaitLoki(t, s, `{service="claude-telemetry", session="command-line"}`, 1)
	out, err := s.CLI(t.Context(), "events", "--session", "command-line", "--json")
	require.NoError(t, err)
	require.Contains(t, out, entries[0].Attribute(semconv.EventID))
	var status map[string]any
	out, err = s.CLI(t.Context(), "status", "--json")
	require.NoError(t, err, out)
	require.NoError(t, json.Unmarshal([]byte(out), &status))
}
