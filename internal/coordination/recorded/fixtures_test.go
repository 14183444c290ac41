package recorded_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Payloads as Claude Code sends them give delegations with caller, call, outcome and what
// the answer reports.
func TestFixtures(t *testing.T) {
	all, err := harness.Captured(t.Context(), statedir.Dir(t.TempDir()), t.TempDir(), hookfixtures.All(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), time.Second)
	require.NoError(t, err)
	sessions := map[string]*coordination.Analyzer{}
	for _, ld := range all {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					var e coordination.Event
					of, ok := recorded.FromRecord(rl.Resource().Attributes(), lr, &e)
					if !ok {
						continue
					}
					if sessions[of.Session] == nil {
						sessions[of.Session] = coordination.NewAnalyzer(coordination.Limits{})
					}
					sessions[of.Session].Add(&e)
				}
			}
		}
	}
	byID := map[string]coordination.Delegation{}
	outcomes := map[string]int{}
	for _, a := range sessions {
		for _, d := range a.Session().Delegations {
			byID[d.ID] = d
			outcomes[d.Outcome]++
		}
	}
	outer, inner, beside := byID["a1f0c2d3e4b5a6978"], byID["a90817263544f5e6d"], byID["a44d7e1"]
	require.Equal(t, []any{"main", "general-purpose", 1, "completed", 1}, []any{outer.ParentID, outer.AgentType, outer.Depth, outer.Outcome, outer.Children})
	require.Equal(t, []any{outer.ID, "security-engineer", 2, "completed", 1}, []any{inner.ParentID, inner.AgentType, inner.Depth, inner.Outcome, inner.FilesRead})
	require.Equal(t, []int64{7000, 2000, 5000}, []int64{outer.Duration, outer.Own, outer.Waiting}, "it waits while the inner one works")
	require.Equal(t, []int64{14174, 3, 4488}, []int64{inner.Tokens, inner.ReportedToolCalls, inner.ReportedDuration})
	require.Equal(t, []any{true, "stopped", "async_launched", int64(-1)}, []any{beside.Background, beside.Outcome, beside.Status, beside.Tokens})
	require.Positive(t, outcomes[coordination.OutcomeFailed])
	require.Positive(t, outcomes[coordination.OutcomeRunning])
}
