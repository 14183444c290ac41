// Package timestamptoken checks the tokens of time-stamping authorities (RFC 3161,
// in CMS): one signer whose certificate is for timestamping alone and is the one
// that the signature names, a sound signature, and with roots that the certificate
// chains to one of them at the time of the token. Revocation is not looked up.
package timestamptoken

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" //nolint:gosec // named in old tokens
	"crypto/sha256"
	_ "crypto/sha512" // as above: hashes that signatures and certificates name
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// Token is a token that was found sound.
type Token struct {
	DER     []byte
	Time    time.Time
	Policy  asn1.ObjectIdentifier
	Nonce   *big.Int // nil: none
	Signer  *x509.Certificate
	Expired time.Time // when the signer's certificate ends
}

// Faults of a token. Those of reading it and of its signature have no name.
var (
	// ErrOther says that a token is for other bytes.
	ErrOther = errors.New("the token is for another hash")
	// ErrUntrusted says that no given root vouches for the signer at the token's time.
	ErrUntrusted = errors.New("the signer's certificate")

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

// CheckResponse checks the token of an authority's response, DER, as Check does.
func CheckResponse(response, data []byte, roots *x509.CertPool) (Token, error) {
	return guarded("response", func() (Token, error) {
		ts, err := timestamp.ParseResponse(response)
		if err != nil {
			return Token{}, fmt.Errorf("read the response: %w", err)
		}
		return check(ts, data, roots)
	})
}

// Check checks a token, DER, that is to be for the SHA-256 of data. Without roots
// any authority will do.
func Check(token, data []byte, roots *x509.CertPool) (Token, error) {
	return guarded("token", func() (Token, error) {
		ts, err := timestamp.Parse(token)
		if err != nil {
			return Token{}, fmt.Errorf("read the token: %w", err)
		}
		return check(ts, data, roots)
	})
}

// guarded makes an error of a panic: the libraries were not made for hostile input.
func guarded(what string, f func() (Token, error)) (t Token, err error) {
	defer func() {
		if r := recover(); r != nil {
			t, err = Token{}, fmt.Errorf("read the %s: %v", what, r)
		}
	}()
	return f()
}

// check checks what was parsed. Its signature was checked then, if it has a
// certificate.
func check(ts *timestamp.Timestamp, data []byte, roots *x509.CertPool) (Token, error) {
	if len(ts.Certificates) == 0 {
		return Token{}, errSigner // without one nothing was verified
	}
	imprint := sha256.Sum256(data)
	if ts.HashAlgorithm != crypto.SHA256 || !bytes.Equal(ts.HashedMessage, imprint[:]) {
		return Token{}, ErrOther
	}
	p7, err := pkcs7.Parse(ts.RawToken)
	if err != nil {
		return Token{}, fmt.Errorf("read the token: %w", err)
	}
	signer := p7.GetOnlySigner()
	if signer == nil {
		return Token{}, errSigner
	}
	if !forTimestamping(signer) {
		return Token{}, errPurpose
	}
	if err := named(p7, signer); err != nil {
		return Token{}, err
	}
	t := Token{DER: ts.RawToken, Time: ts.Time, Policy: ts.Policy, Nonce: ts.Nonce, Signer: signer, Expired: signer.NotAfter}
	if roots == nil {
		return t, nil
	}
	opts := x509.VerifyOptions{
		Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: ts.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	for _, c := range p7.Certificates {
		opts.Intermediates.AddCert(c)
	}
	if _, err := signer.Verify(opts); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return t, nil
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
