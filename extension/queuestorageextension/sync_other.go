//go:build !linux

package queuestorageextension

import "os"

// syncData makes a file durable; on macOS Go does so with F_FULLFSYNC.
func syncData(f *os.File) error { return f.Sync() }
