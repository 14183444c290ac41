package stackcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// superviseName is the hidden command below up that is the background process.
const superviseName = "supervise"

var errNoLokiWanted = errors.New("not wanted (--no-loki); `agent-telemetry up` starts it")

func newSupervise(f *cliio.Factory) *cobra.Command {
	o := &UpOptions{Factory: f}
	cmd := &cobra.Command{
		Use: superviseName, Short: "Run the stack in the foreground", Hidden: true,
		Long: `What up starts in the background. It ends on SIGTERM and looks again for programs
that were missing on SIGHUP. Every setting is taken from the flags.`,
		Example: "  $ agent-telemetry up supervise",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runSupervise(cmd.Context(), o) },
	}
	o.addFlags(cmd)
	return cmd
}

func runSupervise(ctx context.Context, o *UpOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	c, err := stack.Resolve(home, o.Flags, nil)
	if err != nil {
		return err
	}
	if err := home.Create(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	reload := make(chan struct{})
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hup:
			}
			select {
			case <-ctx.Done():
				return
			case reload <- struct{}{}:
			}
		}
	}()
	return supervise.Run(ctx, supervise.Options{
		Home: home, Children: children(c, o.NoLoki), Reload: reload, Log: o.Factory.IO.Err,
		Logs: []string{stack.Log(home, supervise.Supervisor), stack.Log(home, supervise.Collector), stack.Log(home, supervise.Loki), stack.Log(home, supervise.Grafana)},
	})
}

// children are the programs of the stack, in the order in which they stop: the
// collector hands over what it can, and Grafana asks no more, before Loki goes.
func children(c *stack.Config, noLoki bool) []supervise.Child {
	list := []supervise.Child{{
		Role:    supervise.Collector,
		Command: func(context.Context) (*supervise.Command, error) { return stack.CollectorCommand(c) },
	}}
	if c.Grafana {
		list = append(list, supervise.Child{
			Role:    supervise.Grafana,
			Command: func(ctx context.Context) (*supervise.Command, error) { return stack.GrafanaCommand(ctx, c) },
		})
	}
	if c.External() {
		return list
	}
	return append(list, supervise.Child{
		Role: supervise.Loki,
		Command: func(ctx context.Context) (*supervise.Command, error) {
			if noLoki {
				noLoki = false // for the first time only: a reload asks for it
				return nil, errNoLokiWanted
			}
			return stack.LokiCommand(ctx, c)
		},
	})
}
