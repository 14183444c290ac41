package supervise

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Role is what a process does in a stack.
type Role string

// The roles.
const (
	Supervisor Role = "supervisor"
	Collector  Role = "collector"
	Loki       Role = "loki"
	Grafana    Role = "grafana"
)

// Identity tells a process from every other, also from a later one that was
// given the same PID.
type Identity struct {
	PID   int    `json:"pid"`
	Start string `json:"start"` // opaque; differs between processes with the same PID
	Exe   string `json:"exe"`
}

// ErrNoProcess says that there is no process with a PID.
var ErrNoProcess = errors.New("no such process")

// Identify returns the identity of the live process pid of this user.
func Identify(pid int) (Identity, error) {
	if pid <= 1 {
		return Identity{}, ErrNoProcess
	}
	p, err := process.NewProcess(int32(pid)) //nolint:gosec // PIDs fit
	if err != nil {
		return Identity{}, ErrNoProcess
	}
	uids, err := p.Uids()
	if err != nil || len(uids) == 0 {
		return Identity{}, ErrNoProcess
	}
	// The real and the effective user.
	for _, uid := range uids[:min(2, len(uids))] {
		if int(uid) != os.Getuid() {
			return Identity{}, fmt.Errorf("process %d is of another user", pid)
		}
	}
	start, err := startOf(p)
	if err != nil {
		return Identity{}, err
	}
	exe, err := p.Exe()
	if err != nil {
		return Identity{}, ErrNoProcess // gone, or a zombie
	}
	// A program that was built anew meanwhile.
	return Identity{PID: pid, Start: start, Exe: strings.TrimSuffix(exe, " (deleted)")}, nil
}

// marks are put into the environment of every background process.
func marks(home statedir.Dir, role Role) []string {
	return []string{statedir.EnvHome + "=" + string(home), semconv.EnvRole + "=" + string(role)}
}

// marked reports whether the process was started as the role in home.
func marked(pid int, home statedir.Dir, role Role) bool {
	p, err := process.NewProcess(int32(pid)) //nolint:gosec // PIDs fit
	if err != nil {
		return false
	}
	env, err := p.Environ()
	if err != nil {
		return false
	}
	for _, m := range marks(home, role) {
		if !slices.Contains(env, m) {
			return false
		}
	}
	return true
}

// PIDFile is the file that holds the PID of a role.
func PIDFile(home statedir.Dir, role Role) string {
	return filepath.Join(home.Run(), string(role)+".pid")
}

// writePID records who has the role: PID, start and program, one a line, so
// that the first line is what other tools expect.
func writePID(home statedir.Dir, role Role, id Identity) error {
	return WriteFile(PIDFile(home, role), fmt.Appendf(nil, "%d\n%s\n%s\n", id.PID, id.Start, id.Exe))
}

const maxPIDFile = 8 << 10

func readPID(home statedir.Dir, role Role) (Identity, error) {
	text, err := ReadFile(PIDFile(home, role), maxPIDFile)
	if err != nil {
		return Identity{}, err
	}
	return parsePID(text)
}

func parsePID(text []byte) (Identity, error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != 3 {
		return Identity{}, errors.New("not a PID file of ours")
	}
	pid, err := strconv.ParseInt(lines[0], 10, 32)
	if err != nil || pid <= 1 || lines[1] == "" || !filepath.IsAbs(lines[2]) {
		return Identity{}, errors.New("not a PID file of ours")
	}
	return Identity{PID: int(pid), Start: lines[1], Exe: lines[2]}, nil
}
