package prove

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

type setup struct{ home, key, anchor string }

func newSetup(t *testing.T) setup {
	t.Helper()
	s := setup{home: t.TempDir(), key: filepath.Join(t.TempDir(), "key"), anchor: filepath.Join(t.TempDir(), "anchor")}
	w, err := logfixture.New(logfixture.Options{Dir: filepath.Join(s.home, "audit"), SegmentRecords: 10})
	require.NoError(t, err)
	require.NoError(t, w.Lifecycle("start"))
	require.NoError(t, w.NextEpoch())
	for i := range 20 {
		require.NoError(t, w.Event("s", i+1))
	}
	note, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(s.anchor, note, 0o600))
	for i := range 20 {
		require.NoError(t, w.Event("s", i+21))
	}
	_, err = w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(s.key, []byte(w.VKey+"\n"), 0o600))
	return s
}

func (s setup) run(t *testing.T, in io.Reader, args ...string) (code int, out string, err error) {
	t.Helper()
	var o bytes.Buffer
	cmd := New(&cliio.Factory{IO: &cliio.IO{In: in, Out: &o, Err: &bytes.Buffer{}}, HomeFlag: s.home})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(t.Context())
	var exit *cliio.ExitError
	if errors.As(err, &exit) {
		return exit.Code, o.String(), exit.Err
	}
	return 0, o.String(), err
}

func TestProveAndCheck(t *testing.T) {
	s := newSetup(t)
	file := filepath.Join(t.TempDir(), "proof.json")
	code, out, err := s.run(t, nil, "--seq", "17", "--key", s.key, "--out", file)
	require.NoError(t, err)
	assert.Zero(t, code)
	assert.Contains(t, out, "prove --check proof.json --key KEY")

	// Elsewhere: no state directory, no log.
	elsewhere := setup{home: t.TempDir()}
	code, out, err = elsewhere.run(t, nil, "--check", file, "--key", s.key)
	require.NoError(t, err)
	assert.Zero(t, code)
	assert.Contains(t, out, "✓ The proof holds")
	assert.Contains(t, out, "seq        17")

	_, out, err = s.run(t, nil, "--seq", "17", "--key", s.key)
	require.NoError(t, err)
	code, out, err = elsewhere.run(t, strings.NewReader(out), "--check", "-", "--key", s.key, "--json")
	require.NoError(t, err)
	assert.Zero(t, code)
	var got checked
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	assert.True(t, got.Holds)
	assert.Equal(t, int64(42), got.TreeSize)
	assert.Equal(t, int64(1), got.Epoch)
	assert.True(t, json.Valid(got.Record))

	// Against an anchor.
	_, out, err = s.run(t, nil, "--seq", "17", "--key", s.key, "--checkpoint", s.anchor)
	require.NoError(t, err)
	p, err := auditverify.ParseProof(strings.NewReader(out))
	require.NoError(t, err)
	assert.Equal(t, int64(22), p.TreeSize)

	p.Seq++
	text, err := json.Marshal(p)
	require.NoError(t, err)
	code, out, _ = elsewhere.run(t, bytes.NewReader(text), "--check", "-", "--key", s.key)
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "✗ the proof does not hold")
	code, out, _ = elsewhere.run(t, bytes.NewReader(text), "--check", "-", "--key", s.key, "--json")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, `"holds": false`)
}

func TestCannot(t *testing.T) {
	s := newSetup(t)
	file := filepath.Join(t.TempDir(), "x")
	require.NoError(t, os.WriteFile(file, []byte("{}"), 0o600))
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no key for a check":  {[]string{"--check", file}, 2, "needs --key"},
		"no proof":            {[]string{"--check", file, "--key", s.key}, 2, "not an inclusion proof"},
		"no file":             {[]string{"--check", "/nonexistent", "--key", s.key}, 2, "no such file"},
		"no key for a proof":  {[]string{"--seq", "1"}, 2, "--key"},
		"a key that is none":  {[]string{"--seq", "1", "--key", file}, 2, "verification key"},
		"not covered":         {[]string{"--seq", "42", "--key", s.key}, 2, "no checkpoint covers the record yet: the newest one is of 42 records (one is written within a second"},
		"below 0":             {[]string{"--seq", "-3", "--key", s.key}, 2, "--seq"},
		"another log":         {[]string{"--seq", "1", "--key", s.key, "--origin", "agent-telemetry/x"}, 2, "origin"},
		"anchor is too small": {[]string{"--seq", "30", "--key", s.key, "--checkpoint", s.anchor}, 2, "above size 30"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, err := s.run(t, nil, tt.args...)
			assert.Equal(t, tt.code, code)
			require.ErrorContains(t, err, tt.says)
		})
	}
	for _, args := range [][]string{nil, {"--seq", "1", "--check", "x"}, {"--check", "x", "--dir", "y"}} {
		_, _, err := s.run(t, nil, args...)
		require.Error(t, err)
	}
	path := filepath.Join(s.home, "audit", "00000000.jsonl")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(text, []byte("main.go"), []byte("evil.go"), 1), 0o600))
	code, _, err := s.run(t, nil, "--seq", "17", "--key", s.key)
	assert.Equal(t, 1, code)
	require.ErrorContains(t, err, "run agent-telemetry verify")
}
