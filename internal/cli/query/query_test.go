package query

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func nowhere(t *testing.T) *stage {
	t.Helper()
	t.Setenv(semconv.EnvLokiURL, "http://127.0.0.1:1") // nothing listens there
	return &stage{home: statedir.Dir(t.TempDir()), now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
}

func TestPresetsAreListed(t *testing.T) {
	s := nowhere(t)
	golden(t, "list.txt", s.ok(t, "--list", "--width", "80"))
	all := decode[Preset](t, s.ok(t, "--list", "--json"))
	require.Len(t, all, len(presets))
	seen := map[string]bool{}
	for _, p := range all {
		require.False(t, seen[p.Name], p.Name)
		seen[p.Name] = true
		require.True(t, strings.HasSuffix(p.Question, "?"), p.Question)
		require.NotEmpty(t, p.Detail)
	}
	require.Contains(t, s.ok(t, "--list", "--csv"), `"by-tool"`)
	names, _ := completePreset(nil, nil, "by-")
	require.Len(t, names, 6)
}

// What is printed is what is asked.
func TestPrintedLogQL(t *testing.T) {
	s := nowhere(t)
	var b strings.Builder
	for _, p := range presets {
		b.WriteString("# " + p.name + "\n" + s.ok(t, p.name, "--print"))
	}
	b.WriteString("# with everything\n" + s.ok(t, "commands", "--print", "--project", "/home/dev/shop/", "--session", "5e55", "--tool", "Bash", "--agent", "a1"))
	b.WriteString("# lines\n" + s.ok(t, "by-tool", "--print", "--lines", "--since", "90m"))
	b.WriteString("# LogQL\n" + s.ok(t, `{service="x"} |= "y"`, "--print"))
	golden(t, "logql.txt", b.String())
}

func TestUsageAndAway(t *testing.T) {
	s := nowhere(t)
	for want, args := range map[string][]string{
		"name a preset":               {},
		`there is no preset "comand"`: {"comand"},
		"--limit":                     {"commands", "--limit", "0"},
		"--width":                     {"commands", "--width", "1"},
		"--since":                     {"commands", "--since", "soon"},
		"must not be empty":           {"commands", "--since", ""},
		"--longer-than":               {"slow", "--longer-than", "-1s"},
		"30 days":                     {"by-tool", "--since", "60d"},
		"are for presets":             {`{service="x"}`, "--project", "shop"},
	} {
		_, _, err := s.run(t, args...)
		require.ErrorContains(t, err, want)
		var exit *cliio.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, 2, exit.Code)
	}
	_, _, err := s.run(t, "commands")
	require.ErrorContains(t, err, "query needs Loki")
	require.ErrorContains(t, err, "agent-telemetry up")
	require.ErrorContains(t, err, "timeline")
}
