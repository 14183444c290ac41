package timerslack

import (
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// start changes the slack of this thread, of which a child has it (prctl(2),
// PR_SET_TIMERSLACK), for as long as the child is started.
func start(cmd *exec.Cmd, slack time.Duration) error {
	runtime.LockOSThread()
	own, err := current()
	if err != nil || set(slack) != nil {
		runtime.UnlockOSThread()
		return cmd.Start() // it only wakes more often
	}
	err = cmd.Start()
	if set(own) == nil {
		runtime.UnlockOSThread() // else this goroutine keeps the thread to itself
	}
	return err
}

// current returns the slack of this thread.
func current() (time.Duration, error) {
	ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	return time.Duration(ns), err
}

// set changes the slack of this thread.
func set(slack time.Duration) error {
	return unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(slack), 0, 0, 0) //nolint:gosec // never negative
}
