package alerts

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

const (
	agentVariable = "CLAUDECODE" // set in every shell of Claude Code
	agentProgram  = "claude"
	maxAncestors  = 64
	ancestorsTime = time.Second
)

// inAgent reports whether this process was started by Claude Code: it says so in
// the environment, which a command line can take out of it, or that of a process
// above does. Who wants to hide it can: see the command that did, which is an event.
func inAgent(ctx context.Context) bool {
	if os.Getenv(agentVariable) != "" {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, ancestorsTime)
	defer cancel()
	pid := int32(os.Getppid()) //nolint:gosec // PIDs fit
	for range maxAncestors {
		p, err := process.NewProcessWithContext(ctx, pid)
		if err != nil {
			return false
		}
		if name, err := p.NameWithContext(ctx); err == nil && name == agentProgram {
			return true
		}
		// Of another user's process, as a login is one, nothing is told.
		variables, err := p.EnvironWithContext(ctx)
		if err == nil && slices.ContainsFunc(variables, func(v string) bool { return strings.HasPrefix(v, agentVariable+"=") }) {
			return true
		}
		if pid, err = p.PpidWithContext(ctx); err != nil || pid <= 1 {
			return false
		}
	}
	return false
}
