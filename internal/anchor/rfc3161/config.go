package rfc3161

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
)

// maxRootsBytes is the longest ca_file.
const maxRootsBytes = 1 << 20

// Config of a time-stamping authority as an anchor.
type Config struct {
	// Post is the endpoint and the HTTP client's settings. Plain http is allowed:
	// what comes back is signed.
	Post post.Config `mapstructure:",squash"`
	// RootsFile holds the authority's root certificates, PEM. Without it any
	// authority's signature will do, and who it was is for the auditor to judge.
	RootsFile string `mapstructure:"ca_file"`
	// Policy is the OID of the policy to ask for. Default: the authority's own.
	Policy string `mapstructure:"policy"`
}

// NewDefaultConfig returns a Config without an endpoint.
func NewDefaultConfig() *Config { return &Config{Post: post.NewDefaultConfig()} }

// Validate reports all faults of the configuration. It does not read files.
func (c *Config) Validate() error {
	_, err := c.policy()
	return errors.Join(c.Post.Check(true), err)
}

func (c *Config) policy() (asn1.ObjectIdentifier, error) {
	if c.Policy == "" {
		return nil, nil
	}
	var oid asn1.ObjectIdentifier
	for arc := range strings.SplitSeq(c.Policy, ".") {
		n, err := strconv.ParseUint(arc, 10, 31)
		if err != nil {
			return nil, errors.New("policy: must be an OID such as 1.2.3.4.1")
		}
		oid = append(oid, int(n))
	}
	if _, err := asn1.Marshal(oid); err != nil {
		return nil, errors.New("policy: must be an OID such as 1.2.3.4.1")
	}
	return oid, nil
}

func (c *Config) roots() (*x509.CertPool, error) {
	if c.RootsFile == "" {
		return nil, nil
	}
	info, err := os.Stat(c.RootsFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxRootsBytes {
		return nil, fmt.Errorf("ca_file: %s: must be a file of at most %d bytes", c.RootsFile, maxRootsBytes)
	}
	pem, err := os.ReadFile(c.RootsFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s: has no certificate", c.RootsFile)
	}
	return pool, nil
}
