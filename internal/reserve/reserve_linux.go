package reserve

import (
	"os"

	"golang.org/x/sys/unix"
)

func allocate(f *os.File, from, n int64) {
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		_ = unix.Fallocate(int(fd), unix.FALLOC_FL_KEEP_SIZE, from, n)
	})
}
