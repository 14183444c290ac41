//go:build !linux

package safefile

import "os"

// SyncData makes a file durable; on macOS Go does so with F_FULLFSYNC.
func SyncData(f *os.File) error { return f.Sync() }
