package supervise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Grace is how long a process may take to end before it is killed.
const Grace = 10 * time.Second

// ErrRunning says that the stack has a supervisor already.
var ErrRunning = errors.New("a supervisor of this stack runs already")

// Options of Run.
type Options struct {
	Home     statedir.Dir
	Children []Child         // in the order in which they are stopped
	Reload   <-chan struct{} // starts what is absent or waiting
	Log      io.Writer
	Logs     []string // files to keep small

	Grace      time.Duration // Grace when 0
	MinBackoff time.Duration // 500 ms when 0
}

type supervisor struct {
	home       statedir.Dir
	log        io.Writer
	grace      time.Duration
	minBackoff time.Duration

	mu     sync.Mutex
	report Report
}

// Report is what a supervisor tells of itself and its children.
type Report struct {
	PID      int             `json:"pid"`
	Started  time.Time       `json:"started"`
	Reloads  int             `json:"reloads"` // how often it looked again for what was missing
	Children map[Role]Status `json:"children"`
}

func reportPath(home statedir.Dir) string { return filepath.Join(home.Run(), "supervisor.json") }

const maxReport = 64 << 10

// ReadReport returns the report of the supervisor in home.
func ReadReport(home statedir.Dir) (Report, error) {
	var r Report
	text, err := ReadFile(reportPath(home), maxReport)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return Report{}, fmt.Errorf("read the supervisor's report: %w", err)
	}
	return r, nil
}

// Run supervises the children until ctx is done, and stops them one after the
// other. It first stops what an earlier supervisor left behind.
func Run(ctx context.Context, o Options) (err error) {
	lock := flock.New(filepath.Join(o.Home.Run(), "supervisor.lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock the stack: %w", err)
	}
	if !got {
		return ErrRunning
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	s := &supervisor{home: o.Home, log: o.Log, grace: o.Grace, minBackoff: o.MinBackoff}
	if s.grace == 0 {
		s.grace = Grace
	}
	if s.minBackoff == 0 {
		s.minBackoff = minBackoff
	}
	for _, c := range o.Children {
		if _, err := StopAll(ctx, o.Home, c.Role, s.grace); err != nil {
			return fmt.Errorf("stop what was left of an earlier run: %w", err)
		}
	}
	self, err := Identify(os.Getpid())
	if err != nil {
		return fmt.Errorf("identify the supervisor: %w", err)
	}
	s.report = Report{PID: self.PID, Started: time.Now().UTC(), Children: map[Role]Status{}}
	if err := writePID(o.Home, Supervisor, self); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove(PIDFile(o.Home, Supervisor)), remove(reportPath(o.Home))) }()
	s.logf("supervisor runs as process %d", self.PID)
	s.runAll(ctx, o)
	s.logf("supervisor ends")
	return nil
}

func (s *supervisor) runAll(ctx context.Context, o Options) {
	var background sync.WaitGroup
	defer background.Wait()
	rotating, stopRotating := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRotating()
	background.Go(func() { s.rotateAll(rotating, o.Logs) })
	type handle struct {
		stop   context.CancelFunc
		done   chan struct{}
		reload chan struct{}
	}
	var handles []handle
	for _, c := range o.Children {
		one, stop := context.WithCancel(context.WithoutCancel(ctx))
		h := handle{stop: stop, done: make(chan struct{}), reload: make(chan struct{}, 1)}
		handles = append(handles, h)
		go func() {
			defer close(h.done)
			s.keep(one, c, h.reload)
		}()
	}
	for running := true; running; {
		select {
		case <-ctx.Done():
			running = false
		case <-o.Reload:
			s.reloading()
			for _, h := range handles {
				select {
				case h.reload <- struct{}{}:
				default:
				}
			}
		}
	}
	for _, h := range handles {
		h.stop()
		<-h.done
	}
}

// set changes a child's status and writes the report.
func (s *supervisor) set(role Role, change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.report.Children[role]
	change(&st)
	s.report.Children[role] = st
	s.write()
}

// reloading says that a reload was heard: whatever is absent is so no more
// until it has been tried again.
func (s *supervisor) reloading() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Reloads++
	for role, st := range s.report.Children {
		if st.State == Absent {
			st.State = Waiting
			s.report.Children[role] = st
		}
	}
	s.write()
}

func (s *supervisor) write() {
	text, err := json.MarshalIndent(s.report, "", "  ")
	if err == nil {
		err = WriteFile(reportPath(s.home), append(text, '\n'))
	}
	if err != nil {
		s.logf("%v", err)
	}
}

func (s *supervisor) logf(format string, args ...any) {
	// A log that cannot be written must not stop the supervision.
	_, _ = fmt.Fprintf(s.log, time.Now().UTC().Format(time.RFC3339)+" "+format+"\n", args...)
}

// StopAll stops every process with the role in home and returns how many there
// were.
func StopAll(ctx context.Context, home statedir.Dir, role Role, grace time.Duration) (int, error) {
	all, err := FindAll(home, role)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, p := range all {
		if _, err := p.Stop(ctx, grace); err != nil {
			faults = append(faults, err)
		}
	}
	return len(all), errors.Join(append(faults, remove(PIDFile(home, role)))...)
}
