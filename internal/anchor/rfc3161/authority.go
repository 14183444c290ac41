package rfc3161

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/digitorus/timestamp"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken"
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
	token, err := a.check(answer.Body, c.Note, nonce)
	if err != nil {
		// Another answer may be sound; the next attempt has another nonce.
		return nil, true, fmt.Errorf("check the timestamp: %w", err)
	}
	return token, false, nil
}

var (
	errNonce  = errors.New("the token has another nonce: it answers another request")
	errPolicy = errors.New("the token is under another policy")
)

// check returns the token of a response when it is sound and answers the request.
func (a *Authority) check(response, note []byte, nonce *big.Int) ([]byte, error) {
	token, err := timestamptoken.CheckResponse(response, note, a.roots)
	switch {
	case err != nil:
		return nil, err
	case token.Nonce == nil || token.Nonce.Cmp(nonce) != 0:
		return nil, errNonce
	case a.policy != nil && !token.Policy.Equal(a.policy):
		return nil, errPolicy
	}
	return token.DER, nil
}

// Close closes idle connections.
func (a *Authority) Close() error { return a.client.Close() }
