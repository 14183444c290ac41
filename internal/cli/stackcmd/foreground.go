package stackcmd

import (
	"context"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// runForeground checks what up checks and then is the supervisor, until it is
// told to end. It returns only when it cannot be.
func runForeground(ctx context.Context, o *UpOptions, home statedir.Dir) error {
	var cmd *supervise.Command
	err := locked(ctx, home, func() error {
		sup, err := supervise.Find(home, supervise.Supervisor)
		if err != nil {
			return err
		}
		if sup != nil {
			return fmt.Errorf("the stack runs already, its supervisor is process %d: run `agent-telemetry down` first", sup.PID)
		}
		// A service starts with the same settings each time: what orphans of an
		// earlier run were started with does not count.
		c, err := stack.Resolve(home, o.Flags, nil)
		if err != nil {
			return err
		}
		if _, _, err := accesstoken.Ensure(home); err != nil {
			return err
		}
		p, err := o.plan(ctx, c, false)
		if err != nil {
			return err
		}
		if err := c.Save(); err != nil {
			return err
		}
		cmd, err = p.supervisor()
		return err
	})
	if err != nil {
		return err
	}
	return supervise.Become(home, cmd)
}
