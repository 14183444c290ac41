//go:build unix

package witness

import "syscall"

// noFollow makes opening a link fail.
const noFollow = syscall.O_NOFOLLOW
