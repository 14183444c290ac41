package stackcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// NewRestart returns the command restart.
func NewRestart(f *cliio.Factory) *cobra.Command { return newRestart(f, runRestart) }

func newRestart(f *cliio.Factory, runF func(context.Context, *UpOptions) error) *cobra.Command {
	o := &UpOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "restart",
		Short: "Stop the collector and Loki and start them again",
		Long: `Does what down and up do. Settings that the running stack got from flags or the
environment are kept unless they are given anew; config.yaml is read again. The
new settings are checked before anything is stopped. Hooks that run meanwhile
keep their events in the spool.

Exit codes and the result of --json are those of up.`,
		Example: `  $ agent-telemetry restart
  $ agent-telemetry restart --loki-url http://loki.example:3100`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	o.addFlags(cmd)
	return cmd
}

func runRestart(ctx context.Context, o *UpOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	if err := home.Create(); err != nil {
		return err
	}
	return locked(ctx, home, func() error {
		before, err := stack.Running(home)
		if err != nil {
			return err
		}
		c, err := stack.Resolve(home, o.Flags, before)
		if err != nil {
			return err
		}
		// As if nothing were supervised: everything will be started anew.
		if _, err := o.plan(ctx, c, false); err != nil {
			return err
		}
		down, err := stop(ctx, home)
		if err != nil {
			return err
		}
		if len(down.Leftovers) > 0 {
			return errors.New("the stack has not stopped cleanly: " + strings.Join(down.Leftovers, "; "))
		}
		r, err := o.up(ctx, home, before)
		if err != nil {
			return err
		}
		return o.finish(r)
	})
}
