package behaviour

import (
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

// Programs whose downloads are what they say: sources and packages that are run
// as a matter of course. Rules of their own look at them.
var ordinary = []string{
	"git", "hg", "svn", "gh", "glab", "npm", "pnpm", "yarn", "bun", "pip", "pip3", "pipx", "uv", "poetry", "cargo", "rustup", "go",
	"gem", "bundle", "composer", "mvn", "gradle", "apt", "apt-get", "dnf", "yum", "apk", "pacman", "brew", "conda", "docker", "podman",
}

// Programs that make another name or copy of a file.
var copiers = []string{"cp", "mv", "install", "ln", "rsync", "tee", "dd", "cat"}

// learn notes the steps that an event takes, for later events.
func (s *session) learn(f *facts.Facts, at int64, id uint64) {
	for i := range f.Paths {
		p := &f.Paths[i]
		if p.Access == facts.AccessRead && (p.Class == facts.ClassCredential || p.Class == facts.ClassSystemAuth) {
			s.Secrets = remember(s.Secrets, trace{At: at, ID: id, Path: p.Path}, maxSecrets)
		}
	}
	for i := range f.Acts {
		if a := &f.Acts[i]; a.Kind == "secret.dump" || a.Kind == "secret.print" {
			s.Secrets = remember(s.Secrets, trace{At: at, ID: id, Path: cut(a.Kind + " " + a.Detail)}, maxSecrets)
		}
	}
	if len(f.Paths) == 0 {
		return
	}
	for i := range f.Paths {
		p := &f.Paths[i]
		if p.Class == facts.ClassDevNull || p.Class == facts.ClassDevice {
			continue
		}
		var what mark
		switch p.Access {
		case facts.AccessMode:
			what = executable
		case facts.AccessWrite:
			what = written
			if downloads(f, p.Program) {
				what = downloaded
			} else if slices.Contains(copiers, p.Program) {
				what |= s.marksOfSources(f, p.Program)
			}
		default:
			continue
		}
		s.Files = remember(s.Files, trace{At: at, ID: id, Path: p.Path, What: what}, maxFiles)
	}
}

// downloads reports whether a program of the event fetches something.
func downloads(f *facts.Facts, program string) bool {
	if program == "" || slices.Contains(ordinary, program) {
		return false
	}
	for i := range f.Net {
		if n := &f.Net[i]; n.Program == program && (n.Direction == facts.DirectionDownload || n.Direction == facts.DirectionConnect) {
			return true
		}
	}
	return false
}

// marksOfSources are the marks of the files that a copying program reads.
func (s *session) marksOfSources(f *facts.Facts, program string) (m mark) {
	for i := range f.Paths {
		p := &f.Paths[i]
		if p.Program != program || p.Access != facts.AccessRead && p.Access != facts.AccessMove {
			continue
		}
		for j := range s.Files {
			if s.Files[j].Path == p.Path {
				m |= s.Files[j].What
			}
		}
	}
	return m
}

func cut(s string) string { return s[:min(len(s), maxPath)] }
