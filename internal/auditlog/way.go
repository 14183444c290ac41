package auditlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// clearTheWay gives everything that is no regular file, and has a name that the
// log needs for one, another name: a pipe or a directory there must not keep
// anybody from starting.
func clearTheWay(dir string, names ...string) error {
	for _, name := range names {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || (err == nil && info.Mode().IsRegular()) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at %s: %w", path, err)
		}
		if err := moveAway(path); err != nil {
			return err
		}
	}
	return nil
}

// moveAway gives a file another name, or removes it when there are many of them.
func moveAway(path string) error {
	for i := 1; i <= maxOccupied; i++ {
		other := path + ".disturbed-" + strconv.Itoa(i)
		if _, err := os.Lstat(other); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.Rename(path, other); err != nil {
			return fmt.Errorf("move %s away: %w", path, err)
		}
		return nil
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("move %s away: %w", path, err)
	}
	return nil
}
