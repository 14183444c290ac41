package agents

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func TestCompareAsAPersonSeesIt(t *testing.T) {
	s := newStage(t, both(t)...)
	for name, c := range map[string]struct {
		width int
		args  []string
	}{
		"compare-80.txt":    {80, []string{"--width", "80", recorded.Shop, teamSession}},
		"compare-60.txt":    {60, []string{"--width", "60", recorded.Shop, recorded.Cart}},
		"compare-types.txt": {100, []string{"--width", "100", "--types", "Explore", "quality-engineer"}},
		"compare-times.txt": {100, []string{"--width", "100", "--before", "7h..5h30m", "--after", "5h30m"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := s.ok(t, append([]string{"compare"}, c.args...)...)
			golden(t, name, out)
			fits(t, out, c.width)
		})
	}
}

func TestCompareForPrograms(t *testing.T) {
	s := newStage(t, both(t)...)
	out := s.ok(t, "compare", recorded.Shop, teamSession, "--json")
	golden(t, "compare.json", out)
	c := decode[comparison](t, out)[0]
	require.Equal(t, "sessions", c.Of)
	require.Equal(t, teamSession, c.B.Session)
	for _, f := range c.Figures {
		if f.A != nil && f.B != nil {
			require.InDelta(t, *f.B-*f.A, *f.Difference, 1e-9, f.Name)
		} else {
			require.Nil(t, f.Difference, f.Name)
		}
	}
	out = s.ok(t, "compare", recorded.Shop, teamSession, "--csv")
	golden(t, "compare.csv", out)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(c.Figures))
	require.NotContains(t, out, "'-", "numbers are numbers")
	// The same with the sides changed.
	back := decode[comparison](t, s.ok(t, "compare", teamSession, recorded.Shop, "--json"))[0]
	for i := range c.Figures {
		if d := c.Figures[i].Difference; d != nil {
			require.InDelta(t, -*d, *back.Figures[i].Difference, 1e-9)
		}
	}
	same := decode[comparison](t, s.ok(t, "compare", teamSession, teamSession, "--json"))[0]
	for _, f := range same.Figures {
		if f.Difference != nil {
			require.Zero(t, *f.Difference, f.Name)
		}
	}
}

// What is too little to say something is marked, and only that.
func TestWhatIsFew(t *testing.T) {
	many := crowd("aaaaaaaa-aaaa-4bbb-8ccc-000000000001", 40, noon)
	s := newStage(t, stamped(t, append(many, crowd("bbbbbbbb-aaaa-4bbb-8ccc-000000000002", 19, noon.Add(time.Hour))...))...)
	few := map[string]bool{}
	for _, f := range decode[comparison](t, s.ok(t, "compare", "aaaa", "bbbb", "--json"))[0].Figures {
		few[f.Name] = f.Few
	}
	for name, want := range map[string]bool{
		"duration_p50": false, "duration_p95": true /* 19 */, "error_rate": false, "failure_rate": false, "tokens_per_delegation": false, "delegations": false,
	} {
		require.Equal(t, want, few[name], name)
	}
}

func TestCompareUsage(t *testing.T) {
	s := newStage(t, both(t)...)
	for want, args := range map[string][]string{
		"needs two":                     {recorded.Shop},
		"at most 2":                     {"a", "b", "c"},
		"each needs the other":          {"--before", "7d..1d"},
		"cannot be used together":       {"--before", "7d", "--after", "1d", "a", "b"},
		"--before: must be FROM":        {"--before", "..1d", "--after", "1d"},
		"--after: \"x\"":                {"--before", "7d", "--after", "x"},
		"--before: \"soon\" is no time": {"--before", "soon", "--after", "1d"},
		"--before: must end later":      {"--before", "1d..7d", "--after", "1d"},
		"only together with --types":    {"--since", "1d", "a", "b"},
		"--project":                     {"--project", "shop", "a", "b"},
		"--width":                       {"--width", "2", "a", "b"},
		"--source":                      {"--source", "x", "a", "b"},
	} {
		_, _, err := s.run(t, append([]string{"compare"}, args...)...)
		require.ErrorContains(t, err, want, args)
	}
	for want, args := range map[string][]string{
		"begins with \"ffff\"":        {"ffff", teamSession},
		"no such session":             {teamSession, "ffffffff-aaaa-4bbb-8ccc-000000000001"},
		"\"nobody\"":                  {"--types", "Explore", "nobody"},
		"there are \"main\"":          {"--types", "nobody", "Explore"},
		"nothing is recorded":         {"--before", "7d..6d", "--after", "1d"},
		"a longer --since may have":   {"--types", "a", "b", "--since", "1m"},
		"`agent-telemetry sessions -": {"--before", "1d", "--after", "1m"},
	} {
		_, _, err := s.run(t, append([]string{"compare"}, args...)...)
		require.ErrorContains(t, err, want, args)
		var exit *cliio.ExitError
		require.ErrorAs(t, err, &exit, args)
		require.Equal(t, exitNone, exit.Code)
	}
}
