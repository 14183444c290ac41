package rfc3161

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"

	"github.com/digitorus/timestamp"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const (
	queryType      = "application/timestamp-query"
	replyType      = "application/timestamp-reply"
	maxAnswerBytes = 32 << 10
	nonceBits      = 64 // as others use; longer ones are not taken everywhere
)

// Authority is the anchor.
type Authority struct {
	url    string
	client *post.Client
	roots  *x509.CertPool // nil: any
	policy asn1.ObjectIdentifier
}

// New makes the anchor. It connects to nothing yet.
func New(ctx context.Context, c *Config, s anchor.Settings) (*Authority, error) {
	policy, err := c.policy()
	if err != nil {
		return nil, err
	}
	roots, err := c.roots()
	if err != nil {
		return nil, err
	}
	client, err := post.New(ctx, &c.Post, s)
	if err != nil {
		return nil, err
	}
	return &Authority{url: c.Post.ClientConfig.Endpoint, client: client, roots: roots, policy: policy}, nil
}

// Anchor has the signed note timestamped. The receipt is the token, DER.
func (a *Authority) Anchor(ctx context.Context, c auditlog.Checkpoint) (receipt []byte, retry bool, err error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), nonceBits-1))
	if err != nil {
		return nil, true, fmt.Errorf("make a nonce: %w", err)
	}
	query, err := timestamp.CreateRequest(bytes.NewReader(c.Note), &timestamp.RequestOptions{
		Hash: crypto.SHA256, Certificates: true, TSAPolicyOID: a.policy, Nonce: nonce,
	})
	if err != nil {
		return nil, false, fmt.Errorf("make the request: %w", err)
	}
	answer, err := a.client.Do(ctx, a.url, queryType, query, maxAnswerBytes)
	if err != nil {
		return nil, true, err
	}
	if retry, err := answer.Err(); err != nil {
		return nil, retry, err
	}
	if !strings.HasPrefix(answer.Type, replyType) {
		return nil, true, fmt.Errorf("read the answer: it is %q, not %s", answer.Type, replyType)
	}
	imprint := sha256.Sum256(c.Note)
	token, err := check(answer.Body, expected{imprint: imprint[:], nonce: nonce, policy: a.policy, roots: a.roots})
	if err != nil {
		// Another answer may be sound; the next attempt has another nonce.
		return nil, true, fmt.Errorf("check the timestamp: %w", err)
	}
	return token, false, nil
}

// Close closes idle connections.
func (a *Authority) Close() error { return a.client.Close() }
