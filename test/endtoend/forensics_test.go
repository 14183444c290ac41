package endtoend

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// TestASessionIsTold has a session of sub-agents, which reads a credential, go
// through the hook, and asks the commands what happened in it.
func TestASessionIsTold(t *testing.T) {
	s := shared(t)
	const session = "f0e0515c-aaaa-4bbb-8ccc-000000000001"
	n := 0
	for _, f := range hookfixtures.All() {
		if f.Group != "agents" {
			continue
		}
		run(t, s, harness.Call{Payload: f.PayloadIn(s.Project, session), ProjectDir: s.Project})
		n++
	}
	pre := hookfixtures.Named("shell/test-pre")
	payload := strings.Replace(string(pre.PayloadIn(s.Project, session)), "go test", "cat ~/.ssh/id_rsa; go test", 1)
	run(t, s, harness.Call{Payload: []byte(payload), ProjectDir: s.Project})
	n++
	awaitAudit(t, s, auditlog.Filter{SessionID: session}, n)
	awaitLoki(t, s, `{service="claude-telemetry"} | session_id="`+session+`"`, n+1)

	ask := func(args ...string) []json.RawMessage {
		t.Helper()
		out, err := s.CLI(t.Context(), args...)
		require.NoError(t, err)
		var all []json.RawMessage
		for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
			var one json.RawMessage
			require.NoError(t, dec.Decode(&one))
			all = append(all, one)
		}
		return all
	}
	for _, source := range []string{"audit", "loki"} {
		lines := ask("timeline", session[:13], "--json", "--source", source)
		var summary struct {
			Session story.Session
			Agents  []story.Agent
			Missing int
		}
		require.NoError(t, json.Unmarshal(lines[0], &summary))
		require.Equal(t, session, summary.Session.ID)
		require.Equal(t, n, summary.Session.Events)
		require.Positive(t, summary.Session.Alerts.Total())
		require.Zero(t, summary.Missing)
		inner := slices.IndexFunc(summary.Agents, func(a story.Agent) bool { return a.Type == "security-engineer" })
		require.GreaterOrEqual(t, inner, 0)
		require.Equal(t, 2, summary.Agents[inner].Depth)
		var last story.Entry
		require.NoError(t, json.Unmarshal(lines[len(lines)-1], &last))
		require.Equal(t, story.KindAlert, last.Kind, "behind the command that it is about")

		found := false
		for _, line := range ask("sessions", "--since", "1h", "--json", "--alerts", "--source", source) {
			var one story.Session
			require.NoError(t, json.Unmarshal(line, &one))
			if one.ID == session {
				found = true
				require.Equal(t, summary.Session.Counts, one.Counts)
				require.Equal(t, summary.Session.Risk, one.Risk)
			}
		}
		require.True(t, found)
	}
	require.Len(t, ask("query", "commands", "--session", session[:13], "--json"), 2)
	out, err := s.CLI(t.Context(), "timeline", session, "--csv")
	require.NoError(t, err)
	require.NotContains(t, out, hookfixtures.Sentinel)
}
