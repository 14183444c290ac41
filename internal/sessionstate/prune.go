package sessionstate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Prune removes the states of sessions that were not heard of for so long, and
// returns how many. A session that is resumed after that starts to count anew.
// At most limit files are looked at, so that a crowded directory costs little.
func Prune(dir string, olderThan time.Duration, limit int) (removed int, err error) {
	d, err := safefile.OpenDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("prune session states: %w", err)
	}
	defer d.Close() //nolint:errcheck // read only
	names, err := d.Readdirnames(limit)
	if err != nil && len(names) == 0 {
		return 0, nil // an empty directory ends with io.EOF
	}
	var errs []error
	for _, name := range names {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(name, suffix) || time.Since(info.ModTime()) < olderThan {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
			continue
		}
		removed++
	}
	return removed, errors.Join(errs...)
}
