package projectscope

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Scope is a project as the file system has it now: it serves for one event. The path to
// the project is followed once, however many paths are looked at.
type Scope struct {
	project string
	root    walk // to the project
	shared  bool // the way to what lies in the project begins with it
}

// At returns the Scope of a project.
func At(project string) Scope {
	s := Scope{project: project, root: walk{done: "/"}}
	if len(project) > maxPath {
		s.root.done, _ = Resolve(project)
		return s
	}
	s.shared = s.root.follow(project)
	return s
}

// Outside reports whether path leaves the project. `..`, symbolic links and a
// leading ~ are resolved; a relative path is taken from cwd. What lies in a
// linked git worktree of the project's repository is inside. An empty path or
// project is inside: nothing can be said. A path that cannot be followed to its
// end is outside, and so is one that is outside as it is written or as the kernel
// walks it: programs differ in whether they clean a path first.
func (s Scope) Outside(cwd, path string) bool {
	path = strings.TrimSpace(path)
	if s.project == "" || path == "" {
		return false
	}
	written := absolute(cwd, s.project, path)
	clean := filepath.Clean(written)
	return s.outside(clean) || clean != written && s.outside(written)
}

// Outside is what the project's Scope says of one path.
func Outside(project, cwd, path string) bool { return At(project).Outside(cwd, path) }

func (s Scope) outside(path string) bool {
	target, whole := s.Resolve(path)
	if !whole {
		return true
	}
	return !within(s.root.done, target) && !inWorktree(s.root.done, target)
}

// Resolve is Resolve, but goes on from the project where the path leads through it.
func (s Scope) Resolve(path string) (real string, whole bool) {
	below, ok := strings.CutPrefix(path, s.project+"/")
	if !ok || !s.shared || len(path) > maxPath {
		return Resolve(path)
	}
	w := s.root
	whole = w.follow(below)
	return w.done, whole
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
	w := walk{done: "/"}
	whole = w.follow(path)
	return w.done, whole
}

// walk is how far a path has been followed.
type walk struct {
	done         string // the real path
	links, steps int
}

// follow goes on along a path, the way the kernel does. It is false when there are more
// links or steps than can be followed.
func (w *walk) follow(rest string) (whole bool) {
	var info syscall.Stat_t
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch part {
		case "", ".":
			continue
		case "..":
			w.done = filepath.Dir(w.done)
			continue
		}
		if w.steps++; w.steps > maxSteps {
			return false
		}
		next := strings.TrimSuffix(w.done, "/") + "/" + part
		if lstat(next, &info) != nil || info.Mode&syscall.S_IFMT != syscall.S_IFLNK {
			w.done = next
			continue
		}
		to, err := os.Readlink(next)
		if w.links++; err != nil || w.links > maxLinks {
			w.done = next
			return false
		}
		if filepath.IsAbs(to) {
			w.done = "/"
		}
		rest = to + "/" + rest
	}
	return true
}

// lstat is os.Lstat without an os.FileInfo, which would be made for each step.
func lstat(path string, info *syscall.Stat_t) error {
	for {
		if err := syscall.Lstat(path, info); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
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
