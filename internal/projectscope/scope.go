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
// project is inside: nothing can be said. A path that cannot be followed to its
// end is outside, and so is one that is outside as it is written or as the kernel
// walks it: programs differ in whether they clean a path first.
func Outside(project, cwd, path string) bool {
	path = strings.TrimSpace(path)
	if project == "" || path == "" {
		return false
	}
	written := absolute(cwd, project, path)
	root, _ := Resolve(project)
	clean := filepath.Clean(written)
	return outside(root, clean) || clean != written && outside(root, written)
}

func outside(root, path string) bool {
	target, whole := Resolve(path)
	if !whole {
		return true
	}
	return !within(root, target) && !inWorktree(root, target)
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

// Bounds of following a path: as many symbolic links as the kernel follows, and
// more steps than any real path has; links upon links could cost seconds.
const (
	maxLinks = 40
	maxSteps = 512
	maxPath  = 4096 // bytes, the longest that the kernel takes
)

// Resolve returns the real path of an absolute path the way the kernel walks
// it, also when its last parts do not exist yet. whole is false when the path is
// longer, or has more links or steps, than can be followed.
func Resolve(path string) (real string, whole bool) {
	if len(path) > maxPath {
		path = filepath.Clean(path)
	}
	if len(path) > maxPath {
		return path, false
	}
	rest := strings.Split(path, "/")
	done, links, steps := "/", 0, 0
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
		if steps++; steps > maxSteps {
			return done, false
		}
		next := filepath.Join(done, part)
		info, err := os.Lstat(next)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		to, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return next, false
		}
		if filepath.IsAbs(to) {
			done = "/"
		}
		rest = append(strings.Split(to, "/"), rest...)
	}
	return done, true
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
	home, _ := Resolve(os.Getenv("HOME"))
	for _, name := range names {
		line, ok := readLine(filepath.Join(admin, name, "gitdir"))
		if !ok || !filepath.IsAbs(line) || filepath.Base(line) != ".git" {
			continue
		}
		worktree, whole := Resolve(filepath.Dir(line))
		if !whole || hidden(home, worktree) || !within(worktree, path) || within(worktree, root) || within(worktree, home) {
			continue
		}
		if back, ok := gitFile(filepath.Join(worktree, ".git")); ok && back != "" {
			if real, _ := Resolve(back); real == filepath.Join(admin, name) {
				return true
			}
		}
	}
	return false
}

// hidden reports a directory such as ~/.ssh: a worktree is never made there.
func hidden(home, dir string) bool {
	rest, ok := strings.CutPrefix(dir, home+"/")
	return ok && strings.HasPrefix(rest, ".")
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
