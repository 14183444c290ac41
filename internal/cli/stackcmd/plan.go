package stackcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// plan is what one call of up has to start.
type plan struct {
	config      *stack.Config
	noLoki      bool
	noLokiErr   error // why our own Loki cannot be run
	wantLoki    bool  // our own is running or will be
	noGrafana   error // why our Grafana cannot be run
	wantGrafana bool  // it is running or will be
	start       []supervise.Role
	running     []supervise.Role
}

// plan finds out what is missing and whether it can be started, before anything
// is started.
func (o *UpOptions) plan(ctx context.Context, c *stack.Config, supervised bool) (*plan, error) {
	p := &plan{config: c, noLoki: o.NoLoki}
	collector, err := supervise.Find(c.Home, supervise.Collector)
	if err != nil {
		return nil, err
	}
	loki, err := supervise.Find(c.Home, supervise.Loki)
	if err != nil {
		return nil, err
	}
	var faults []error
	// An orphan is stopped and started again: it has the ports until then.
	p.add(supervise.Collector, collector != nil && supervised)
	if collector == nil || !supervised {
		if _, err := stack.CollectorCommand(c); err != nil {
			return nil, err
		}
		faults = append(faults, health.PortsFree(notOf(collector, c.CollectorPorts())))
	}
	if !c.External() {
		switch {
		case loki != nil && supervised:
			p.wantLoki = true
			p.add(supervise.Loki, true)
		case o.NoLoki:
		default:
			if _, p.noLokiErr = stack.LokiCommand(ctx, c); p.noLokiErr == nil {
				p.wantLoki = true
				p.add(supervise.Loki, false)
				faults = append(faults, health.PortsFree(notOf(loki, c.LokiPorts())))
			} else if !errors.Is(p.noLokiErr, stack.ErrNoLoki) {
				return nil, p.noLokiErr
			}
		}
	}
	if c.Grafana {
		free, err := p.grafana(ctx, supervised)
		if err != nil {
			return nil, err
		}
		faults = append(faults, free)
	}
	return p, errors.Join(faults...)
}

// grafana plans our Grafana. free says that its ports are not.
func (p *plan) grafana(ctx context.Context, supervised bool) (free, err error) {
	g, err := supervise.Find(p.config.Home, supervise.Grafana)
	if err != nil {
		return nil, err
	}
	if g != nil && supervised {
		p.wantGrafana = true
		p.add(supervise.Grafana, true)
		return nil, nil
	}
	// Without one, the others are started all the same.
	_, p.noGrafana = stack.GrafanaCommand(ctx, p.config)
	if p.wantGrafana = p.noGrafana == nil; p.wantGrafana {
		p.add(supervise.Grafana, false)
		free = health.PortsFree(notOf(g, p.config.GrafanaPorts()))
	}
	return free, nil
}

// notOf leaves out the ports that a process which will be stopped has.
func notOf(p *supervise.Process, ports []stack.Port) []stack.Port {
	if p == nil {
		return ports
	}
	var others []stack.Port
	for _, port := range ports {
		if health.PortFree(port.Number) == nil {
			continue
		}
		if pid, _ := health.Listener(port.Number); pid != p.PID {
			others = append(others, port)
		}
	}
	return others
}

func (p *plan) add(role supervise.Role, running bool) {
	if running {
		p.running = append(p.running, role)
	} else {
		p.start = append(p.start, role)
	}
}

// do starts a supervisor, or tells the one that runs to look again.
func (p *plan) do(ctx context.Context, sup *supervise.Process) error {
	if sup != nil {
		if len(p.start) == 0 || slices.Equal(p.start, []supervise.Role{supervise.Loki}) && p.noLoki {
			return nil
		}
		return p.reload(ctx, sup)
	}
	if err := p.config.Save(); err != nil {
		return err
	}
	command, err := p.supervisor()
	if err != nil {
		return err
	}
	cmd, err := supervise.Detach(p.config.Home, command)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return until(ctx, 30*time.Second, func() (bool, error) {
		select {
		case err := <-ended:
			return false, fmt.Errorf("the supervisor ended at once (%w):\n%s", err, tail(command.Log))
		default:
		}
		// The PID file comes after orphans have been stopped.
		r, err := supervise.ReadReport(p.config.Home)
		return err == nil && r.PID == cmd.Process.Pid, nil
	})
}

// supervisor is how the supervisor is run.
func (p *plan) supervisor() (*supervise.Command, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	args := append([]string{"--home=" + string(p.config.Home), "up", superviseName}, p.config.Args()...)
	if p.noLoki {
		args = append(args, "--no-loki")
	}
	return &supervise.Command{
		Path: self, Args: args, Env: stack.SupervisorEnvironment(p.config),
		Dir: string(p.config.Home), Log: stack.Log(p.config.Home, supervise.Supervisor),
	}, nil
}

// reload makes the supervisor look again for what is missing.
func (p *plan) reload(ctx context.Context, sup *supervise.Process) error {
	before, err := supervise.ReadReport(p.config.Home)
	if err != nil {
		return fmt.Errorf("%w: run `agent-telemetry restart`", err)
	}
	if err := sup.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	err = until(ctx, 10*time.Second, func() (bool, error) {
		r, err := supervise.ReadReport(p.config.Home)
		return err == nil && r.Reloads > before.Reloads, nil
	})
	if errors.Is(err, errTimeout) {
		return fmt.Errorf("the supervisor (process %d) does not answer: run `agent-telemetry restart`", sup.PID)
	}
	return err
}
