package agents

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// both are sessions of two projects.
func both(t testing.TB) []plog.Logs { return bothAt(t, noon) }

func bothAt(t testing.TB, at time.Time) []plog.Logs {
	t.Helper()
	return stamped(t, append(recorded.Sessions(at), team(at.Add(-time.Hour))...))
}

func TestStatsAsAPersonSeesThem(t *testing.T) {
	s := newStage(t, both(t)...)
	for name, c := range map[string]struct {
		width int
		args  []string
	}{
		"stats-60.txt":      {60, []string{"--width", "60"}},
		"stats-80.txt":      {80, []string{"--width", "80"}},
		"stats-140.txt":     {140, []string{"--width", "140", "--sort", "delegations"}},
		"stats-agent.txt":   {110, []string{"--width", "110", "--session", "7ea7", "--by", "agent"}},
		"stats-project.txt": {140, []string{"--width", "140", "--by", "project", "--recommendations", "1"}},
		"stats-limit.txt":   {80, []string{"--width", "80", "--limit", "1", "--recommendations", "0"}},
		"stats-none.txt":    {80, []string{"--width", "80", "--project", "cart"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := s.ok(t, append([]string{"stats"}, c.args...)...)
			golden(t, name, out)
			fits(t, out, c.width)
		})
	}
	s.color = true
	golden(t, "stats-140.ansi", s.ok(t, "stats", "--width", "140"))
	require.NotContains(t, s.ok(t, "stats", "--json"), "\x1b")
}
