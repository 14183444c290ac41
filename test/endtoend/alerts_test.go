package endtoend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

func alertsOf(t *testing.T, entries []auditlog.Entry) (alerts []securityalert.Alert) {
	t.Helper()
	for _, e := range entries {
		if a, ok := securityalert.FromJSON(e.Body); ok {
			alerts = append(alerts, a)
		}
	}
	return alerts
}

// awaitAll is awaitAudit with alerts.
func awaitAll(t *testing.T, s *harness.Stack, filter auditlog.Filter, n int) (list []auditlog.Entry) {
	t.Helper()
	await(t, "audit log", func() (err error) {
		list, err = s.Audit(t.Context(), filter)
		return enough(len(list), n, err)
	})
	return list
}

func toolCall(t *testing.T, s *harness.Stack, event, session, id, command string) {
	t.Helper()
	run(t, s, harness.Call{Payload: bash(t, s, event, session, id, command), ProjectDir: s.Project})
}

// What an agent does is judged on its way: the alert lies behind the event in the
// audit log, once for a call, with what it repeats escaped.
func TestAnEventBecomesAnAlert(t *testing.T) {
	s := shared(t)
	const session = "judged"
	toolCall(t, s, "PreToolUse", session, "j1", "ls -la")
	toolCall(t, s, "PreToolUse", session, "j2", "rm -rf / \x1b[2J")
	toolCall(t, s, "PostToolUse", session, "j2", "rm -rf / \x1b[2J")

	found := awaitLoki(t, s, `{service="claude-telemetry", event="security_alert"} | session_id="judged" | rule="delete-root" | severity="critical"`, 1)
	require.Len(t, found, 1, "an event before the call and one after it are one")
	entries := awaitAll(t, s, auditlog.Filter{SessionID: session}, 4)
	var at int
	for i, e := range entries {
		require.NotContains(t, string(e.Body), "\x1b")
		if e.Attribute(semconv.ToolCallID) == "j1" {
			require.Empty(t, e.Attribute(semconv.RecordAlertSeverity))
		}
		if a, ok := securityalert.FromJSON(e.Body); ok && a.Rule == "delete-root" {
			at = i
			require.Equal(t, "critical", a.Severity)
			require.Equal(t, entries[1].Attribute(semconv.EventID), a.EventID)
			require.Equal(t, a.ID, e.Attribute(semconv.EventID))
			require.Contains(t, a.Command, `\x1b[2J`)
		}
	}
	require.Equal(t, 2, at, "directly behind its event")
	require.Equal(t, "critical", entries[1].Attribute(semconv.RecordAlertSeverity))
}

// What was alerted, and what the user's rules say, hold over a kill of the collector.
func TestAlertsOverARestart(t *testing.T) {
	s := own(t)
	rules := `version: 1
rules:
  - id: 4b0f5f0e-94f4-4c1e-9c0e-6f7f5f1f0a11
    slug: our-own
    title: A program of our own ran
    severity: medium
    category: test
    any: [program:frobnicate]
    suppress: {key: [session], window: 1h}
`
	require.NoError(t, os.MkdirAll(string(s.Home), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(string(s.Home), "security-rules.yaml"), []byte(rules), 0o600))
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	const session = "restarted"
	toolCall(t, s, "PreToolUse", session, "r1", "frobnicate")
	alerts := alertsOf(t, awaitAll(t, s, auditlog.Filter{SessionID: session}, 2))
	require.Len(t, alerts, 1)
	require.Equal(t, semconv.RulesetUser, alerts[0].Ruleset)
	state := filepath.Join(s.Home.Alerts(), "security-alert.state")
	await(t, "the state", func() error {
		text, err := os.ReadFile(state)
		if err == nil && !strings.Contains(string(text), alerts[0].ID) {
			return os.ErrNotExist
		}
		return err
	})
	killCollector(t, s)
	await(t, "the collector", func() error {
		_, err := harness.Get(t.Context(), healthURL(s))
		return err
	})
	toolCall(t, s, "PreToolUse", session, "r2", "frobnicate --again")
	toolCall(t, s, "PostToolUse", session, "r1", "frobnicate")
	entries := awaitAll(t, s, auditlog.Filter{SessionID: session}, 4)
	require.Len(t, alertsOf(t, entries), 1, "it is within the window of the first")
	require.Equal(t, "medium", entries[len(entries)-1].Attribute(semconv.RecordAlertSeverity))
}

// Who takes the hooks away is noticed, even when no hook tells of it.
func TestHooksThatVanishAreNoticed(t *testing.T) {
	s := own(t)
	text, err := os.ReadFile(filepath.Join(s.Root, "otelcol-config.yaml"))
	require.NoError(t, err)
	config := filepath.Join(s.Dir, "collector.yaml")
	quick := strings.Replace(string(text), "  security_alert:\n", "  security_alert:\n    integrity_interval: 100ms\n", 1)
	require.NotEqual(t, string(text), quick)
	require.NoError(t, os.WriteFile(config, []byte(quick), 0o600))
	_, err = s.Up(t.Context(), "--collector-config", config)
	require.NoError(t, err)
	installWith(t, s)
	state := filepath.Join(s.Home.Alerts(), "security-alert.state")
	settings := filepath.Join(s.Project, ".claude", "settings.local.json")
	await(t, "a look at the hooks", func() error {
		text, err := os.ReadFile(state)
		if err == nil && !strings.Contains(string(text), `"install `+settings) {
			return os.ErrNotExist
		}
		return err
	})
	var doc map[string]any
	text, err = os.ReadFile(settings)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &doc))
	delete(doc, "hooks")
	text, err = json.Marshal(doc)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(settings, text, 0o600))
	found := awaitLoki(t, s, `{service="claude-telemetry", event="security_alert"} | rule="telemetry-tampered" | severity="high"`, 1)
	a, ok := securityalert.FromJSON([]byte(found[0].Line))
	require.True(t, ok)
	require.Contains(t, a.Evidence[0], "not_installed")
}
