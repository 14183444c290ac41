package delivery

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// Link is a connection to a receiver that was made before there is anything to
// send: the receiver gets ready for it while the event is made.
type Link struct {
	conn conn
	err  error
}

// conn is what Post needs of a connection.
type conn interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// Connect connects to a target. Its error is told by Post. It gives up when ctx
// is done; ctx should have a deadline.
func Connect(ctx context.Context, t Target) *Link {
	c, err := dial(ctx, t)
	if err != nil {
		return &Link{err: fmt.Errorf("connect to collector: %w", err)}
	}
	return &Link{conn: c}
}

// Close lets go of a link that is not used. It may be called after Post.
func (l *Link) Close() {
	if l.conn != nil {
		_ = l.conn.Close() // nothing was promised over it
		l.conn = nil
	}
}

func dial(ctx context.Context, t Target) (conn, error) {
	if t.Network != networkUnix {
		return (&net.Dialer{}).DialContext(ctx, t.Network, t.Address)
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(DefaultTimeout)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := dialUnix(t.Address, deadline)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: t.Network, Addr: &net.UnixAddr{Name: t.Address, Net: t.Network}, Err: os.NewSyscallError("connect", err)}
	}
	return c, nil
}
