package agents

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	coordrecorded "github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// requests are what Claude Code's own telemetry tells of an agent's requests to the
// model: by an event and by a span, of 1,111 tokens each.
func requests(session, agent string, at time.Time, n int) (all []plog.Logs) {
	for i := range n {
		for _, span := range []bool{false, true} {
			ld := plog.NewLogs()
			rl := ld.ResourceLogs().AppendEmpty()
			rl.Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
			lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			lr.SetTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Duration(i) * time.Second)))
			a := lr.Attributes()
			a.PutStr(semconv.SessionID, session)
			if agent != "" {
				a.PutStr(semconv.NativeAgentID, agent)
			}
			if span {
				lr.SetEventName("span.claude_code.llm_request")
			} else {
				lr.Body().SetStr("claude_code.api_request")
				a.PutStr(semconv.NativeEventName, semconv.NativeAPIRequest)
			}
			a.PutStr(semconv.NativeTokensIn, "1000")
			a.PutInt(semconv.NativeTokensOut, 100)
			a.PutStr(semconv.NativeTokensRead, "10")
			a.PutStr(semconv.NativeTokensWritten, "1")
			all = append(all, ld)
		}
	}
	return all
}

// The commands and the collector tell the same of a session.
func TestTheSameAsTheCollector(t *testing.T) {
	var all []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Seed: 5, Events: 4_000, Sessions: 12}).All() {
		all = append(all, ld)
	}
	all = append(all, both(t)...)
	all = append(all, requests(teamSession, agentID(4), noon.Add(-time.Hour+30*time.Second), 5)...)
	all = append(all, requests(teamSession, "", noon.Add(-time.Hour+31*time.Second), 1)...) // by the main agent
	all = append(all, requests("of-no-session-here", agentID(4), noon, 1)...)
	s := newStage(t, all...)
	sessions := map[string][]coordination.Event{}
	require.NoError(t, auditlog.Read(t.Context(), s.home.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(entry auditlog.Entry) error {
		if e, of, ok := coordrecorded.FromAudit(entry); ok {
			sessions[of.Session] = append(sessions[of.Session], e)
		}
		return nil
	}))
	g, err := gather(t.Context(), story.Audit(s.home.Audit()), story.Query{}, bounds{keepAll: true})
	require.NoError(t, err)
	delete(sessions, "of-no-session-here")
	require.Len(t, g.sessions, len(sessions))
	delegations, repeated := 0, 0
	for _, n := range g.sessions {
		want := coordination.Build(sessions[n.ID], coordination.Limits{})
		require.Equal(t, want, n.Session)
		delegations += len(want.Delegations)
		repeated += want.RepeatCount
	}
	require.Contains(t, s.ok(t, "tree", teamSession, "--json"), `"tokens":5555,"tokens_from":"requests"`)
	require.Greater(t, delegations, 20)
	require.Positive(t, repeated)
}
