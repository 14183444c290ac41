package stackcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// lockWait is how long a command waits for another one that starts or stops the
// same stack.
const lockWait = 90 * time.Second

func runUp(ctx context.Context, o *UpOptions) error {
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	if err := home.Create(); err != nil {
		return err
	}
	if o.Foreground {
		return runForeground(ctx, o, home)
	}
	return locked(ctx, home, func() error {
		r, err := o.up(ctx, home, nil)
		if err != nil {
			return err
		}
		return o.finish(r)
	})
}

// locked keeps other commands that start or stop the stack out.
func locked(ctx context.Context, home statedir.Dir, do func() error) (err error) {
	l := flock.New(filepath.Join(home.Run(), "stack.lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW), flock.SetPermissions(0o600))
	wait, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	if _, err := l.TryLockContext(wait, 50*time.Millisecond); err != nil {
		if ctx.Err() == nil && wait.Err() != nil {
			return fmt.Errorf("another program has been starting or stopping this stack for %s: wait for it, or find it with `fuser %s`", lockWait, l.Path())
		}
		return fmt.Errorf("lock the stack: %w", err)
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return do()
}

// up starts what is missing. before is what a stack that was just stopped ran
// with.
func (o *UpOptions) up(ctx context.Context, home statedir.Dir, before *stack.Config) (*UpResult, error) {
	sup, err := supervise.Find(home, supervise.Supervisor)
	if err != nil {
		return nil, err
	}
	r := newUpResult(home)
	if before == nil {
		if before, err = stack.Running(home); err != nil {
			r.warn("%v", err)
		}
	}
	c, err := stack.Resolve(home, o.Flags, before)
	if err != nil {
		return nil, err
	}
	if _, made, err := accesstoken.Ensure(home); err != nil {
		return nil, err
	} else if made {
		r.TokenCreated = true
	}
	if sup != nil && before != nil {
		if c, err = keepRunning(r, c, before); err != nil {
			return nil, err
		}
	}
	plan, err := o.plan(ctx, c, sup != nil)
	if err != nil {
		return nil, err
	}
	var earlier map[supervise.Role]int
	if sup != nil {
		earlier = crashes(home)
	}
	if err := plan.do(ctx, sup); err != nil {
		return nil, err
	}
	if err := o.await(ctx, c, plan, earlier); err != nil {
		if sup == nil {
			_, derr := stop(context.WithoutCancel(ctx), home)
			err = errors.Join(err, derr)
		}
		return nil, err
	}
	r.fill(ctx, c, plan)
	return r, nil
}

// keepRunning returns the settings with which the stack runs: other ones that
// were asked for are refused, those of config.yaml wait for the next start.
func keepRunning(r *UpResult, c, before *stack.Config) (*stack.Config, error) {
	var asked, waiting []string
	for _, key := range c.Differs(before) {
		if s := c.Sources[key]; s == stack.SourceFlag || s == stack.SourceEnv {
			asked = append(asked, key)
		} else {
			waiting = append(waiting, key)
		}
	}
	if len(asked) > 0 {
		return nil, fmt.Errorf("the stack runs with other settings (%s): run `agent-telemetry restart` with the same flags to change them, or use another --home for a second stack", strings.Join(asked, ", "))
	}
	if len(waiting) > 0 {
		r.warn("%s changed since the stack was started: run `agent-telemetry restart`", strings.Join(waiting, ", "))
	}
	return before, nil
}

var errTimeout = errors.New("it took too long")

// until asks ready every 50 ms until it says yes or fails, or limit is over.
func until(ctx context.Context, limit time.Duration, ready func() (bool, error)) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		if ok, err := ready(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return errTimeout
		case <-tick.C:
		}
	}
}

// maxCrashes is how often a child may crash before up gives up on it.
const maxCrashes = 3

// await waits until the collector takes events and the others are ready. Only the
// collector's failure is an error.
func (o *UpOptions) await(ctx context.Context, c *stack.Config, p *plan, crashes map[supervise.Role]int) error {
	prog := newProgress(o.Factory.IO)
	defer prog.end()
	end := time.Now().Add(o.Wait)
	prog.say("waiting for the collector")
	if err := until(ctx, time.Until(end), func() (bool, error) {
		ok, err := up(c.Home, supervise.Collector, crashes)
		return ok && health.Socket(ctx, c.Home) == nil, err
	}); err != nil {
		return fmt.Errorf("the collector does not take events: %w\n%s", err, tail(stack.Log(c.Home, supervise.Collector)))
	}
	if err := o.awaitLoki(ctx, c, p, crashes, prog, end); err != nil {
		return err
	}
	return o.awaitGrafana(ctx, c, p, crashes, prog, end)
}

// awaitLoki waits until Loki is ready. What is not ready is in the result.
func (o *UpOptions) awaitLoki(ctx context.Context, c *stack.Config, p *plan, crashes map[supervise.Role]int, prog *progress, end time.Time) error {
	if !p.wantLoki && !c.External() {
		return nil
	}
	wait := time.Until(end)
	if c.External() {
		wait = min(wait, 5*time.Second)
	}
	prog.say("waiting for Loki")
	_ = until(ctx, wait, func() (bool, error) {
		if !c.External() {
			if ok, err := up(c.Home, supervise.Loki, crashes); !ok || err != nil {
				return false, err
			}
		}
		return health.Loki(ctx, c.LokiAddress()) == nil, nil
	})
	return ctx.Err()
}

// awaitGrafana waits until our Grafana answers.
func (o *UpOptions) awaitGrafana(ctx context.Context, c *stack.Config, p *plan, crashes map[supervise.Role]int, prog *progress, end time.Time) error {
	if !p.wantGrafana {
		return nil
	}
	prog.say("waiting for Grafana")
	_ = until(ctx, time.Until(end), func() (bool, error) {
		if ok, err := up(c.Home, supervise.Grafana, crashes); !ok || err != nil {
			return false, err
		}
		return health.Grafana(ctx, c.GrafanaAddress()) == nil, nil
	})
	return ctx.Err()
}

// crashes are the restarts of each child so far.
func crashes(home statedir.Dir) map[supervise.Role]int {
	n := map[supervise.Role]int{}
	if r, err := supervise.ReadReport(home); err == nil {
		for role, st := range r.Children {
			n[role] = st.Restarts
		}
	}
	return n
}

// up reports whether a child runs; an error means that it will not. before are
// the crashes of an earlier time, that do not count.
func up(home statedir.Dir, role supervise.Role, before map[supervise.Role]int) (bool, error) {
	r, err := supervise.ReadReport(home)
	if err != nil {
		return false, nil //nolint:nilerr // between two states
	}
	st := r.Children[role]
	if st.State == supervise.Absent || (st.Restarts-before[role] >= maxCrashes && st.State != supervise.Running) {
		return false, errors.New(st.Error)
	}
	return st.State == supervise.Running, nil
}

// finish prints the result and turns a missing Loki or Grafana into an exit code.
func (o *UpOptions) finish(r *UpResult) error {
	if err := r.print(o.Factory.IO, o.JSON); err != nil {
		return err
	}
	if r.Loki.Mode != LokiOff && !r.Loki.Ready {
		return &cliio.ExitError{Code: ExitNoLoki}
	}
	if r.Grafana.Mode != GrafanaOff && !r.Grafana.Ready {
		return &cliio.ExitError{Code: ExitNoGrafana}
	}
	return nil
}
