// Package tokentest is a time-stamping authority for tests.
package tokentest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/stretchr/testify/require"
)

// Authority is a TSA: a root, and a certificate under it.
type Authority struct {
	Root, Cert *x509.Certificate
	RootsFile  string // PEM
	key        *ecdsa.PrivateKey
}

// Usage is the key usage that such a certificate has to have.
func Usage() pkix.Extension {
	return pkix.Extension{
		Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
		Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08},
	}
}

// New makes an authority whose certificates are good for an hour around now.
func New(t testing.TB) Authority { return Make(t, Usage()) }

// Make makes such an authority with another key usage.
func Make(t testing.TB, usage pkix.Extension) Authority {
	t.Helper()
	newKey := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		return k
	}
	rootKey, key := newKey(), newKey()
	now := time.Now()
	certificate := func(template, parent *x509.Certificate, public *ecdsa.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
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
	a := Authority{key: key}
	a.Root = certificate(template, template, &rootKey.PublicKey, rootKey)
	a.Cert = certificate(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Test TSA"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: []pkix.Extension{usage},
	}, a.Root, &key.PublicKey, rootKey)
	a.RootsFile = filepath.Join(t.TempDir(), "roots.pem")
	require.NoError(t, os.WriteFile(a.RootsFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}), 0o600))
	return a
}

// Stamp answers a query after change, if any, had its way with the timestamp.
func (a Authority) Stamp(t testing.TB, query []byte, change func(*timestamp.Timestamp)) []byte {
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
	b, err := ts.CreateResponseWithOpts(a.Cert, a.key, crypto.SHA256)
	require.NoError(t, err)
	return b
}

// Token returns a token for data of the given time.
func (a Authority) Token(t testing.TB, data []byte, at time.Time) []byte {
	t.Helper()
	h := crypto.SHA256.New()
	h.Write(data)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: h.Sum(nil), Certificates: true}).Marshal()
	require.NoError(t, err)
	ts, err := timestamp.ParseResponse(a.Stamp(t, query, func(ts *timestamp.Timestamp) { ts.Time = at.UTC() }))
	require.NoError(t, err)
	return ts.RawToken
}

// Pool returns the authority's root as a pool.
func (a Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.Root)
	return p
}
