//go:build unix

package auditlog

import "syscall"

// noFollow makes opening a link fail.
const noFollow = syscall.O_NOFOLLOW
