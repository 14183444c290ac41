package verify

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken/tokentest"
)

// state is a state directory with a log, and an anchor elsewhere.
type state struct {
	home, audit, key, anchor string
	note                     []byte // the newest checkpoint
}

func newState(t *testing.T) state {
	t.Helper()
	home := t.TempDir()
	s := state{
		home: home, audit: filepath.Join(home, "audit"), key: filepath.Join(home, "keys", "audit.pub"), anchor: filepath.Join(t.TempDir(), "anchor"),
	}
	w, err := logfixture.New(logfixture.Options{Dir: s.audit, Start: time.Now().UTC().Add(-time.Minute), Step: time.Second, SegmentRecords: 10})
	require.NoError(t, err)
	require.NoError(t, w.Lifecycle("start"))
	for i := range 30 {
		require.NoError(t, w.Event("s", i+1))
	}
	require.NoError(t, w.Lifecycle("stop"))
	signed, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.Mkdir(filepath.Dir(s.key), 0o700))
	require.NoError(t, os.WriteFile(s.key, []byte(w.VKey+"\n"), 0o600))
	require.NoError(t, os.WriteFile(s.anchor, signed, 0o600))
	s.note = signed
	return s
}

// run runs the command and returns its exit code.
func (s state) run(t *testing.T, args ...string) (code int, out string, err error) {
	t.Helper()
	var o bytes.Buffer
	cmd := New(&cliio.Factory{IO: &cliio.IO{In: &bytes.Buffer{}, Out: &o, Err: &bytes.Buffer{}}, HomeFlag: s.home})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	var exit *cliio.ExitError
	if errors.As(err, &exit) {
		return exit.Code, o.String(), exit.Err
	}
	require.NoError(t, err)
	return 0, o.String(), nil
}

func (s state) damage(t *testing.T) {
	t.Helper()
	path := filepath.Join(s.audit, "00000001.jsonl")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(text, []byte("main.go"), []byte("evil.go"), 1), 0o600))
}

func TestExitCodes(t *testing.T) {
	s := newState(t)
	code, out, err := s.run(t, "--anchor", s.anchor)
	require.NoError(t, err)
	assert.Zero(t, code)
	assert.Contains(t, out, "✓ Verified and anchored")
	assert.Contains(t, out, "! verification_key", "the key of this host is not as good as another copy")

	code, out, _ = s.run(t)
	assert.Equal(t, 3, code)
	assert.Contains(t, out, "! Consistent, but not anchored")
	assert.Contains(t, out, "--anchor FILE_OR_DIR")

	code, _, err = s.run(t, "--key", filepath.Join(s.audit, "00000000.jsonl"))
	assert.Equal(t, 2, code)
	require.ErrorContains(t, err, "log's directory")
	code, _, err = s.run(t, "--dir", t.TempDir())
	assert.Equal(t, 2, code)
	require.ErrorContains(t, err, "there is no log")
	code, _, err = s.run(t, "--origin", "agent-telemetry/other")
	assert.Equal(t, 2, code)
	require.ErrorContains(t, err, "--origin")
	code, _, err = s.run(t, "--max-tail-age", "0s")
	assert.Equal(t, 2, code)
	require.ErrorContains(t, err, "--max-tail-age")

	s.damage(t)
	code, out, _ = s.run(t, "--anchor", s.anchor)
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "✗ TAMPERED: record 10 is not the one that record 11 was written behind.")
	require.NoError(t, os.Remove(s.key))
	code, _, err = s.run(t)
	assert.Equal(t, 2, code)
	require.ErrorContains(t, err, "--key")
}

