package witness

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/agent-telemetry/agent-telemetry/internal/witness"
)

// serve listens until ctx ends.
func (o *options) serve(ctx context.Context, w *witness.Witness, c *config, conf *tls.Config, logger *slog.Logger) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (choose another address with --listen)", c.Listen, err)
	}
	if conf == nil && exposed(c.Listen) {
		logger.Warn("Other machines can reach this witness, and without TLS: what goes both ways is signed, but not private.", "listen", c.Listen)
	}
	if err := o.announce(w, l, conf != nil, len(c.Logs)); err != nil {
		return errors.Join(fmt.Errorf("say where it listens: %w", err), l.Close())
	}
	return w.Serve(ctx, l, conf, c.RequestsPerSecond)
}
