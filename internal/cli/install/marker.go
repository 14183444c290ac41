package install

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// makeMarker makes the file that turns a project into a watched one, unless one
// stands in any of the places where it counts.
func makeMarker(project string, dryRun bool) (path string, made bool, err error) {
	if path := claudesettings.FindMarker(project); path != "" {
		return path, false, nil
	}
	path = filepath.Join(project, semconv.MarkerFile)
	if dryRun {
		return path, true, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // meant to be committed, holds nothing
	if errors.Is(err, fs.ErrExist) {
		return path, false, nil
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", false, fmt.Errorf("make the project a watched one: %w", err)
	}
	return path, true, nil
}

// removeMarker removes the project's marker when an install made it: one that
// somebody else made turns the recording on for reasons of its own. It returns
// the marker and why it was kept; "" when it was removed.
func removeMarker(project, madeByUs string, dryRun bool) (path, kept string, err error) {
	path = claudesettings.FindMarker(project)
	if path == "" {
		return "", "", nil
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return path, "", fmt.Errorf("inspect the marker: %w", err)
	case !info.Mode().IsRegular() || info.Size() > 0:
		return path, "it is not empty", nil
	case path != madeByUs:
		return path, "install did not make it", nil
	case dryRun:
		return path, "", nil
	}
	if err := os.Remove(path); err != nil {
		return path, "", fmt.Errorf("remove the marker: %w", err)
	}
	return path, "", nil
}
