//go:build unix

package auditverify

import (
	"os"
	"syscall"
)

// openFlags make opening a link fail, and a pipe not wait.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// names returns how many names a file has.
func names(info os.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // its type differs between systems
	}
	return 1
}
