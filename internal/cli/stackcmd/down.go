package stackcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// DownOptions are the settings of down.
type DownOptions struct {
	Factory *cliio.Factory
	JSON    bool
}

// NewDown returns the command down.
func NewDown(f *cliio.Factory) *cobra.Command { return newDown(f, runDown) }

func newDown(f *cliio.Factory, runF func(context.Context, *DownOptions) error) *cobra.Command {
	o := &DownOptions{Factory: f}
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop the collector, Loki and Grafana",
		Long: `Stops the background processes of the stack, the collector first. Each has 10
seconds to end, then it is killed. Processes that were left without a supervisor
are found and stopped too. In the end down makes sure that no process is left
and that the ports and the socket are free. A Loki that is not ours is left alone.

Hooks that run meanwhile keep their events in the spool.

Exit codes: 0 nothing runs (any more), 1 something could not be stopped.

The result of --json is an object: home, stopped (list of {role, pid, killed,
orphan}), leftovers (list of text: what is still there).`,
		Example: "  $ agent-telemetry down",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the result as JSON")
	return cmd
}

// DownResult is what down prints with --json.
type DownResult struct {
	Home      string    `json:"home"`
	Stopped   []Stopped `json:"stopped"`
	Leftovers []string  `json:"leftovers"`
}

// Stopped is a process that down stopped.
type Stopped struct {
	Role   supervise.Role `json:"role"`
	PID    int            `json:"pid"`
	Killed bool           `json:"killed"` // it did not end by itself
	Orphan bool           `json:"orphan"` // it had no supervisor
}

func runDown(ctx context.Context, o *DownOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	r := &DownResult{Home: string(home), Stopped: []Stopped{}, Leftovers: []string{}}
	if _, err := os.Lstat(home.Run()); err == nil {
		if err := locked(ctx, home, func() error { r, err = stop(ctx, home); return err }); err != nil {
			return err
		}
	}
	if err := r.print(o.Factory.IO, o.JSON); err != nil {
		return err
	}
	if len(r.Leftovers) > 0 {
		return &cliio.ExitError{Code: 1, Err: errors.New("the stack has not stopped cleanly: " + strings.Join(r.Leftovers, "; "))}
	}
	return nil
}

// stop ends every process of the stack.
func stop(ctx context.Context, home statedir.Dir) (*DownResult, error) {
	r := &DownResult{Home: string(home), Stopped: []Stopped{}, Leftovers: []string{}}
	running, _ := stack.Recorded(home)
	sups, err := supervise.FindAll(home, supervise.Supervisor)
	if err != nil {
		return nil, err
	}
	var children []found
	for _, role := range []supervise.Role{supervise.Collector, supervise.Grafana, supervise.Loki} {
		list, err := supervise.FindAll(home, role)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			children = append(children, found{role, p})
		}
	}
	orphans := len(sups) == 0
	for _, p := range sups {
		// It gives each of its children their time, one after the other.
		killed, err := p.Stop(ctx, 3*supervise.Grace+5*time.Second)
		r.add(supervise.Supervisor, p, killed, false, err)
	}
	for _, c := range children {
		orphan := c.p.Alive() || orphans
		killed, err := c.p.Stop(ctx, supervise.Grace)
		r.add(c.role, c.p, killed, orphan, err)
	}
	for _, role := range []supervise.Role{supervise.Supervisor, supervise.Collector, supervise.Grafana, supervise.Loki} {
		// Also those that a supervisor started at the last moment.
		n, err := supervise.StopAll(ctx, home, role, supervise.Grace)
		if err != nil {
			r.Leftovers = append(r.Leftovers, err.Error())
		} else if n > 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.verify(ctx, home, running)
	return r, nil
}

type found struct {
	role supervise.Role
	p    *supervise.Process
}

func (r *DownResult) add(role supervise.Role, p *supervise.Process, killed, orphan bool, err error) {
	if err != nil {
		r.Leftovers = append(r.Leftovers, fmt.Sprintf("%s: %v", role, err))
		return
	}
	r.Stopped = append(r.Stopped, Stopped{Role: role, PID: p.PID, Killed: killed, Orphan: orphan})
}

// verify looks for what is still there.
func (r *DownResult) verify(ctx context.Context, home statedir.Dir, c *stack.Config) {
	if health.Socket(ctx, home) == nil {
		r.Leftovers = append(r.Leftovers, "a program that is not ours answers on "+home.Socket())
	} else if err := removeSocket(home.Socket()); err != nil {
		r.Leftovers = append(r.Leftovers, err.Error())
	}
	if c == nil || len(r.Stopped) == 0 {
		return // it did not run: its ports may be anybody's
	}
	ports := slices.Concat(c.CollectorPorts(), c.LokiPorts(), c.GrafanaPorts())
	for _, p := range ports {
		if health.PortFree(p.Number) == nil {
			continue
		}
		if pid, name := health.Listener(p.Number); pid != 0 || name != "" {
			r.Leftovers = append(r.Leftovers, fmt.Sprintf("port %d (%s) is in use by %s, process %d", p.Number, p.Use, name, pid))
		} else {
			r.Leftovers = append(r.Leftovers, fmt.Sprintf("port %d (%s) is still in use", p.Number, p.Use))
		}
	}
}

// removeSocket takes away a socket on which nobody listens, so that hooks find
// that out without trying.
func removeSocket(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return nil //nolint:nilerr // nothing there, or nothing of ours
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove stale socket: %w", err)
	}
	return nil
}

func (r *DownResult) print(io *cliio.IO, asJSON bool) error {
	if asJSON {
		return printJSON(io.Out, r)
	}
	var b strings.Builder
	if len(r.Stopped) == 0 && len(r.Leftovers) == 0 {
		b.WriteString("Nothing was running.\n")
	}
	for _, s := range r.Stopped {
		how := "stopped"
		if s.Killed {
			how = "killed: it did not end in time"
		}
		if s.Orphan {
			how += " (it had no supervisor)"
		}
		fmt.Fprintf(&b, "%s, process %d: %s\n", s.Role, s.PID, how)
	}
	return write(io.Out, b.String())
}
