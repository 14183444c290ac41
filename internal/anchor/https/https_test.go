package https

import (
	"crypto/rand"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// serve starts an HTTPS server and returns a Config that trusts it.
func serve(t *testing.T, h http.HandlerFunc) *Config {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	c := NewDefaultConfig()
	c.Post.ClientConfig.Endpoint = s.URL + "/anchor"
	c.Post.ClientConfig.TLS.CAFile = ca
	return c
}

func anchorAt(t *testing.T, c *Config, cp auditlog.Checkpoint) (receipt []byte, retry bool, err error) {
	t.Helper()
	require.NoError(t, c.Validate())
	e, err := New(t.Context(), c, anchortest.Settings(t.TempDir()))
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	return e.Anchor(t.Context(), cp)
}

func aCheckpoint(t *testing.T) auditlog.Checkpoint {
	return anchortest.NewSigner(t, 0).Checkpoint(t, 3, anchortest.NewTree("a", 3).Root(3))
}

func newCosigner(t *testing.T, name string) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	require.NoError(t, err)
	s, err := fnote.NewSignerForCosignatureV1(skey)
	require.NoError(t, err)
	v, err := fnote.VKeyToCosignatureV1(vkey)
	require.NoError(t, err)
	return s, v
}

// cosign returns the signature lines that the signers add.
func cosign(t *testing.T, c auditlog.Checkpoint, by ...note.Signer) string {
	t.Helper()
	text, _, _ := strings.Cut(string(c.Note), "\n\n")
	signed, err := note.Sign(&note.Note{Text: text + "\n"}, by...)
	require.NoError(t, err)
	_, lines, _ := strings.Cut(string(signed), "\n\n")
	return lines
}

func TestPostsTheNote(t *testing.T) {
	var body, auth string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, auth = string(b), r.Header.Get("Authorization")
		w.WriteHeader(http.StatusAccepted)
	})
	c.Post.BearerToken = "s3cret"
	cp := aCheckpoint(t)
	receipt, _, err := anchorAt(t, c, cp)
	require.NoError(t, err)
	assert.Empty(t, receipt)
	assert.Equal(t, string(cp.Note), body)
	assert.Equal(t, "Bearer s3cret", auth)
}

func TestAnswers(t *testing.T) {
	cp := aCheckpoint(t)
	known, vkey := newCosigner(t, "witness.example/1")
	stranger, _ := newCosigner(t, "witness.example/2")
	other := anchortest.NewSigner(t, 0).Checkpoint(t, 4, anchortest.NewTree("a", 4).Root(4))
	for name, tc := range map[string]struct {
		status    int
		answer    string
		cosigners []string
		receipt   string
		err       string
		final     bool
	}{
		"words":                    {200, "thank you", nil, "", "", false},
		"a long answer":            {200, strings.Repeat("x", 1<<20), nil, "", "", false},
		"cosigned":                 {200, cosign(t, cp, known), nil, "all", "", false},
		"cosigned by whom we know": {200, cosign(t, cp, known), []string{vkey}, "all", "", false},
		"cosigned by more":         {200, cosign(t, cp, known, stranger), []string{vkey}, cosign(t, cp, known), "", false},
		"not by whom we know":      {200, cosign(t, cp, stranger), []string{vkey}, "", "no valid cosignature", false},
		"cosignature of another":   {200, cosign(t, other, known), []string{vkey}, "", "no valid cosignature", false},
		"no cosignature":           {200, "thank you", []string{vkey}, "", "not note signature lines", false},
		"nothing":                  {200, "", []string{vkey}, "", "not note signature lines", false},
		"server down":              {503, "", nil, "", "answered 503 Service Unavailable", false},
		"token expired":            {401, "", nil, "", "answered 401", false},
		"refused":                  {400, "no \x1b[31m", nil, "", `answered 400 Bad Request: "no \x1b[31m"`, true},
		"conflict":                 {409, "", nil, "", "answered 409", true},
		"a redirect is no success": {302, "", nil, "", "answered 302", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "https://elsewhere.example/")
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.answer)
			})
			c.Cosigners = tc.cosigners
			receipt, retry, err := anchorAt(t, c, cp)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				assert.Equal(t, tc.final, !retry)
				return
			}
			require.NoError(t, err)
			switch tc.receipt {
			case "":
				assert.Empty(t, receipt)
			case "all":
				assert.Equal(t, tc.answer, string(receipt))
			default:
				// The time in a signature may differ by a second: compare names.
				assert.Equal(t, strings.Count(tc.receipt, "\n"), strings.Count(string(receipt), "\n"))
				assert.Contains(t, string(receipt), "— witness.example/1 ")
			}
		})
	}
}

func TestNobodyThereMayPass(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) {})
	c.Post.ClientConfig.TLS.CAFile = "" // a certificate that is not trusted
	_, retry, err := anchorAt(t, c, aCheckpoint(t))
	require.ErrorContains(t, err, "certificate")
	assert.True(t, retry)
}

func TestConfig(t *testing.T) {
	c := NewDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"endpoint": "https://x.example/a", "timeout": "3s", "bearer_token": "s3cret", "headers": map[string]any{"X-A": "b"},
		"tls": map[string]any{"min_version": "1.3"},
	}).Unmarshal(c))
	require.NoError(t, c.Validate())
	assert.Equal(t, configopaque.String("s3cret"), c.Post.BearerToken)
	for endpoint, want := range map[string]string{
		"":                       "endpoint: must be set",
		"ftp://x.example":        "endpoint: must be an http or https URL",
		"https://u:p@x.example":  "endpoint: must not hold a password",
		"http://x.example/a":     "endpoint: must be https",
		"http://127.0.0.1:1/a":   "",
		"https://x.example/a#b":  "endpoint: must have no fragment",
		"https://[::1]:1/a?t=ok": "",
		"http://u:p@x\x7f":       "endpoint: must be an http or https URL",
	} {
		c.Post.ClientConfig.Endpoint = endpoint
		if want == "" {
			require.NoError(t, c.Validate(), endpoint)
			continue
		}
		require.ErrorContains(t, c.Validate(), want, endpoint)
		assert.NotContains(t, c.Validate().Error(), "u:p")
	}
	c.Post.ClientConfig.Endpoint, c.Cosigners, c.Post.ClientConfig.Timeout = "http://x.example", []string{"x"}, 0
	err := c.Validate()
	require.ErrorContains(t, err, "endpoint: ")
	require.ErrorContains(t, err, "timeout: ")
	require.ErrorContains(t, err, "cosigners[0]: ")
}
