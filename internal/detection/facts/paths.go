package facts

import (
	"path"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// place is a path that has been resolved and classified.
type place struct {
	path    string
	class   string
	outside bool
}

// resolve makes a path of a word: absolute and clean where that can be told.
func (b *builder) resolve(word, dir string) string {
	if strings.Contains(word, shellcommand.Unknown) {
		word = strings.ReplaceAll(word, shellcommand.Unknown, ellipsis)
	}
	word = cut(word, maxText)
	if i := strings.IndexByte(word, ':'); i == 1 && len(word) > 2 && isLetter(word[0]) && (word[2] == '\\' || word[2] == '/') || strings.HasPrefix(word, `\\`) {
		return windows(word)
	}
	switch {
	case word == "":
		return ""
	case word[0] == '/':
	case word[0] == '~':
		word = b.tilde(word)
	case strings.HasPrefix(word, "$HOME/"), strings.HasPrefix(word, "${HOME}/"):
		word = b.tilde("~" + word[strings.IndexByte(word, '/'):])
	case strings.HasPrefix(word, ellipsis):
		if !strings.HasPrefix(word, ellipsis+"/") {
			return path.Clean(word)
		}
		return word
	case dir != "":
		word = dir + "/" + word
	default:
		return path.Clean(word)
	}
	clean := word
	if word[0] == '/' {
		clean = cleaned(word)
	} else if strings.Contains(word, "//") || strings.Contains(word, "/.") || len(word) > 1 && strings.HasSuffix(word, "/") {
		clean = path.Clean(word)
	}
	if len(clean) > 1 && clean[0] == '/' {
		clean = b.known(clean)
	}
	if b.c.Resolve != nil && clean != "" && clean[0] == '/' && !strings.ContainsAny(clean, "*?[…") {
		if r := b.c.Resolve(clean); r != "" {
			clean = r
		}
	}
	return clean
}

// cleaned is path.Clean, at once for what is clean already, as most paths are; "" stays.
func cleaned(p string) string {
	if p == "" {
		return ""
	}
	if p[0] != '/' {
		return path.Clean(p)
	}
	for i := range len(p) {
		if p[i] != '/' {
			continue
		}
		switch rest := p[i+1:]; {
		case rest == "":
			if i > 0 {
				return path.Clean(p)
			}
		case rest[0] == '/', rest[0] == '.' && (len(rest) == 1 || rest[1] == '/' || rest[1] == '.'):
			return path.Clean(p)
		}
	}
	return p
}

func (b *builder) tilde(word string) string {
	name, rest, _ := strings.Cut(word[1:], "/")
	var home string
	switch name {
	case "", "+":
		home = b.c.Home
		if home == "" {
			home = "~"
		}
	case "root":
		home = "/root"
	default:
		home = "/home/" + name
	}
	if rest == "" {
		return home
	}
	return path.Clean(home + "/" + rest)
}

// windows gives a path of that system forward slashes.
func windows(word string) string {
	word = strings.ReplaceAll(word, `\`, "/")
	if len(word) > 1 && word[1] == ':' {
		return strings.ToUpper(word[:1]) + ":" + path.Clean("/"+word[2:])
	}
	return word
}

// known follows the symbolic links that every system has.
func (b *builder) known(p string) string {
	if p[1] != 'p' && p[1] != 'd' && p[1] != 'P' {
		return p
	}
	if rest, ok := strings.CutPrefix(p, "/proc/"); ok {
		who, what, _ := strings.Cut(rest, "/")
		if who == "self" || who == "thread-self" || number(who) {
			for _, link := range [...]struct{ name, to string }{{"cwd", b.c.Dir}, {"root", "/"}} {
				if what == link.name || strings.HasPrefix(what, link.name+"/") {
					if link.to == "" {
						return p
					}
					return path.Clean(link.to + "/" + what[len(link.name):])
				}
			}
		}
		return p
	}
	for _, dir := range [...]string{"/private/etc", "/private/var", "/private/tmp"} {
		if p == dir || strings.HasPrefix(p, dir+"/") {
			return p[len("/private"):]
		}
	}
	return p
}

// place resolves and classifies a word.
func (b *builder) place(word, dir string) place {
	p := b.resolve(word, dir)
	return place{path: p, class: b.classify(p), outside: b.outside(p)}
}

func (b *builder) outside(p string) bool {
	if b.project == "" || p == "" {
		return false
	}
	if p[0] != '/' && p[0] != '~' && !strings.HasPrefix(p, "..") && (len(p) < 2 || p[1] != ':') {
		return false
	}
	return !within(p, b.project)
}

// within reports whether a path is a directory or below it.
func within(p, dir string) bool {
	return len(p) >= len(dir) && p[:len(dir)] == dir && (len(p) == len(dir) || p[len(dir)] == '/' || dir == "/")
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func number(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
