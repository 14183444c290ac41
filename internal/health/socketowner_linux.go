package health

import (
	"context"
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// SocketOwner returns the process that listens on the collector's socket, as the
// kernel knows it; 0 where the kernel does not tell.
func SocketOwner(ctx context.Context, home statedir.Dir) (pid int, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", home.Socket())
	if err != nil {
		return 0, fmt.Errorf("reach the collector's socket: %w", err)
	}
	defer conn.Close()                             //nolint:errcheck // nothing was sent
	raw, err := conn.(*net.UnixConn).SyscallConn() //nolint:forcetypeassert // what "unix" dials
	if err != nil {
		return 0, fmt.Errorf("ask who listens on the socket: %w", err)
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) { cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err == nil {
		err = credErr
	}
	if err != nil {
		return 0, fmt.Errorf("ask who listens on the socket: %w", err)
	}
	return int(cred.Pid), nil
}
