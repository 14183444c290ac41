package sessions

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
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

func stage(t testing.TB) statedir.Dir {
	t.Helper()
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, recorded.Sessions(noon)...)
	return home
}

func run(t testing.TB, home statedir.Dir, args ...string) (out, errOut string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	cmd := newCommand(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &o, Err: &e}, HomeFlag: string(home)},
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
	out, errOut, err := run(t, home, args...)
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
		"80.txt":   {"--width", "80"},
		"200.txt":  {"--width", "200", "--sort", "risk"},
		"risk.txt": {"--width", "80", "--min-risk", "50"},
		"one.txt":  {"--width", "80", "--limit", "1", "--sort", "project"},
		"none.txt": {"--project", "nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			out := ok(t, home, args...)
			golden(t, name, out)
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				require.Equal(t, termtext.Clean(line), line)
				require.LessOrEqual(t, termtext.Width(line), map[bool]int{true: 80, false: 200}[name != "200.txt"])
			}
		})
	}
}

func TestJSONAndCSV(t *testing.T) {
	home := stage(t)
	out := ok(t, home, "--json")
	golden(t, "sessions.jsonl", out)
	var all []story.Session
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var s story.Session
		require.NoError(t, dec.Decode(&s))
		all = append(all, s)
	}
	require.Len(t, all, 2)
	require.Equal(t, recorded.Cart, all[0].ID, "the newest first")
	rows, err := csv.NewReader(strings.NewReader(ok(t, home, "--csv", "--reverse"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	require.Equal(t, recorded.Shop, rows[1][0])
}

func TestChosen(t *testing.T) {
	home := stage(t)
	for want, args := range map[string][]string{
		"Shop": {"--alerts"},
		"shop": {"--project", "/home/dev/shop"},
		"none": {"--until", "1d"},
		"cart": {"--since", noon.Add(time.Hour).Format(time.RFC3339)},
	} {
		out := ok(t, home, append(args, "--json")...)
		require.Equal(t, strings.EqualFold(want, "shop"), strings.Contains(out, recorded.Shop), args)
		require.Equal(t, want == "cart", strings.Contains(out, recorded.Cart), args)
	}
	// Of a part of a session only what was done then.
	var s story.Session
	require.NoError(t, json.Unmarshal([]byte(ok(t, home, "--json", "--until", noon.Add(4*time.Second).Format(time.RFC3339))), &s))
	require.Equal(t, 1, s.ToolCalls)
	require.Zero(t, s.Risk)
}

func TestUsage(t *testing.T) {
	home := stage(t)
	_, _, err := run(t, home, "--since", "soon", "--sort", "x", "--min-risk", "101", "--limit", "0", "--width", "1", "--source", "x")
	for _, part := range []string{"--since", "--sort", "--min-risk", "--limit", "--width", "--source"} {
		require.ErrorContains(t, err, part)
	}
	var exit *cliio.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 2, exit.Code)
}

func TestIDsThatBeginAlikeAreTold(t *testing.T) {
	require.Equal(t, []string{"5e551011-aaa", "5e551011-bbb"}, short([]story.Session{{ID: "5e551011-aaaa"}, {ID: "5e551011-bbbb"}}))
	require.Equal(t, []string{"x", "x"}, short([]story.Session{{ID: "x"}, {ID: "x"}}), "which cannot be")
}
