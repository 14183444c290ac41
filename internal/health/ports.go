package health

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	psnet "github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"

	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// PortFree returns nil when a program can listen on the port of 127.0.0.1.
func PortFree(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // at once
	if err != nil {
		return err
	}
	return l.Close()
}

// PortsFree names every port that is taken, who has it, and how to move ours.
func PortsFree(ports []stack.Port) error {
	var faults []error
	for _, p := range ports {
		if err := PortFree(p.Number); err != nil {
			faults = append(faults, fmt.Errorf("port %d, for %s, cannot be used: %s; use another one with %s or $%s", p.Number, p.Use, blame(p.Number, err), p.Flag, p.Env))
		}
	}
	return errors.Join(faults...)
}

// blame says who listens on a port, as far as this user may know.
func blame(port int, err error) string {
	pid, name := Listener(port)
	switch {
	case name != "":
		return fmt.Sprintf("%s (process %d) listens on it", name, pid)
	case pid != 0:
		return fmt.Sprintf("process %d listens on it", pid)
	default:
		return err.Error()
	}
}

// Listener returns who listens on a TCP port of this machine; 0 and "" when
// that cannot be known.
func Listener(port int) (pid int, name string) {
	conns, err := psnet.Connections("tcp")
	if err != nil {
		return 0, ""
	}
	for _, c := range conns {
		if c.Status != "LISTEN" || int(c.Laddr.Port) != port || c.Pid == 0 {
			continue
		}
		p, err := process.NewProcess(c.Pid)
		if err == nil {
			name, err = p.Name()
		}
		if err != nil {
			name = ""
		}
		return int(c.Pid), name
	}
	return 0, ""
}
