package delivery

import (
	"io"
	"os"
	"syscall"
	"time"
)

// socket is a unix socket in blocking calls with time limits. A process that
// makes one request does without the runtime's poller, whose threads take longer
// to set up and to wake than the request itself.
type socket struct {
	fd       int
	deadline time.Time
}

var _ conn = (*socket)(nil)

func dialUnix(path string, deadline time.Time) (conn, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &socket{fd: fd, deadline: deadline}
	if err := s.limit(syscall.SO_SNDTIMEO); err == nil {
		err = again(func() error { return syscall.Connect(fd, &syscall.SockaddrUnix{Name: path}) })
		if err == nil {
			return s, nil
		}
		_ = s.Close() // never connected
		return nil, timedOut(err)
	}
	_ = s.Close() // never connected
	return nil, os.ErrDeadlineExceeded
}

// again repeats a call that a signal interrupted, as the runtime's own do.
func again(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR { //nolint:errorlint // straight from the kernel
			return err
		}
	}
}

// timedOut names what a time limit looks like: the backlog of a listener that
// takes no connections, or an answer that does not come.
func timedOut(err error) error {
	if err == syscall.EAGAIN { //nolint:errorlint // straight from the kernel
		return os.ErrDeadlineExceeded
	}
	return err
}

// limit sets how long the next call may wait.
func (s *socket) limit(option int) error {
	left := time.Until(s.deadline)
	if left <= 0 {
		return os.ErrDeadlineExceeded
	}
	tv := syscall.NsecToTimeval(max(left, time.Microsecond).Nanoseconds())
	return syscall.SetsockoptTimeval(s.fd, syscall.SOL_SOCKET, option, &tv)
}

func (s *socket) SetDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

func (s *socket) Read(b []byte) (n int, err error) {
	if err := s.limit(syscall.SO_RCVTIMEO); err != nil {
		return 0, err
	}
	err = again(func() (err error) { n, err = syscall.Read(s.fd, b); return err })
	if err != nil {
		return 0, timedOut(err)
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (s *socket) Write(b []byte) (written int, err error) {
	for written < len(b) {
		if err := s.limit(syscall.SO_SNDTIMEO); err != nil {
			return written, err
		}
		var n int
		err = again(func() (err error) {
			n, err = syscall.SendmsgN(s.fd, b[written:], nil, nil, syscall.MSG_NOSIGNAL)
			return err
		})
		if err != nil {
			return written, timedOut(err)
		}
		written += n
	}
	return written, nil
}

func (s *socket) Close() error { return syscall.Close(s.fd) }
