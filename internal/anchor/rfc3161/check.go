package rfc3161

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" //nolint:gosec // named in old tokens
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// expected is what an answer has to have.
type expected struct {
	imprint []byte   // SHA-256
	nonce   *big.Int // nil when the token is checked later
	policy  asn1.ObjectIdentifier
	roots   *x509.CertPool // nil: any
}

var (
	errImprint = errors.New("the token is for another hash")
	errNonce   = errors.New("the token has another nonce: it answers another request")
	errPolicy  = errors.New("the token is under another policy")
	errSigner  = errors.New("the token has no single signer with a certificate")
	errPurpose = errors.New("the signer's certificate is not for timestamping alone")
	errNamed   = errors.New("the signature names another certificate than the signer's")
)

// oids of the signed attributes that name the signer's certificate.
var (
	oidSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidExtKeyUsage          = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// check reads a response and returns its token when it is sound.
func check(response []byte, want expected) ([]byte, error) {
	ts, err := parseResponse(response)
	if err != nil {
		return nil, err
	}
	switch {
	case ts.HashAlgorithm != crypto.SHA256 || !bytes.Equal(ts.HashedMessage, want.imprint):
		return nil, errImprint
	case want.nonce != nil && (ts.Nonce == nil || ts.Nonce.Cmp(want.nonce) != 0):
		return nil, errNonce
	case want.policy != nil && !ts.Policy.Equal(want.policy):
		return nil, errPolicy
	}
	p7, err := pkcs7.Parse(ts.RawToken)
	if err != nil {
		return nil, fmt.Errorf("read the token: %w", err)
	}
	signer := p7.GetOnlySigner()
	if signer == nil {
		return nil, errSigner
	}
	if !forTimestamping(signer) {
		return nil, errPurpose
	}
	if err := named(p7, signer); err != nil {
		return nil, err
	}
	if want.roots == nil {
		return ts.RawToken, nil // the signature was checked when it was read
	}
	opts := x509.VerifyOptions{
		Roots: want.roots, Intermediates: x509.NewCertPool(), CurrentTime: ts.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	for _, c := range p7.Certificates {
		opts.Intermediates.AddCert(c)
	}
	if _, err := signer.Verify(opts); err != nil {
		return nil, fmt.Errorf("the signer's certificate: %w", err)
	}
	return ts.RawToken, nil
}

// parseResponse reads a response and checks its status and signature. The
// library was not made for a hostile server: a panic in it is an error here.
func parseResponse(response []byte) (ts *timestamp.Timestamp, err error) {
	defer func() {
		if r := recover(); r != nil {
			ts, err = nil, fmt.Errorf("read the response: %v", r)
		}
	}()
	ts, err = timestamp.ParseResponse(response)
	if err != nil {
		return nil, fmt.Errorf("read the response: %w", err)
	}
	if len(ts.Certificates) == 0 {
		return nil, errSigner // without one nothing was verified
	}
	return ts, nil
}

// forTimestamping reports whether a certificate has the one critical extended
// key usage that RFC 3161 asks for.
func forTimestamping(c *x509.Certificate) bool {
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
		return false
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(oidExtKeyUsage) {
			return e.Critical
		}
	}
	return false
}

// The signed attributes SigningCertificate and SigningCertificateV2, as far as
// they are looked at.
type (
	namesV1 struct{ Certs []idV1 }
	idV1    struct {
		Hash   []byte
		Issuer asn1.RawValue `asn1:"optional"`
	}
	namesV2 struct{ Certs []idV2 }
	idV2    struct {
		Algorithm pkix.AlgorithmIdentifier `asn1:"optional"` // SHA-256 when it is not there
		Hash      []byte
		Issuer    asn1.RawValue `asn1:"optional"`
	}
)

// named checks that the signature was made for this certificate, so that
// another one with the same key cannot be put in its place.
func named(p7 *pkcs7.PKCS7, signer *x509.Certificate) error {
	var v2 namesV2
	if err := p7.UnmarshalSignedAttribute(oidSigningCertificateV2, &v2); err == nil && len(v2.Certs) > 0 {
		hash := crypto.SHA256
		if oid := v2.Certs[0].Algorithm.Algorithm; oid != nil {
			switch {
			case oid.Equal(pkcs7.OIDDigestAlgorithmSHA256):
			case oid.Equal(pkcs7.OIDDigestAlgorithmSHA384):
				hash = crypto.SHA384
			case oid.Equal(pkcs7.OIDDigestAlgorithmSHA512):
				hash = crypto.SHA512
			default:
				return fmt.Errorf("%w: hashed by %s", errNamed, oid)
			}
		}
		return sameHash(hash, v2.Certs[0].Hash, signer)
	}
	var v1 namesV1
	if err := p7.UnmarshalSignedAttribute(oidSigningCertificate, &v1); err != nil || len(v1.Certs) == 0 {
		return fmt.Errorf("%w: it names none", errNamed)
	}
	// SHA-1 is all that this attribute has; the signature itself is not over it.
	return sameHash(crypto.SHA1, v1.Certs[0].Hash, signer)
}

func sameHash(hash crypto.Hash, want []byte, signer *x509.Certificate) error {
	h := hash.New()
	h.Write(signer.Raw)
	if !bytes.Equal(h.Sum(nil), want) {
		return errNamed
	}
	return nil
}
