package supervise

import (
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Become makes this process the supervisor: it goes on as c, with the same
// process id and the same outputs, which is what a service manager wants. It
// returns only when that fails. c.Log is not used.
func Become(home statedir.Dir, c *Command) error {
	if err := os.Chdir(c.Dir); err != nil {
		return fmt.Errorf("become the supervisor: %w", err)
	}
	argv := append([]string{c.Path}, c.Args...)
	// The operator's program, with the marks by which it is found.
	err := syscall.Exec(c.Path, argv, slices.Concat(c.Env, marks(home, Supervisor))) //nolint:gosec // see above
	return fmt.Errorf("become the supervisor: run %s: %w", c.Path, err)
}
