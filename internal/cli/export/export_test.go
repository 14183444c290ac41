package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditexport"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// run runs the command and returns its output and exit code.
func run(t *testing.T, home statedir.Dir, args ...string) (out string, code int, err error) {
	t.Helper()
	var b, errOut bytes.Buffer
	cmd := New(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &b, Err: &errOut}, HomeFlag: string(home)})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	var exit *cliio.ExitError
	if err != nil {
		require.ErrorAs(t, err, &exit)
		code, err = exit.Code, exit.Err
	}
	return b.String(), code, err
}

func newHome(t *testing.T) (statedir.Dir, *logfixture.Writer) {
	t.Helper()
	home := statedir.Dir(t.TempDir())
	w, err := logfixture.New(logfixture.Options{Dir: home.Audit()})
	require.NoError(t, err)
	for i := range 5 {
		require.NoError(t, w.Event("s", i+1))
	}
	_, err = w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	return home, w
}

func TestExportThenCheckElsewhere(t *testing.T) {
	home, w := newHome(t)
	key := filepath.Join(t.TempDir(), "audit.pub")
	require.NoError(t, os.WriteFile(key, []byte(w.VKey+"\n"), 0o600))
	out := filepath.Join(t.TempDir(), "case")
	text, code, err := run(t, home, "--out", out, "--session", "s", "--key", key)
	require.NoError(t, err)
	require.Zero(t, code)
	require.Contains(t, text, "5 records, 0 to 4")
	require.Contains(t, text, "5 proven against the checkpoint of 5 records")

	require.NoError(t, os.RemoveAll(home.Audit()), "the log is not needed for the check")
	text, code, err = run(t, statedir.Dir(t.TempDir()), "--check", out, "--key", key)
	require.NoError(t, err)
	require.Zero(t, code)
	require.Contains(t, text, "5 of them are in the log")
	text, code, _ = run(t, home, "--check", out)
	require.Equal(t, exitUnproven, code, "without a key nothing is proven")
	require.Contains(t, text, "--key")

	require.NoError(t, os.WriteFile(filepath.Join(out, auditexport.TableName), []byte("x"), 0o600))
	text, code, err = run(t, home, "--check", out, "--key", key, "--json")
	require.NoError(t, err)
	require.Equal(t, exitWrong, code)
	var c auditexport.Checked
	require.NoError(t, json.Unmarshal([]byte(text), &c))
	require.False(t, c.Holds)
}

// TestTheRealWriter exports from a log that the collector's writer made.
func TestTheRealWriter(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	for range 2 { // another epoch
		l, err := auditlog.Open(home.Audit(), auditlog.Options{KeyDir: filepath.Join(string(home), "keys")})
		require.NoError(t, err)
		for i := range 20 {
			record := fmt.Sprintf(`{"kind":"log","time":"2026-03-04T05:06:07Z","attributes":{"session.id":"s","n":%d,"process.command_line":"=1"}}`, i)
			_, err := l.Append(t.Context(), auditlog.Pending{JSON: []byte(record)})
			require.NoError(t, err)
		}
		require.NoError(t, l.Close())
	}
	out := filepath.Join(t.TempDir(), "case")
	text, code, err := run(t, home, "--out", out, "--session", "s")
	require.NoError(t, err)
	require.Zero(t, code, text)
	require.Contains(t, text, "40 proven")
	key, err := os.ReadFile(filepath.Join(string(home), "keys", "audit.pub"))
	require.NoError(t, err)
	text, code, err = run(t, statedir.Dir(t.TempDir()), "--check", out, "--key", strings.TrimSpace(string(key)))
	require.NoError(t, err)
	require.Zero(t, code, text)
	require.Contains(t, text, "40 of them are in the log")
}

func TestWithoutKeyOrCheckpoint(t *testing.T) {
	home, w := newHome(t)
	out := filepath.Join(t.TempDir(), "case")
	text, code, err := run(t, home, "--out", out, "--json")
	require.NoError(t, err)
	require.Equal(t, exitUnproven, code)
	var m auditexport.Manifest
	require.NoError(t, json.Unmarshal([]byte(text), &m))
	require.Contains(t, m.Proofs.Reason, "no verification key")
	_, code, err = run(t, home, "--out", filepath.Join(t.TempDir(), "case"), "--no-proofs", "--format", "csv")
	require.NoError(t, err)
	require.Zero(t, code)
	_, code, err = run(t, home, "--out", out, "--key", w.VKey)
	require.Equal(t, exitCannot, code)
	require.ErrorIs(t, err, auditexport.ErrThere)
}

func TestWrongUsage(t *testing.T) {
	home, _ := newHome(t)
	out := filepath.Join(t.TempDir(), "case")
	for _, args := range [][]string{
		{"--out", out, "--since", "soon"},
		{"--out", out, "--format", "xml"},
		{"--out", out, "--audit", t.TempDir()},
		{"--out", out, "--session", "nobody"},
		{"--check", t.TempDir()},
		{"--check", out, "--key", "/nowhere"},
	} {
		_, code, err := run(t, home, args...)
		require.Equal(t, exitCannot, code, args)
		require.Error(t, err)
		require.NoDirExists(t, out)
	}
}

func TestManifestContract(t *testing.T) {
	home, w := newHome(t)
	out := filepath.Join(t.TempDir(), "case")
	o := options{factory: &cliio.Factory{}, filter: auditexport.Filter{Session: "s", Project: "demo"}}
	m, err := auditexport.Export(t.Context(), auditexport.Options{
		Audit: home.Audit(), Out: out, Filter: o.filter, Lines: true, Table: true, VKey: w.VKey, By: "agent-telemetry test",
		Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	// Keys differ from run to run, and with them what is signed.
	m.Proofs.Against.VKey, m.Proofs.Against.Checkpoint = "VKEY", "CHECKPOINT"
	got, err := json.MarshalIndent(m, "", "  ")
	require.NoError(t, err)
	path := filepath.Join("testdata", "manifest.json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got)+"\n")
}
