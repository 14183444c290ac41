package agents

import (
	"bytes"
	"context"
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
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	flag.Parse()
	time.Local = time.UTC
	os.Exit(m.Run())
}

// stage is where a command runs.
type stage struct {
	home  statedir.Dir
	now   time.Time
	tty   bool
	color bool
}

func (s *stage) run(t testing.TB, args ...string) (out, errOut string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	io := &cliio.IO{In: strings.NewReader(""), Out: &o, Err: &e, OutTTY: s.tty, Color: s.color}
	cmd := newAll(&cliio.Factory{IO: io, HomeFlag: string(s.home)}, func() time.Time { return s.now })
	cmd.SetArgs(args)
	cmd.SetOut(&o)
	cmd.SetErr(&e)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(context.Background())
	return o.String(), e.String(), err
}

func (s *stage) ok(t testing.TB, args ...string) string {
	t.Helper()
	out, _, err := s.run(t, args...)
	require.NoError(t, err, args)
	return out
}

func decode[T any](t testing.TB, out string) (all []T) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	for dec.More() {
		var v T
		require.NoError(t, dec.Decode(&v))
		all = append(all, v)
	}
	return all
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

// fits holds that a terminal shows the text as it is meant: nothing that it would obey,
// and no line that is too long.
func fits(t testing.TB, out string, width int) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		require.Equal(t, termtext.Clean(line), line)
		require.LessOrEqual(t, termtext.Width(line), width, "%q", line)
	}
}
