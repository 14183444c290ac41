//go:build unix

package directory

import (
	"io/fs"
	"syscall"
)

// openFlags make opening fail on a link, and return at once on a pipe.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// sameDevice reports whether two files are on one file system.
func sameDevice(a, b fs.FileInfo) bool {
	x, ok := a.Sys().(*syscall.Stat_t)
	y, ok2 := b.Sys().(*syscall.Stat_t)
	return ok && ok2 && x.Dev == y.Dev
}
