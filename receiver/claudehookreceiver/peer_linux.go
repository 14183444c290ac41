package claudehookreceiver

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// peerListener closes connections of other users: the socket's mode keeps them
// out already, unless somebody changes it.
type peerListener struct{ net.Listener }

func peerChecked(l net.Listener) net.Listener { return peerListener{l} }

// Accept returns the next connection of our own user or of root.
func (l peerListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if ours(conn) {
			return conn, nil
		}
		_ = conn.Close()
	}
}

func ours(conn net.Conn) bool {
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return false
	}
	raw, err := uc.SyscallConn()
	if err != nil {
		return false
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil || credErr != nil {
		return false
	}
	return cred.Uid == 0 || int(cred.Uid) == os.Geteuid()
}
