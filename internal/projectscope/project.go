// Package projectscope finds the project that an event belongs to, whether it is
// watched, and whether a path leaves it.
package projectscope

import (
	"os"
	"path/filepath"
	"strings"
)

// Marker is the file whose presence in a project turns the recording on.
const Marker = ".telemetry-enabled"

// markerDirs are the places in a project where the marker may stand.
var markerDirs = []string{"", "config", ".claude"}

// Marked reports whether the marker stands in the project.
func Marked(project string) bool {
	if project == "" {
		return false
	}
	for _, dir := range markerDirs {
		if info, err := os.Lstat(filepath.Join(project, dir, Marker)); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// maxUp bounds the walk from a working directory to its project.
const maxUp = 40

// Find returns the project directory that cwd lies in: the nearest directory
// above it with the marker, else the nearest with a .git or .claude directory,
// for a linked git worktree the repository it belongs to, else cwd itself. The
// home directory and the root are never found by .claude alone: Claude Code
// keeps its own ~/.claude there.
func Find(cwd string) string {
	if !filepath.IsAbs(cwd) {
		return ""
	}
	cwd = filepath.Clean(cwd)
	home := os.Getenv("HOME")
	candidate := ""
	dir := cwd
	for range maxUp {
		if Marked(dir) {
			return dir
		}
		if candidate == "" {
			switch info, err := os.Lstat(filepath.Join(dir, ".git")); {
			case err == nil && info.IsDir():
				candidate = dir
			case err == nil && info.Mode().IsRegular():
				candidate = mainCheckout(dir)
			case dir != home && dir != "/" && isDir(filepath.Join(dir, ".claude")):
				candidate = dir
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir || dir == home {
			break
		}
		dir = parent
	}
	if candidate == "" {
		return cwd
	}
	return candidate
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// mainCheckout returns the repository that a linked worktree belongs to, or
// the worktree itself (a submodule, or a .git file that leads nowhere).
func mainCheckout(worktree string) string {
	gitDir, ok := gitFile(filepath.Join(worktree, ".git"))
	if !ok {
		return worktree
	}
	// <main>/.git/worktrees/<name>
	worktrees := filepath.Dir(gitDir)
	common := filepath.Dir(worktrees)
	if filepath.Base(worktrees) == "worktrees" && filepath.Base(common) == ".git" && isDir(common) {
		return filepath.Dir(common)
	}
	return worktree
}

// maxGitFile bounds a .git file: one line with a path.
const maxGitFile = 4096

// gitFile reads "gitdir: <path>".
func gitFile(path string) (string, bool) {
	line, ok := readLine(path)
	if !ok {
		return "", false
	}
	dir, ok := strings.CutPrefix(line, "gitdir: ")
	if !ok {
		return "", false
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(path), dir)
	}
	return filepath.Clean(dir), true
}
