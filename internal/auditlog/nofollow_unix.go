//go:build unix

package auditlog

import "syscall"

// noFollow makes opening a link fail, and opening a pipe return at once.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
