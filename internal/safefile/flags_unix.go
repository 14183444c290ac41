//go:build unix

package safefile

import "syscall"

// NoFollow among the flags of an open makes opening a link fail, and opening a
// pipe return at once. It is 0 where the system has no such flags.
const NoFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
