package witness

import (
	"errors"

	fnote "github.com/transparency-dev/formats/note"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/post"
)

// Config of a witness as an anchor.
type Config struct {
	// Post is the endpoint (the witness's submission prefix, to which
	// /add-checkpoint is added), the HTTP client's settings and bearer_token.
	// Plain http is allowed when nothing secret is sent: what goes both ways is
	// signed.
	Post post.Config `mapstructure:",squash"`
	// VKey is the witness's verification key, as `agent-telemetry witness vkey`
	// prints it. Required.
	VKey string `mapstructure:"vkey"`
}

// NewDefaultConfig returns a Config without an endpoint.
func NewDefaultConfig() *Config { return &Config{Post: post.NewDefaultConfig()} }

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	faults := []error{c.Post.Check(true)}
	if c.VKey == "" {
		faults = append(faults, errors.New("vkey: must be set: what `agent-telemetry witness vkey` prints on the witness's machine"))
	} else if _, err := fnote.NewVerifierForCosignatureV1(c.VKey); err != nil {
		faults = append(faults, errors.New("vkey: must be a verification key as `agent-telemetry witness vkey` prints it"))
	}
	return errors.Join(faults...)
}
