package agents

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func TestStatsForPrograms(t *testing.T) {
	s := newStage(t, both(t)...)
	out := s.ok(t, "stats", "--json")
	golden(t, "stats.jsonl", out)
	lines := strings.SplitAfter(out, "\n")
	summary := decode[StatsSummary](t, lines[0])[0]
	require.Equal(t, 2, summary.Sessions)
	require.Equal(t, 1, summary.Without)
	require.Equal(t, 6, summary.Groups)
	groups := decode[Group](t, strings.Join(lines[1:1+summary.Groups], ""))
	share, calls := 0.0, 0
	for _, g := range groups {
		share += g.Share
		calls += g.ToolCalls
	}
	require.InDelta(t, 1, share, 1e-9)
	require.Equal(t, summary.ToolCalls, calls, "every call is of a group")
	advice := decode[Recommendation](t, strings.Join(lines[1+summary.Groups:], ""))
	require.Len(t, advice, summary.Recommendations)
	for _, a := range advice {
		require.NotEmpty(t, a.Evidence)
		require.NotEmpty(t, a.Numbers)
		require.NotEmpty(t, a.Unknown)
	}

	out = s.ok(t, "stats", "--csv", "--by", "agent")
	golden(t, "stats.csv", out)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 11)
}

func TestStatsOfWhatIsAskedFor(t *testing.T) {
	s := newStage(t, both(t)...)
	deleg := func(args ...string) int {
		return decode[StatsSummary](t, strings.SplitAfter(s.ok(t, append([]string{"stats", "--json"}, args...)...), "\n")[0])[0].Delegations
	}
	require.Equal(t, 8, deleg())
	require.Equal(t, 6, deleg("--until", "5h30m"))
	require.Equal(t, 2, deleg("--session", recorded.Shop))
	require.Equal(t, 6, deleg("--session", teamSession[:5]))
	require.Equal(t, 8, deleg("--project", "shop"))
	require.Zero(t, deleg("--project", "cart"))
	require.Zero(t, deleg("--since", "1h"))
}

func TestStatsUsage(t *testing.T) {
	s := newStage(t, both(t)...)
	_, _, err := s.run(t, "stats", "--since", "soon", "--sort", "x", "--by", "y", "--limit", "0", "--width", "1", "--source", "x", "--recommendations", "-1")
	for _, part := range []string{"--since", "--sort", "--by", "--limit", "--width", "--source", "--recommendations"} {
		require.ErrorContains(t, err, part)
	}
	var exit *cliio.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 2, exit.Code)
	_, _, err = s.run(t, "stats", "--session", "x", "--project", "shop")
	require.ErrorContains(t, err, "--project")
	_, _, err = s.run(t, "stats", "--session", "ffff")
	require.ErrorAs(t, err, &exit)
	require.Equal(t, exitNone, exit.Code)
	_, _, err = s.run(t, "stats", "--session", "ffffffff-aaaa-4bbb-8ccc-000000000001")
	require.ErrorAs(t, err, &exit)
	require.Equal(t, exitNone, exit.Code)
}
