package endtoend

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// enforcing returns a running stack whose project has its hooks installed by the
// flags, and what stands in for Claude Code in it.
func enforcing(t *testing.T, flags ...string) (*harness.Stack, harness.ClaudeCode) {
	t.Helper()
	s := own(t)
	text, err := os.ReadFile(filepath.Join(s.Root, "otelcol-config.yaml"))
	require.NoError(t, err)
	if !regexp.MustCompile(`(?m)^  security_alert:`).Match(text) {
		t.Fatal("the default configuration judges nothing")
	}
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	installWith(t, s, flags...)
	return s, harness.ClaudeCode{Home: s.UserHome, Project: s.Project, Env: s.Environment()}
}

func installWith(t *testing.T, s *harness.Stack, flags ...string) {
	t.Helper()
	_, err := s.CLI(t.Context(), append([]string{"install", "--project", s.Project, "--hook-binary", s.Hook}, flags...)...)
	require.NoError(t, err)
}

func bash(t *testing.T, s *harness.Stack, event, session, call, command string) []byte {
	t.Helper()
	payload, err := json.Marshal(map[string]any{
		"session_id": session, "hook_event_name": event, "tool_name": "Bash", "tool_use_id": call,
		"cwd": s.Project, "tool_input": map[string]any{"command": command},
	})
	require.NoError(t, err)
	return payload
}

// decide fires a payload and returns the strictest decision, as Claude Code obeys
// it, with its reason, and how long the slowest hook took.
func decide(t *testing.T, c harness.ClaudeCode, payload []byte) (decision, reason string, took time.Duration) {
	t.Helper()
	outcomes, err := c.Fire(t.Context(), payload)
	require.NoError(t, err)
	require.NotEmpty(t, outcomes)
	for _, o := range outcomes {
		took = max(took, o.Took)
		require.Zero(t, o.ExitCode)
		require.Empty(t, o.Stderr)
		require.Contains(t, []int{0, http.StatusOK, http.StatusNoContent}, o.Status)
		text := o.Stdout + o.Body
		if text == "" {
			continue
		}
		var answer struct {
			Hook struct {
				Event    string `json:"hookEventName"`
				Decision string `json:"permissionDecision"`
				Reason   string `json:"permissionDecisionReason"`
			} `json:"hookSpecificOutput"`
		}
		require.NoError(t, json.Unmarshal([]byte(text), &answer), text)
		require.Equal(t, "PreToolUse", answer.Hook.Event)
		require.Contains(t, []string{"ask", "deny"}, answer.Hook.Decision)
		if decision != "deny" {
			decision, reason = answer.Hook.Decision, answer.Hook.Reason
		}
	}
	return decision, reason, took
}

// A call that a rule is against is denied, or asked about, by either way; the record
// says so. What no rule is against passes in silence.
func TestVerdictsAreEnforced(t *testing.T) {
	s, claude := enforcing(t, "--enforce=closed")
	n := 0
	for _, way := range []struct {
		name  string
		flags []string
	}{
		{"command", []string{"--enforce=closed"}},
		{"http", []string{"--http", "--port", fmt.Sprint(s.Ports.Hook), "--enforce=open"}},
		{"http that is to fail closed", []string{"--http", "--port", fmt.Sprint(s.Ports.Hook), "--enforce=closed"}},
	} {
		t.Run(way.name, func(t *testing.T) {
			installWith(t, s, way.flags...)
			for command, want := range map[string]string{
				"rm -rf /": "deny", "ls -la": "", `r\m -fr --no-preserve-root "/"`: "deny", "git push --force origin main": "ask",
				"grep -r 'rm -rf /' docs": "",
			} {
				n++
				session := fmt.Sprintf("enforce-%d", n)
				decision, reason, _ := decide(t, claude, bash(t, s, "PreToolUse", session, session, command))
				require.Equal(t, want, decision, command)
				require.NotContains(t, reason, "rm -", "nothing of the command")
				entries := awaitAudit(t, s, auditlog.Filter{SessionID: session, EventType: "command_execution"}, 1)
				require.Len(t, entries, 1)
				if want == "" {
					want = semconv.DecisionNone
				}
				require.Equal(t, want, entries[0].Attribute(semconv.EnforcementDecision), command)
				if want != semconv.DecisionNone {
					slug := entries[0].Attribute(semconv.EnforcementReason)
					require.NotEmpty(t, slug)
					require.Contains(t, reason, "(rule "+slug+")")
				}
				// What has been done is told of, not answered.
				decision, _, _ = decide(t, claude, bash(t, s, "PostToolUse", session, session, command))
				require.Empty(t, decision)
			}
		})
	}
	out, err := s.CLI(t.Context(), "status")
	require.NoError(t, err)
	require.Regexp(t, `enforcement +on, fails closed; \d+ passed, \d+ denied, \d+ asked, 0 not judged`, out)
}

// A hook that is registered twice, once to enforce: its copies come in any order, and
// the call is denied each time.
func TestVerdictOfAHookThatIsRegisteredTwice(t *testing.T) {
	s, claude := enforcing(t, "--enforce=open")
	_, err := s.CLI(t.Context(), "install", "--user", "--hook-binary", s.Hook)
	require.NoError(t, err)
	for i := range 10 {
		session := fmt.Sprintf("twice-%d", i)
		decision, _, _ := decide(t, claude, bash(t, s, "PreToolUse", session, session, "rm -rf /"))
		require.Equal(t, "deny", decision)
		require.Len(t, awaitAudit(t, s, auditlog.Filter{SessionID: session, EventType: "command_execution"}, 1), 1)
	}
}

// Without a collector each mode does what it says, in time; the record that comes
// from the spool says what was answered, and is judged all the same.
func TestEnforcementWithoutACollector(t *testing.T) {
	s, claude := enforcing(t)
	require.NoError(t, s.Down(t.Context()))
	want := map[string]string{"open": "", "ask": "ask", "closed": "deny"}
	for mode, decision := range want {
		installWith(t, s, "--enforce="+mode)
		got, reason, took := decide(t, claude, bash(t, s, "PreToolUse", "gone-"+mode, "gone-"+mode, "rm -rf /"))
		require.Equal(t, decision, got, mode)
		require.Less(t, took, time.Second, mode)
		if decision != "" {
			require.Contains(t, reason, "did not answer")
		}
	}
	wrong := doctor(t, s)
	require.Contains(t, wrong["enforcement"].Found, "gives none")
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	for mode, decision := range want {
		entry := awaitAudit(t, s, auditlog.Filter{SessionID: "gone-" + mode, EventType: "command_execution"}, 1)[0]
		if decision == "" {
			decision = semconv.DecisionNone
		}
		require.Equal(t, decision, entry.Attribute(semconv.EnforcementDecision), mode)
		require.Equal(t, semconv.ReasonNoAnswer, entry.Attribute(semconv.EnforcementReason), mode)
		awaitAudit(t, s, auditlog.Filter{SessionID: "gone-" + mode, EventType: semconv.EventSecurityAlert}, 1)
	}
}
