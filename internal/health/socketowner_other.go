//go:build !linux

package health

import (
	"context"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// SocketOwner returns 0: this system does not tell who listens on a socket.
func SocketOwner(context.Context, statedir.Dir) (pid int, err error) { return 0, nil }
