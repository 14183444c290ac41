package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// ErrSocketInUse says that another collector answers on the socket: stop it
// (agent-telemetry down) or give this one another socket.
var ErrSocketInUse = errors.New("another process listens on the socket: stop it (agent-telemetry down), or set another socket")

// dialTimeout is how long a listener may take to show that it is alive.
const dialTimeout = time.Second

// listenUnix listens on a unix socket that only its owner can reach. The
// directory is closed to others before the socket exists, so there is no moment
// at which the socket is open to them. A socket that nobody listens on any more
// is taken over.
//
// A directory that is not ours alone is narrowed only when it is the state
// directory's own.
func listenUnix(ctx context.Context, path string, ownDir bool) (net.Listener, error) {
	if err := closeDir(filepath.Dir(path), ownDir); err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	lock, err := lockSocket(path)
	if err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, err)
	}
	if err := clearStale(ctx, path); err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, errors.Join(err, lock.Close()))
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, errors.Join(err, lock.Close()))
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, errors.Join(err, l.Close(), lock.Close()))
	}
	return lockedListener{peerChecked(l), lock}, nil
}

// lockSocket takes the lock beside the socket: of two collectors that start at
// once and find the same dead socket, only one takes it over.
func lockSocket(path string) (*flock.Flock, error) {
	lock := flock.New(path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock it: %w", err)
	}
	if !got {
		return nil, ErrSocketInUse
	}
	return lock, nil
}

// lockedListener gives the lock up after its socket is gone.
type lockedListener struct {
	net.Listener
	lock *flock.Flock
}

func (l lockedListener) Close() error { return errors.Join(l.Listener.Close(), l.lock.Close()) }

func closeDir(dir string, own bool) error {
	info, err := os.Stat(dir)
	if own || errors.Is(err, fs.ErrNotExist) {
		return statedir.Ensure(dir)
	}
	if err != nil {
		return fmt.Errorf("inspect its directory: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is open to other users: choose a directory of mode 0700 that holds nothing else", dir)
	}
	return nil
}

func clearStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look for an old socket: %w", err)
	case info.Mode()&fs.ModeSocket == 0:
		return errors.New("something else has this name: remove it, or set another socket")
	}
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "unix", path)
	if err == nil {
		return errors.Join(ErrSocketInUse, conn.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("ask whether the old socket is in use: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove the old socket: %w", err)
	}
	return nil
}
