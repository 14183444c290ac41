package agents

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func TestTreeForPrograms(t *testing.T) {
	s := newStage(t, both(t)...)
	out := s.ok(t, "tree", teamSession, "--json")
	golden(t, "tree.jsonl", out)
	first, rest, _ := strings.Cut(out, "\n")
	summary := decode[TreeSummary](t, first)[0]
	require.Equal(t, "audit", summary.Source)
	require.Equal(t, 6, summary.Agents)
	require.Equal(t, 2, summary.Deepest)
	all := decode[Agent](t, rest)
	require.Len(t, all, 7)
	calls := 0
	for _, a := range all {
		calls += a.ToolCalls
	}
	require.Equal(t, summary.Session.ToolCalls, calls, "every call is somebody's")
	require.EqualValues(t, 81_000, *all[3].Tokens)
	require.True(t, all[5].Background)

	out = s.ok(t, "tree", teamSession, "--csv")
	golden(t, "tree.csv", out)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 8)
	require.Len(t, decode[Agent](t, afterFirst(s.ok(t, "tree", teamSession, "--json", "--depth", "1"))), 6)
}

func afterFirst(s string) string {
	_, rest, _ := strings.Cut(s, "\n")
	return rest
}

func TestTreeOfNobody(t *testing.T) {
	s := newStage(t, recorded.Sessions(noon)...)
	require.Contains(t, s.ok(t, "tree"), "No agents were called.")
	require.Len(t, decode[Agent](t, afterFirst(s.ok(t, "tree", "--json"))), 1)
	for _, args := range [][]string{{"ffff"}, {"ffffffff-aaaa-4bbb-8ccc-000000000001"}, {"--project", "nowhere"}, {recorded.Shop, "--since", "1m"}} {
		_, _, err := s.run(t, append([]string{"tree"}, args...)...)
		var exit *cliio.ExitError
		require.ErrorAs(t, err, &exit, args)
		require.Equal(t, exitNone, exit.Code)
		require.ErrorContains(t, err, "agent-telemetry sessions")
	}
	require.Contains(t, s.ok(t, "tree", "--project", "shop"), recorded.Shop)
	_, warning, err := s.run(t, "tree", "5e55")
	require.NoError(t, err)
	require.Contains(t, warning, "2 records are missing in the session")
}

func TestTreeUsage(t *testing.T) {
	s := newStage(t, recorded.Sessions(noon)...)
	t.Setenv(semconv.EnvLokiURL, "http://127.0.0.1:1") // nothing listens there
	for want, args := range map[string][]string{
		"--since":   {"--since", "soon"},
		"--until":   {"--since", "1h", "--until", "2h"},
		"--source":  {"--source", "x"},
		"--width":   {"--width", "3"},
		"--depth":   {"--depth", "-1"},
		"--project": {"x", "--project", "shop"},
		"json":      {"--json", "--csv"},
		"at most 1": {"a", "b"},
		"Loki":      {"--source", "loki"},
	} {
		_, _, err := s.run(t, append([]string{"tree"}, args...)...)
		require.ErrorContains(t, err, want, args)
	}
	s.home = statedir.Dir(t.TempDir())
	_, _, err := s.run(t, "tree", "--source", "audit")
	require.ErrorContains(t, err, "there is no audit log in")
}
