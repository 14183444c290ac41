package safefile

import (
	"errors"
	"os"
	"syscall"
)

// SyncData makes a file's content and length durable. fdatasync leaves out the
// times, which no reader needs.
func SyncData(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var synced error
	err = raw.Control(func(fd uintptr) {
		for {
			if synced = syscall.Fdatasync(int(fd)); !errors.Is(synced, syscall.EINTR) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return os.NewSyscallError("fdatasync", synced)
}
