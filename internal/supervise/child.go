package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/timerslack"
)

// Command is a program to run in the background.
type Command struct {
	Path string
	Args []string
	Env  []string // whole; the marks are added
	Dir  string
	Log  string // takes both outputs
	// TimerSlack is by how much the program's waits for a time may be longer, on Linux, so
	// that it is woken less often. 0: by what the system has set.
	TimerSlack time.Duration
}

// Child is one supervised program.
type Child struct {
	Role Role
	// Command says how to run it, each time anew. An error leaves the child
	// absent until the next reload.
	Command func(context.Context) (*Command, error)
}

// State of a child.
type State string

// The states.
const (
	Running  State = "running"
	Waiting  State = "waiting" // to be restarted
	Absent   State = "absent"  // cannot be started; see Error
	Finished State = "stopped"
)

// Status is what the supervisor tells of a child.
type Status struct {
	State    State     `json:"state"`
	PID      int       `json:"pid,omitempty"`
	Since    time.Time `json:"since"`
	Restarts int       `json:"restarts"`
	Error    string    `json:"error,omitempty"` // the last exit, or why it is absent
}

// Back-off between restarts.
const (
	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
	steadyTime = time.Minute // after which a crash counts as the first
)

// keep runs the child until ctx is done, then stops it within grace.
func (s *supervisor) keep(ctx context.Context, c Child, reload <-chan struct{}) {
	backoff := s.minBackoff
	for ctx.Err() == nil {
		cmd, err := c.Command(ctx)
		if err != nil {
			s.set(c.Role, func(st *Status) { st.State, st.PID, st.Error = Absent, 0, err.Error() })
			select {
			case <-ctx.Done():
			case <-reload:
			}
			continue
		}
		began := time.Now()
		err = s.once(ctx, c.Role, cmd)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) >= steadyTime {
			backoff = s.minBackoff
		}
		s.logf("%s ended (%v); it is started again in %s", c.Role, err, backoff)
		s.set(c.Role, func(st *Status) { st.State, st.PID, st.Error, st.Restarts = Waiting, 0, fmt.Sprint(err), st.Restarts+1 })
		select {
		case <-ctx.Done():
		case <-reload: // an operator is waiting
			backoff = s.minBackoff
		case <-time.After(backoff):
			backoff = min(2*backoff, maxBackoff)
		}
	}
	s.set(c.Role, func(st *Status) { st.State, st.PID = Finished, 0 })
}

// once runs the program until it ends or ctx is done. The error says how it ended.
func (s *supervisor) once(ctx context.Context, role Role, c *Command) error {
	p, err := start(s.home, role, c, false)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- p.Wait() }()
	id, err := Identify(p.Process.Pid)
	if err == nil {
		err = writePID(s.home, role, id)
	}
	if err != nil && !errors.Is(err, ErrNoProcess) {
		s.logf("%s: %v", role, err) // it is found by its marks
	}
	s.logf("%s runs as process %d: %s", role, p.Process.Pid, c.Path)
	s.set(role, func(st *Status) { st.State, st.PID, st.Since = Running, p.Process.Pid, time.Now().UTC() })
	select {
	case err = <-done:
	case <-ctx.Done():
		err = s.end(role, p, done)
	}
	if rerr := remove(PIDFile(s.home, role)); rerr != nil {
		s.logf("%s: %v", role, rerr)
	}
	if err == nil {
		err = errors.New("exit status 0")
	}
	return err
}

// end stops a child of ours.
func (s *supervisor) end(role Role, p *exec.Cmd, done <-chan error) error {
	if err := p.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.logf("%s: ask it to end: %v", role, err)
	}
	select {
	case err := <-done:
		return err
	case <-time.After(s.grace):
	}
	s.logf("%s has not ended within %s and is killed", role, s.grace)
	if err := p.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.logf("%s: kill it: %v", role, err)
	}
	return <-done
}

// start begins a background process with its output in a file of its own:
// through a pipe it would die with whoever reads the other end. session makes
// it the leader of a session of its own, else of a process group.
func start(home statedir.Dir, role Role, c *Command, session bool) (*exec.Cmd, error) {
	log, err := openLog(c.Log)
	if err != nil {
		return nil, err
	}
	defer log.Close()                    //nolint:errcheck // the child has its own
	p := exec.Command(c.Path, c.Args...) //nolint:gosec,noctx // outlives us; the operator's program
	p.Dir, p.Stdout, p.Stderr = c.Dir, log, log
	p.Env = append(append([]string{}, c.Env...), marks(home, role)...)
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: session, Setpgid: !session}
	if err := timerslack.Start(p, c.TimerSlack); err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	return p, nil
}

// Detach starts the supervisor's program in a session of its own and returns
// once it runs. stdin is what it reads.
func Detach(home statedir.Dir, c *Command) (*exec.Cmd, error) {
	return start(home, Supervisor, c, true)
}
