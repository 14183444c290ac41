package stack

import (
	"io/fs"
	"path/filepath"
	"testing"

	psnet "github.com/shirou/gopsutil/v4/net"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// requireLoopbackOnly checks every socket on which the process listens.
func requireLoopbackOnly(t *testing.T, pid int) {
	t.Helper()
	conns, err := psnet.ConnectionsPid("inet", int32(pid))
	require.NoError(t, err)
	n := 0
	for _, c := range conns {
		if c.Status == "LISTEN" {
			n++
			require.Equal(t, "127.0.0.1", c.Laddr.IP, "port %d", c.Laddr.Port)
		}
	}
	require.Equal(t, 2, n, "HTTP and gRPC, nothing else")
}

// requireInside checks that Loki's data lies in its directory.
func requireInside(t *testing.T, home statedir.Dir) {
	t.Helper()
	n := 0
	require.NoError(t, filepath.WalkDir(home.Loki(), func(_ string, _ fs.DirEntry, err error) error {
		n++
		return err
	}))
	require.Greater(t, n, 5)
}
