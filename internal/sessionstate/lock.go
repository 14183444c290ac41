package sessionstate

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/rawfile"
)

// ErrLocked says that another process holds the session's state for longer
// than a hook may wait.
var ErrLocked = errors.New("session state is locked by another process")

// maxWaiters bounds the threads that wait in the kernel: whoever holds a lock for
// ever must not gather threads in the collector.
const maxWaiters = 32

var waiters = make(chan struct{}, maxWaiters)

// lock waits for the lock, at most so long and until ctx is done. It waits in the kernel, which serves
// in the order of arrival: among forty hooks that only ask now and then, some
// would ask in vain.
func lock(ctx context.Context, wait time.Duration, f rawfile.File, how int) error {
	err := flock(int(f), how|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return wrap(err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case waiters <- struct{}{}:
	default:
		return poll(ctx, f, how)
	}
	// A descriptor of its own, which the waiting outlives; the lock belongs to what
	// both describe, and goes when both are closed.
	fd, err := syscall.Dup(int(f))
	if err != nil {
		<-waiters
		return wrap(err)
	}
	got := make(chan error, 1)
	go func() {
		defer func() { <-waiters }()
		err := flock(fd, how)
		_ = syscall.Close(fd) // ours alone
		got <- err
	}()
	select {
	case err := <-got:
		return wrap(err)
	case <-ctx.Done():
		return ErrLocked
	}
}

func flock(fd, how int) error {
	for {
		if err := syscall.Flock(fd, how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func unlock(f rawfile.File) { _ = flock(int(f), syscall.LOCK_UN) } // closing f unlocks as well

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("lock session state: %w", err)
	}
	return nil
}

// poll asks for the lock again and again.
func poll(ctx context.Context, f rawfile.File, how int) error {
	for wait := 100 * time.Microsecond; ; wait = min(2*wait, 2*time.Millisecond) {
		err := flock(int(f), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return wrap(err)
		}
		select {
		case <-ctx.Done():
			return ErrLocked
		case <-time.After(wait):
		}
	}
}
