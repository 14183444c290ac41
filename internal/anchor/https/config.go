package https

import (
	"errors"
	"fmt"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
)

// maxCosigners is how many cosigners there may be.
const maxCosigners = 16

// Config of an HTTPS endpoint as an anchor.
type Config struct {
	// Post is the endpoint, the HTTP client's settings and bearer_token.
	Post post.Config `mapstructure:",squash"`
	// Cosigners are the verification keys of all cosignatures that an answer must
	// have. Empty: any answer of 2xx will do.
	Cosigners []string `mapstructure:"cosigners"`
}

// NewDefaultConfig returns a Config without an endpoint.
func NewDefaultConfig() *Config { return &Config{Post: post.NewDefaultConfig()} }

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	faults := []error{c.Post.Check(false)}
	if len(c.Cosigners) > maxCosigners {
		faults = append(faults, fmt.Errorf("cosigners: %d, at most %d", len(c.Cosigners), maxCosigners))
	}
	for i, vkey := range c.Cosigners {
		if _, err := fnote.NewVerifierForCosignatureV1(vkey); err != nil {
			faults = append(faults, fmt.Errorf("cosigners[%d]: must be a verification key as `agent-telemetry witness vkey` prints it", i))
		}
	}
	return errors.Join(faults...)
}

func (c *Config) verifiers() ([]note.Verifier, error) {
	var all []note.Verifier
	for i, vkey := range c.Cosigners {
		v, err := fnote.NewVerifierForCosignatureV1(vkey)
		if err != nil {
			return nil, fmt.Errorf("cosigners[%d]: %w", i, err)
		}
		all = append(all, v)
	}
	return all, nil
}
