package rfc3161

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
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
)

// authority is a TSA made for a test: a root, and a certificate under it.
type authority struct {
	root, cert *x509.Certificate
	key        *ecdsa.PrivateKey
	rootsFile  string
}

var timestampingUsage = pkix.Extension{
	Id: oidExtKeyUsage, Critical: true,
	Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08},
}

func newAuthority(t testing.TB, usage pkix.Extension) authority {
	t.Helper()
	newKey := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		return k
	}
	rootKey, key := newKey(), newKey()
	now := time.Now()
	make := func(template, parent *x509.Certificate, public *ecdsa.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
		template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
		require.NoError(t, err)
		c, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		return c
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Root"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a := authority{key: key}
	a.root = make(template, template, &rootKey.PublicKey, rootKey)
	a.cert = make(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Test TSA"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: []pkix.Extension{usage},
	}, a.root, &key.PublicKey, rootKey)
	a.rootsFile = filepath.Join(t.TempDir(), "roots.pem")
	require.NoError(t, os.WriteFile(a.rootsFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw}), 0o600))
	return a
}

// stamp answers a query after change had its way with the timestamp.
func (a authority) stamp(t testing.TB, query []byte, change func(*timestamp.Timestamp)) []byte {
	t.Helper()
	req, err := timestamp.ParseRequest(query)
	require.NoError(t, err)
	ts := &timestamp.Timestamp{
		HashAlgorithm: req.HashAlgorithm, HashedMessage: req.HashedMessage, Nonce: req.Nonce,
		Time: time.Now().UTC(), Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 1}, AddTSACertificate: req.Certificates,
		Accuracy: time.Second,
	}
	if change != nil {
		change(ts)
	}
	b, err := ts.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	require.NoError(t, err)
	return b
}

func (a authority) serve(t *testing.T, change func(*timestamp.Timestamp)) *Config {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		query, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", replyType)
		_, _ = w.Write(a.stamp(t, query, change))
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
	a := newAuthority(t, timestampingUsage)
	c := a.serve(t, nil)
	c.RootsFile, c.Policy = a.rootsFile, "1.2.3.4.1"
	cp := aCheckpoint(t)
	token, _, err := stampOf(t, c, cp)
	require.NoError(t, err)
	opensslVerifies(t, a.rootsFile, cp.Note, token)
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
	a, stranger := newAuthority(t, timestampingUsage), newAuthority(t, timestampingUsage)
	soft := timestampingUsage
	soft.Critical = false
	for name, tc := range map[string]struct {
		by     authority
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
		"not for that alone":    {newAuthority(t, soft), nil, "", "not for timestamping alone"},
		"after the certificate": {a, func(ts *timestamp.Timestamp) { ts.Time = time.Now().Add(48 * time.Hour).UTC() }, "", "signer's certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			c := tc.by.serve(t, tc.change)
			c.RootsFile, c.Policy = a.rootsFile, tc.policy
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
	a := newAuthority(t, timestampingUsage)
	token, _, err := stampOf(t, a.serve(t, nil), aCheckpoint(t))
	require.NoError(t, err)
	assert.NotEmpty(t, token)
}

func TestNoByteOfATokenCanBeChanged(t *testing.T) {
	a := newAuthority(t, timestampingUsage)
	cp := aCheckpoint(t)
	imprint := sha256.Sum256(cp.Note)
	roots := x509.NewCertPool()
	roots.AddCert(a.root)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: imprint[:], Certificates: true, Nonce: big.NewInt(5)}).Marshal()
	require.NoError(t, err)
	response := a.stamp(t, query, nil)
	want := expected{imprint: imprint[:], nonce: big.NewInt(5), roots: roots}
	sound, err := check(response, want)
	require.NoError(t, err)
	taken := 0
	for i := range response {
		changed := append([]byte(nil), response...)
		changed[i] ^= 1
		if token, err := check(changed, want); err == nil {
			// Bytes that nothing signs, such as the version of a structure: what
			// the token says is the same.
			taken++
			ts, err := timestamp.Parse(token)
			require.NoError(t, err)
			orig, err := timestamp.Parse(sound)
			require.NoError(t, err)
			assert.Equal(t, orig.HashedMessage, ts.HashedMessage)
			assert.Equal(t, orig.Time, ts.Time)
		}
	}
	assert.Less(t, taken, len(response)/20)
}

func FuzzCheck(f *testing.F) {
	a := newAuthority(f, timestampingUsage)
	imprint := sha256.Sum256([]byte("x"))
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: imprint[:], Certificates: true, Nonce: big.NewInt(5)}).Marshal()
	require.NoError(f, err)
	f.Add(a.stamp(f, query, nil))
	f.Add([]byte{0x30, 0x03, 0x30, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, response []byte) {
		token, err := check(response, expected{imprint: imprint[:]})
		if err == nil && len(token) == 0 {
			t.Fatal("sound, and empty")
		}
	})
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

// An answer that is nested as deeply as its length allows costs no more than a
// moment.
func TestADeeplyNestedAnswerEndsSoon(t *testing.T) {
	inner := []byte{}
	for len(inner) < maxAnswerBytes-200 {
		var err error
		inner, err = asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: inner})
		require.NoError(t, err)
	}
	status, err := asn1.Marshal(struct{ Status int }{0})
	require.NoError(t, err)
	response, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: append(status, inner...)})
	require.NoError(t, err)
	began := time.Now()
	_, err = check(response, expected{imprint: make([]byte, sha256.Size)})
	require.Error(t, err)
	assert.Less(t, time.Since(began), 10*time.Second)
	t.Log(time.Since(began), err)
}