func TestInterrupted(t *testing.T) {
	s := newState(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := New(&cliio.Factory{IO: &cliio.IO{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, HomeFlag: s.home})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(nil)
	require.ErrorIs(t, cmd.ExecuteContext(ctx), context.Canceled)
}

var changing = regexp.MustCompile(`("(?:directory|file|root|expected|found|checked_at|covers_until|time|message|reason|summary)": )"(?:[^"\\]|\\.)*"|("(?:seconds|records_per_second|bytes|age_seconds|offset)": )[0-9.e+-]+`)

// vouched has a witness cosign the newest checkpoint, and an authority timestamp it,
// and returns the options that make verify look at that.
func (s state) vouched(t *testing.T) []string {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "w.example/a")
	require.NoError(t, err)
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	require.NoError(t, err)
	text, _, _ := bytes.Cut(s.note, []byte("\n\n"))
	signed, err := note.Sign(&note.Note{Text: string(text) + "\n"}, signer)
	require.NoError(t, err)
	authority := tokentest.New(t)
	c, err := auditlog.ParseCheckpoint(s.note)
	require.NoError(t, err)
	receipts := anchor.NewReceipts(s.audit, 0)
	require.NoError(t, receipts.Add("witness", c, signed[len(text)+2:]))
	require.NoError(t, receipts.Add("tsa", c, authority.Token(t, s.note, time.Now())))
	require.NoError(t, receipts.Add("disk", c, nil))
	vkey, err = fnote.VKeyToCosignatureV1(vkey)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "vkey")
	require.NoError(t, os.WriteFile(file, []byte(vkey+"\n"), 0o600))
	return []string{"--witness", file, "--tsa-ca", authority.RootsFile}
}

// What others signed lies in the log's own receipts, and counts.
func TestOthersVouch(t *testing.T) {
	s := newState(t)
	args := s.vouched(t)
	for _, some := range [][]string{args, args[:2], args[2:]} {
		code, out, err := s.run(t, some...)
		require.NoError(t, err)
		assert.Zero(t, code, out)
		assert.Contains(t, out, "of 32 records by ")
	}
	vkey, err := os.ReadFile(args[1])
	require.NoError(t, err)
	code, _, _ := s.run(t, "--witness", strings.TrimSpace(string(vkey)))
	assert.Zero(t, code, "the key itself")

	for want, wrong := range map[string][]string{
		"agent-telemetry witness vkey": {"--witness", "a+b+c"},
		"nor a file":                   {"--witness", filepath.Join(s.home, "none")},
		"no PEM certificate":           {"--tsa-ca", args[1]},
		"--tsa-ca":                     {"--tsa-ca", filepath.Join(s.home, "none")},
		"(give --witness":              {"--receipts", s.audit},
		"private key":                  {"--witness", "PRIVATE+KEY+a+b+c"},
	} {
		code, _, err := s.run(t, wrong...)
		assert.Equal(t, 2, code)
		require.ErrorContains(t, err, want)
	}
	s.damage(t)
	code, _, _ = s.run(t, args...)
	assert.Equal(t, 1, code)
}

// The JSON is a contract: its names and their order.
func TestJSON(t *testing.T) {
	for _, name := range []string{"verified", "tampered", "evidence"} {
		t.Run(name, func(t *testing.T) {
			s := newState(t)
			args := []string{"--json", "--anchor", s.anchor, "--key", s.key}
			switch name {
			case "tampered":
				s.damage(t)
			case "evidence":
				args = append(args[:1], append(s.vouched(t), "--key", s.key)...)
			}
			_, out, _ := s.run(t, args...)
			require.True(t, json.Valid([]byte(out)))
			got := changing.ReplaceAllString(strings.ReplaceAll(out, filepath.Dir(s.anchor)+"/", ""), `$1$2"…"`)
			golden := filepath.Join("testdata", name+".json")
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// What a forged record says of itself does no harm to a terminal.
func TestForgedTextIsCleaned(t *testing.T) {
	s := newState(t)
	f, err := os.OpenFile(filepath.Join(s.audit, "\x1b[31mred"), os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, os.Rename(f.Name(), filepath.Join(s.audit, "\x1b[31m.jsonl")))
	code, out, _ := s.run(t)
	assert.Equal(t, 1, code)
	assert.NotContains(t, out, "\x1b")
}
