// Package safefile has what every file of the state directory is opened and made
// durable with. The directory belongs to the user whose agent is watched, so a
// name in it may have become a link or a pipe at any time.
package safefile

import (
	"errors"
	"fmt"
	"os"
)

// OpenDir opens a directory to list it. It does not wait for a pipe of that name.
func OpenDir(dir string) (*os.File, error) {
	return os.OpenFile(dir, os.O_RDONLY|onlyDirectory, 0)
}

// SyncDir makes the names in dir durable.
func SyncDir(dir string) error {
	d, err := OpenDir(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
