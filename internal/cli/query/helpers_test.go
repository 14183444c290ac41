package query

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
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	flag.Parse()
	time.Local = time.UTC
	os.Exit(m.Run())
}

// stage is where a command runs.
type stage struct {
	home statedir.Dir
	now  time.Time
}

func (s *stage) run(t testing.TB, args ...string) (out, errOut string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	cmd := newCommand(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &o, Err: &e}, HomeFlag: string(s.home)},
		func() time.Time { return s.now })
	cmd.SetArgs(append([]string{}, args...))
	cmd.SetOut(&o)
	cmd.SetErr(&e)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(context.Background())
	return o.String(), e.String(), err
}

func (s *stage) ok(t testing.TB, args ...string) string {
	t.Helper()
	out, errOut, err := s.run(t, args...)
	require.NoError(t, err, args)
	require.Empty(t, errOut)
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
