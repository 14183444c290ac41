package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// lockWait is how long a command waits for another one that changes the same
// settings.
const lockWait = 10 * time.Second

// target is where a command works: a project's or the user's settings.
type target struct {
	locations claudesettings.Locations
	scope     string // a semconv.InstallScope… value
	project   string // "" for the user's settings
	level     claudesettings.Level
}

type locateFunc func(projectDir string) (claudesettings.Locations, error)

// findTarget resolves the flags --project, --user and --shared.
func findTarget(locate locateFunc, project string, user, shared bool) (target, error) {
	t := target{scope: semconv.InstallScopeUser, level: claudesettings.LevelUser}
	if !user {
		dir, err := projectRoot(project)
		if err != nil {
			return t, err
		}
		t.scope, t.project, t.level = semconv.InstallScopeProject, dir, claudesettings.LevelLocal
		if shared {
			t.level = claudesettings.LevelProject
		}
	}
	var err error
	if t.locations, err = locate(t.project); err != nil {
		return t, fmt.Errorf("find Claude Code's settings: %w", err)
	}
	if t.project != "" && samePath(t.locations.Path(claudesettings.LevelProject), t.locations.Path(claudesettings.LevelUser)) {
		return t, fmt.Errorf("%s is where your own Claude Code settings lie, not a project: use --user, or name a project with --project", t.project)
	}
	return t, nil
}

// projectRoot returns the directory as Claude Code names it: absolute and
// without symbolic links.
func projectRoot(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", fmt.Errorf("find the project directory: %w (name an existing one with --project)", err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return "", fmt.Errorf("find the project directory: %w", err)
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s is not a directory: name the project's directory with --project", dir)
	}
	return abs, nil
}

// samePath compares paths whose directories may be reached through links.
func samePath(a, b string) bool {
	if a == b {
		return true
	}
	dirA, errA := filepath.EvalSymlinks(filepath.Dir(a))
	dirB, errB := filepath.EvalSymlinks(filepath.Dir(b))
	return errA == nil && errB == nil && dirA == dirB
}

// path is the settings file that is written.
func (t target) path() string { return t.locations.Path(t.level) }

// dir is the directory of the settings files.
func (t target) dir() string { return filepath.Dir(t.path()) }

// levels returns every level of the target's scope: the one that is written first.
func (t target) levels() []claudesettings.Level {
	switch t.level {
	case claudesettings.LevelLocal:
		return []claudesettings.Level{claudesettings.LevelLocal, claudesettings.LevelProject}
	case claudesettings.LevelProject:
		return []claudesettings.Level{claudesettings.LevelProject, claudesettings.LevelLocal}
	default:
		return []claudesettings.Level{t.level}
	}
}

// makeDir makes the settings' directory and reports whether it was missing.
func (t target) makeDir() (made bool, err error) {
	mode := os.FileMode(0o755) // a project's is shared like the project
	if t.project == "" {
		mode = 0o700
	}
	if _, err := os.Stat(t.dir()); err == nil {
		return false, nil
	}
	if err := os.MkdirAll(t.dir(), mode); err != nil {
		return false, fmt.Errorf("make settings directory: %w", err)
	}
	return true, nil
}

// lock keeps other installs and uninstalls out until unlock is called. The lock
// is on the directory itself, so that it leaves nothing behind.
func (t target) lock(ctx context.Context) (unlock func() error, err error) {
	l := flock.New(t.dir(), flock.SetFlag(os.O_RDONLY))
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, fmt.Errorf("another install or uninstall has been working in %s for %s: try again when it has ended", t.dir(), lockWait)
		}
		return nil, fmt.Errorf("lock %s: %w", t.dir(), err)
	}
	return l.Unlock, nil
}
