package install

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// git runs a query in the directory of path. Hooks and monitors that the
// repository's configuration names are switched off: the project is not trusted.
func git(ctx context.Context, path string, args ...string) bool {
	program, err := exec.LookPath("git")
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	all := append([]string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", filepath.Dir(path)}, args...)
	cmd := exec.CommandContext(ctx, program, append(all, "--", filepath.Base(path))...) //nolint:gosec // no shell, fixed queries
	// Inside a git hook these name another repository.
	cmd.Env = slices.DeleteFunc(cmd.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "GIT_DIR" || name == "GIT_WORK_TREE" || name == "GIT_INDEX_FILE"
	})
	cmd.Env = append(cmd.Env, "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	return cmd.Run() == nil
}

// gitTracks reports whether path is part of a git repository; false without git.
func gitTracks(ctx context.Context, path string) bool {
	return git(ctx, path, "ls-files", "--error-unmatch")
}

// gitWouldAdd reports whether `git add .` would take path in.
func gitWouldAdd(ctx context.Context, path string) bool {
	// check-ignore fails outside a repository too: that is asked first.
	return git(ctx, path, "rev-parse", "--is-inside-work-tree") && !git(ctx, path, "check-ignore", "-q")
}
