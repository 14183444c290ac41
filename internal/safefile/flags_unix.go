//go:build unix

package safefile

import "syscall"

// NoFollow among the flags of an open makes opening a link fail, and opening a
// pipe return at once. It is 0 where the system has no such flags.
const NoFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// onlyDirectory makes opening anything but a directory fail at once.
const onlyDirectory = syscall.O_DIRECTORY | syscall.O_NONBLOCK
