package stack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// maxFurther bounds the files of collector.d.
const maxFurther = 64

var furtherName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$`)

// FurtherCollectorConfigs are the files in collector.d of the state directory, in
// the order of their names: what the operator adds to the collector's configuration,
// such as channels for alerts. They are merged over it; a list replaces one of the
// same name. A file that is no regular one, or that others may write, is an error,
// for it would change what is recorded. Other files than *.yaml and *.yml are passed
// over.
func FurtherCollectorConfigs(c *Config) ([]string, error) {
	dir := c.Home.CollectorConfigs()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find configuration: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if !furtherName.MatchString(e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := e.Info()
		switch {
		case err != nil:
			return nil, fmt.Errorf("find configuration: %w", err)
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("find configuration: %s is no regular file", path)
		case info.Mode().Perm()&0o022 != 0:
			return nil, fmt.Errorf("find configuration: %s can be written by others: chmod 600 it", path)
		}
		if paths = append(paths, path); len(paths) > maxFurther {
			return nil, fmt.Errorf("find configuration: %s has more than %d files", dir, maxFurther)
		}
	}
	return paths, nil
}
