package https

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/cosignature"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Endpoint is the anchor.
type Endpoint struct {
	url       string
	client    *post.Client
	cosigners []note.Verifier
}

// New makes the anchor. It connects to nothing yet.
func New(ctx context.Context, c *Config, s anchor.Settings) (*Endpoint, error) {
	cosigners, err := c.verifiers()
	if err != nil {
		return nil, err
	}
	client, err := post.New(ctx, &c.Post, s)
	if err != nil {
		return nil, err
	}
	return &Endpoint{url: c.Post.ClientConfig.Endpoint, client: client, cosigners: cosigners}, nil
}

// Anchor posts the checkpoint. The receipt is the answer's signature lines; an
// answer that is something else has none.
func (e *Endpoint) Anchor(ctx context.Context, c auditlog.Checkpoint) (receipt []byte, retry bool, err error) {
	answer, err := e.client.Do(ctx, e.url, "text/plain; charset=utf-8", c.Note, cosignature.MaxBytes)
	if err != nil {
		return nil, true, err
	}
	if retry, err := answer.Err(); err != nil {
		return nil, retry, err
	}
	receipt, err = cosignature.Verify(c, answer.Body, e.cosigners)
	switch {
	case err == nil:
		return receipt, false, nil
	case len(e.cosigners) == 0 && errors.Is(err, cosignature.ErrForm):
		return nil, false, nil
	default:
		return nil, true, fmt.Errorf("check the answer: %w", err)
	}
}

// Close closes idle connections.
func (e *Endpoint) Close() error { return e.client.Close() }
