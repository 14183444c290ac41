package queuestorageextension

import (
	"errors"
	"os"
	"syscall"
)

// syncData makes a file's content and length durable; fdatasync leaves out the
// times, which nobody reads.
func syncData(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var synced error
	if err := conn.Control(func(fd uintptr) {
		for {
			if synced = syscall.Fdatasync(int(fd)); !errors.Is(synced, syscall.EINTR) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return os.NewSyscallError("fdatasync", synced)
}
