package agents

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	coordrecorded "github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// The commands and the collector tell the same of a session.
func TestTheSameAsTheCollector(t *testing.T) {
	var all []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Seed: 5, Events: 4_000, Sessions: 12}).All() {
		all = append(all, ld)
	}
	s := newStage(t, append(all, both(t)...)...)
	sessions := map[string][]coordination.Event{}
	require.NoError(t, auditlog.Read(t.Context(), s.home.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(entry auditlog.Entry) error {
		if e, of, ok := coordrecorded.FromAudit(entry); ok {
			sessions[of.Session] = append(sessions[of.Session], e)
		}
		return nil
	}))
	g, err := gather(t.Context(), story.Audit(s.home.Audit()), story.Query{}, bounds{keepAll: true})
	require.NoError(t, err)
	require.Len(t, g.sessions, len(sessions))
	delegations, repeated := 0, 0
	for _, n := range g.sessions {
		want := coordination.Build(sessions[n.ID], coordination.Limits{})
		require.Equal(t, want, n.Session)
		delegations += len(want.Delegations)
		repeated += want.RepeatCount
	}
	require.Greater(t, delegations, 20)
	require.Positive(t, repeated)
}
