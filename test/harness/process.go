package harness

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

type process struct {
	pid     int
	command string
}

// Processes describes the living processes that work on this stack's state
// directory, apart from hooks of the caller. Linux only; empty elsewhere.
func (s *Stack) Processes() []string {
	var list []string
	for _, p := range s.processes() {
		list = append(list, fmt.Sprintf("%d (%s)", p.pid, p.command))
	}
	return list
}

// PIDs returns the same processes: their command lines by process id.
func (s *Stack) PIDs() map[int]string {
	m := map[int]string{}
	for _, p := range s.processes() {
		m[p.pid] = p.command
	}
	return m
}

func (s *Stack) processes() []process {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	home := []byte(semconv.EnvHome + "=" + string(s.Home) + "\x00")
	var list []process
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || pid == os.Getpid() {
			continue
		}
		command, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || len(command) == 0 {
			continue // gone, or a zombie that its parent has not waited for
		}
		environ, _ := os.ReadFile(filepath.Join(dir, "environ"))
		if bytes.Contains(environ, home) || bytes.Contains(command, []byte(s.Home)) {
			list = append(list, process{pid, strings.ReplaceAll(strings.TrimRight(string(command), "\x00"), "\x00", " ")})
		}
	}
	return list
}
