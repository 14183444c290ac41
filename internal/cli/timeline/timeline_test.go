package timeline

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	flag.Parse()
	time.Local = time.UTC
	os.Exit(m.Run())
}

// stage is a state directory whose audit log has the recorded sessions.
func stage(t testing.TB) statedir.Dir {
	t.Helper()
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, recorded.Sessions(noon)...)
	return home
}

func run(t testing.TB, home statedir.Dir, color bool, args ...string) (out, errOut string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	cmd := newCommand(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &o, Err: &e, Color: color}, HomeFlag: string(home)},
		func() time.Time { return noon.Add(5 * time.Hour) })
	cmd.SetArgs(append([]string{}, args...))
	cmd.SetOut(&o)
	cmd.SetErr(&e)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(context.Background())
	return o.String(), e.String(), err
}

func ok(t testing.TB, home statedir.Dir, args ...string) string {
	t.Helper()
	out, errOut, err := run(t, home, false, args...)
	require.NoError(t, err)
	require.Empty(t, errOut)
	return out
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(name, []byte(got), 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestAsAPersonSeesIt(t *testing.T) {
	home := stage(t)
	for name, args := range map[string][]string{
		"80.txt":     {recorded.Shop, "--width", "80"},
		"200.txt":    {"5e55", "--width", "200"},
		"full.txt":   {recorded.Shop, "--width", "80", "--full", "--errors"},
		"last.txt":   {"--last", "--width", "100"},
		"alerts.txt": {recorded.Shop, "--width", "80", "--alerts-only"},
		"files.txt":  {recorded.Shop, "--width", "80", "--files"},
		"agent.txt":  {recorded.Shop, "--width", "80", "--agent", "security-engineer", "--tool", "Read"},
	} {
		t.Run(name, func(t *testing.T) {
			out := ok(t, home, args...)
			golden(t, name, out)
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				require.Equal(t, termtext.Clean(line), line, "nothing that a terminal would obey")
			}
		})
	}
	out, _, err := run(t, home, true, recorded.Shop, "--width", "80")
	require.NoError(t, err)
	golden(t, "80.ansi", out)
}

// No line is wider than the terminal.
func TestWidths(t *testing.T) {
	home := stage(t)
	for _, width := range []int{60, 80, 100, 120, 200} {
		for _, full := range []string{"--full=false", "--full"} {
			for line := range strings.Lines(ok(t, home, recorded.Shop, full, "--width", strconv.Itoa(width))) {
				require.LessOrEqual(t, termtext.Width(strings.TrimSuffix(line, "\n")), width, "%q", line)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	home := stage(t)
	lines := strings.Split(strings.TrimSpace(ok(t, home, recorded.Shop, "--json")), "\n")
	var s Summary
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &s))
	require.Equal(t, "summary", s.Kind)
	require.Equal(t, "audit", s.Source)
	require.Equal(t, len(lines)-1, s.Entries)
	require.Len(t, s.Agents, 2)
	kinds := map[story.Kind]int{}
	for _, l := range lines[1:] {
		var e story.Entry
		require.NoError(t, json.Unmarshal([]byte(l), &e))
		kinds[e.Kind]++
	}
	require.Equal(t, 19, kinds[story.KindTool])
	require.Equal(t, 3, kinds[story.KindAlert])
	require.Equal(t, 1, kinds[story.KindGap])
	golden(t, "shop.jsonl", strings.Join(lines, "\n")+"\n")
}

func TestCSV(t *testing.T) {
	home := stage(t)
	out := ok(t, home, recorded.Shop, "--csv", "--tool", "Grep")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.NotContains(t, out, "\x1b")
	for i, name := range rows[0] {
		if name == "pattern" {
			require.True(t, strings.HasPrefix(rows[1][i], "'=cmd"), rows[1][i])
		}
	}
}

func TestNoSuchSession(t *testing.T) {
	home := stage(t)
	for _, args := range [][]string{{"ffff"}, {"ffffffff-aaaa-4bbb-8ccc-000000000001"}, {"--project", "nowhere"}, {recorded.Shop, "--since", "1m"}} {
		_, _, err := run(t, home, false, args...)
		var exit *cliio.ExitError
		require.ErrorAs(t, err, &exit, args)
		require.Equal(t, exitNone, exit.Code)
		require.ErrorContains(t, err, "agent-telemetry sessions")
	}
	require.Contains(t, ok(t, home, "--project", "shop"), recorded.Shop)
	require.Contains(t, ok(t, home, "--project", "/home/dev/cart/"), recorded.Cart)
	require.Contains(t, ok(t, home), recorded.Cart)
}

func TestUsage(t *testing.T) {
	home := stage(t)
	t.Setenv(semconv.EnvLokiURL, "http://127.0.0.1:1") // nothing listens there
	for want, args := range map[string][]string{
		"--since":   {"--since", "soon"},
		"--until":   {"--since", "1h", "--until", "2h"},
		"--source":  {"--source", "x"},
		"--width":   {"--width", "3"},
		"--tool":    {"--tool", "[a"},
		"--last":    {"x", "--last"},
		"--project": {"x", "--project", "shop"},
		"json":      {"--json", "--csv"},
		"at most 1": {"a", "b"},
		"Loki":      {"--source", "loki"},
	} {
		_, _, err := run(t, home, false, args...)
		require.ErrorContains(t, err, want, args)
	}
	empty := statedir.Dir(t.TempDir())
	_, _, err := run(t, empty, false, "--source", "audit")
	require.ErrorContains(t, err, "there is no audit log in")
	_, _, err = run(t, empty, false)
	require.ErrorContains(t, err, "no Loki to ask")
}

func TestSessionsAreNamedToAShell(t *testing.T) {
	home := stage(t)
	f := &cliio.Factory{IO: &cliio.IO{}, HomeFlag: string(home)}
	cmd := newCommand(f, func() time.Time { return noon.Add(5 * time.Hour) })
	names, _ := completeSession(f, func() time.Time { return noon.Add(5 * time.Hour) })(cmd, nil, "5e")
	require.Equal(t, []string{recorded.Shop + "\tshop 15 Jan 12:00"}, names)
}
