package projectscope

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Outside reports whether path leaves the project. `..`, symbolic links and a
// leading ~ are resolved; a relative path is taken from cwd. What lies in a
// linked git worktree of the project's repository is inside. An empty path or
// project is inside: nothing can be said.
func Outside(project, cwd, path string) bool {
	if project == "" || path == "" {
		return false
	}
	target := Resolve(absolute(cwd, project, path))
	root := Resolve(project)
	if within(root, target) {
		return false
	}
	return !inWorktree(root, target)
}

// absolute makes path absolute without touching the disk.
func absolute(cwd, project, path string) string {
	home := os.Getenv("HOME")
	switch {
	case path == "~" && home != "":
		path = home
	case strings.HasPrefix(path, "~/") && home != "":
		path = filepath.Join(home, path[2:])
	case !filepath.IsAbs(path):
		base := cwd
		if !filepath.IsAbs(base) {
			base = project
		}
		// Not filepath.Join: it would drop "link/.." before the link is resolved.
		path = base + "/" + path
	}
	return path
}

// maxLinks bounds the symbolic links followed for one path, as the kernel does.
const maxLinks = 40

// Resolve returns the real path of an absolute path the way the kernel walks
// it, also when its last parts do not exist yet. It never fails: what cannot be
// looked at is taken as it is written.
func Resolve(path string) string {
	if len(path) > 4096 {
		return filepath.Clean(path)
	}
	rest := strings.Split(path, "/")
	done, links := "/", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			done = filepath.Dir(done)
			continue
		}
		next := filepath.Join(done, part)
		info, err := os.Lstat(next)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		to, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return filepath.Join(append([]string{next}, rest...)...)
		}
		if filepath.IsAbs(to) {
			done = "/"
		}
		rest = append(strings.Split(to, "/"), rest...)
	}
	return done
}

func within(root, path string) bool {
	return path == root || root == "/" || strings.HasPrefix(path, root+"/")
}

// maxWorktrees bounds the worktrees that are looked at.
const maxWorktrees = 64

// inWorktree reports whether path lies in a linked worktree of the project's
// repository. Git's record of a worktree is a text file in the project, where an
// agent can write: it is believed only when the worktree points back, and never
// for a directory that contains the project or the home directory.
func inWorktree(root, path string) bool {
	admin := filepath.Join(root, ".git", "worktrees")
	d, err := os.Open(admin)
	if err != nil {
		return false
	}
	defer d.Close() //nolint:errcheck // read only
	names, _ := d.Readdirnames(maxWorktrees)
	home := Resolve(os.Getenv("HOME"))
	for _, name := range names {
		line, ok := readLine(filepath.Join(admin, name, "gitdir"))
		if !ok || !filepath.IsAbs(line) || filepath.Base(line) != ".git" {
			continue
		}
		worktree := Resolve(filepath.Dir(line))
		if !within(worktree, path) || within(worktree, root) || within(worktree, home) {
			continue
		}
		if back, ok := gitFile(filepath.Join(worktree, ".git")); ok && Resolve(back) == filepath.Join(admin, name) {
			return true
		}
	}
	return false
}

// readLine reads a small regular file of one line.
func readLine(path string) (string, bool) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return "", false
	}
	defer f.Close() //nolint:errcheck // read only
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxGitFile))
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	return strings.TrimSpace(line), line != ""
}
