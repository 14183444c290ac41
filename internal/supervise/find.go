package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"golang.org/x/sys/unix"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Process is a live process that is known to be ours.
type Process struct {
	Identity
	handle *os.Process // on Linux a pidfd: it can never mean another process
}

// Find returns the process with the role in home, nil when there is none. The
// PID file is tried first; because the agents we watch can remove or forge it,
// the marks of this user's processes count in the end.
func Find(home statedir.Dir, role Role) (*Process, error) {
	if id, err := readPID(home, role); err == nil {
		if p := open(id.PID, home, role); p != nil && p.Identity == id {
			return p, nil
		}
	}
	all, err := FindAll(home, role)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// FindAll returns every process with the role in home, also those that no PID
// file names.
func FindAll(home statedir.Dir, role Role) ([]*Process, error) {
	pids, err := process.Pids()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var found []*Process
	for _, pid := range pids {
		if int(pid) == os.Getpid() {
			continue
		}
		if marked(int(pid), home, role) {
			if p := open(int(pid), home, role); p != nil {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// open takes hold of the process first and looks at it afterwards: what was
// looked at is then what will be signalled.
func open(pid int, home statedir.Dir, role Role) *Process {
	handle, err := os.FindProcess(pid)
	if err != nil {
		return nil
	}
	id, err := Identify(pid)
	if err != nil || !marked(pid, home, role) {
		return nil
	}
	return &Process{Identity: id, handle: handle}
}

// Alive reports whether the process still runs.
func (p *Process) Alive() bool {
	now, err := Identify(p.PID)
	return err == nil && now.Start == p.Start
}

// Signal sends a signal. A process that is gone is no error.
func (p *Process) Signal(sig os.Signal) error {
	if !p.Alive() {
		return nil
	}
	if err := p.handle.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal process %d: %w", p.PID, err)
	}
	return nil
}

// pollEvery is how often a process that is not our child is looked at.
const pollEvery = 20 * time.Millisecond

// Stop asks the process to end and kills it when it has not within grace.
func (p *Process) Stop(ctx context.Context, grace time.Duration) (killed bool, err error) {
	if err := p.Signal(unix.SIGTERM); err != nil {
		return false, err
	}
	if p.wait(ctx, grace) {
		return false, nil
	}
	if err := p.Signal(unix.SIGKILL); err != nil {
		return false, err
	}
	if !p.wait(context.WithoutCancel(ctx), 5*time.Second) {
		return true, fmt.Errorf("process %d (%s) does not end, even when killed", p.PID, p.Exe)
	}
	return true, nil
}

func (p *Process) wait(ctx context.Context, limit time.Duration) bool {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		if !p.Alive() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-end.C:
			return !p.Alive()
		case <-tick.C:
		}
	}
}
