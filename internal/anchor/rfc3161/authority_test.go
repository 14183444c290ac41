package rfc3161

import (
	"crypto/sha256"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken/tokentest"
)

func serveAs(t *testing.T, a tokentest.Authority, change func(*timestamp.Timestamp)) *Config {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		query, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", replyType)
		_, _ = w.Write(a.Stamp(t, query, change))
	})
}

func serve(t *testing.T, h http.HandlerFunc) *Config {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := NewDefaultConfig()
	c.Post.ClientConfig.Endpoint = s.URL
	return c
}

func stampOf(t *testing.T, c *Config, cp auditlog.Checkpoint) ([]byte, bool, error) {
	t.Helper()
	require.NoError(t, c.Validate())
	a, err := New(t.Context(), c, anchortest.Settings(t.TempDir()))
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	return a.Anchor(t.Context(), cp)
}

func aCheckpoint(t testing.TB) auditlog.Checkpoint {
	return anchortest.NewSigner(t, 0).Checkpoint(t, 3, anchortest.NewTree("a", 3).Root(3))
}

func TestATokenThatOthersVerify(t *testing.T) {
	a := tokentest.New(t)
	c := serveAs(t, a, nil)
	c.RootsFile, c.Policy = a.RootsFile, "1.2.3.4.1"
	cp := aCheckpoint(t)
	token, _, err := stampOf(t, c, cp)
	require.NoError(t, err)
	opensslVerifies(t, a.RootsFile, cp.Note, token)
}

// opensslVerifies has the token checked by a program that is not ours.
func opensslVerifies(t *testing.T, roots string, note, token []byte) {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "note"), note, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), token, 0o600))
	cmd := exec.CommandContext(t.Context(), openssl, "ts", "-verify", "-data", "note", "-in", "token", "-token_in", "-CAfile", roots)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "Verification: OK")
}

func TestAnswersThatAreNotTaken(t *testing.T) {
	a, stranger := tokentest.New(t), tokentest.New(t)
	soft := tokentest.Usage()
	soft.Critical = false
	for name, tc := range map[string]struct {
		by     tokentest.Authority
		change func(*timestamp.Timestamp)
		policy string
		err    string
	}{
		"another hash":          {a, func(ts *timestamp.Timestamp) { ts.HashedMessage = make([]byte, sha256.Size) }, "", "another hash"},
		"another nonce":         {a, func(ts *timestamp.Timestamp) { ts.Nonce = big.NewInt(7) }, "", "another nonce"},
		"no nonce":              {a, func(ts *timestamp.Timestamp) { ts.Nonce = nil }, "", "another nonce"},
		"no certificate":        {a, func(ts *timestamp.Timestamp) { ts.AddTSACertificate = false }, "", "no single signer"},
		"another policy":        {a, nil, "1.2.3", "another policy"},
		"another root":          {stranger, nil, "", "signer's certificate"},
		"not for that alone":    {tokentest.Make(t, soft), nil, "", "not for timestamping alone"},
		"after the certificate": {a, func(ts *timestamp.Timestamp) { ts.Time = time.Now().Add(48 * time.Hour).UTC() }, "", "signer's certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			c := serveAs(t, tc.by, tc.change)
			c.RootsFile, c.Policy = a.RootsFile, tc.policy
			_, retry, err := stampOf(t, c, aCheckpoint(t))
			require.ErrorContains(t, err, tc.err)
			assert.True(t, retry)
		})
	}
	t.Run("refused", func(t *testing.T) {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			b, _ := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.TimeNotAvailable)
			w.Header().Set("Content-Type", replyType)
			_, _ = w.Write(b)
		})
		_, retry, err := stampOf(t, c, aCheckpoint(t))
		require.ErrorContains(t, err, "read the response")
		assert.True(t, retry)
	})
	t.Run("no authority", func(t *testing.T) {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })
		_, _, err := stampOf(t, c, aCheckpoint(t))
		require.ErrorContains(t, err, "it is \"text/html")
	})
}

func TestWithoutRootsAnyAuthorityWillDo(t *testing.T) {
	a := tokentest.New(t)
	token, _, err := stampOf(t, serveAs(t, a, nil), aCheckpoint(t))
	require.NoError(t, err)
	assert.NotEmpty(t, token)
}

func TestConfig(t *testing.T) {
	c := NewDefaultConfig()
	c.Policy = "a.b"
	err := c.Validate()
	require.ErrorContains(t, err, "endpoint: must be set")
	require.ErrorContains(t, err, "policy: must be an OID")
	c.Policy, c.Post.ClientConfig.Endpoint = "", "http://tsa.example/"
	require.NoError(t, c.Validate(), "answers are signed")
	c.Post.BearerToken = "x"
	require.ErrorContains(t, c.Validate(), "endpoint: must be https")
	c.RootsFile = filepath.Join(t.TempDir(), "none")
	_, err = New(t.Context(), c, anchortest.Settings(""))
	require.ErrorContains(t, err, "ca_file: ")
}
