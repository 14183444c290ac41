package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// arguments adds what the words of a command are.
func (b *builder) arguments(c *call) {
	sp := c.spec
	if h := fileHandlers()[c.prog]; h != nil {
		h(b, c)
	} else if !sp.text {
		n := len(c.pos)
		for i := range n {
			b.role(c, sp.operand(i, n), c.pos[i], c.at[i], c.at[i] < len(c.cmd.Args) && c.cmd.Args[c.at[i]].Glob)
		}
	}
	if sp.text {
		return
	}
	for i := range c.opts {
		o := &c.opts[i]
		if o.has {
			b.role(c, sp.role(o.name), o.value, -1, false)
		} else if !sp.known && len(o.name) > 2 {
			b.any(c, o.name)
		}
	}
	if !sp.known {
		b.attached(c)
		b.addresses(c)
	}
}

// addresses adds the URLs among the words of a program that is not known.
func (b *builder) addresses(c *call) {
	for _, a := range c.args {
		i := strings.Index(a, "://")
		if i <= 0 || strings.ContainsAny(a, " \n") || strings.HasPrefix(a, "file://") {
			continue
		}
		_, host, port, _ := splitURL(a)
		if strings.HasPrefix(a, "-") {
			continue
		}
		b.addNet(Net{Host: host, Port: port, URL: a, Direction: DirectionConnect})
		if b.step.own.bits&bitSecret != 0 {
			b.sink(host)
		} else {
			b.step.sends, b.step.upload = true, host
		}
	}
}

// attached looks for paths that stand directly behind the letters of an option.
func (b *builder) attached(c *call) {
	for _, a := range c.args {
		if len(a) < 4 || a[0] != '-' || a[1] == '-' {
			continue
		}
		if i := strings.IndexAny(a, "/~"); i > 1 && i < 8 {
			b.any(c, a[i:])
		}
	}
}

// role adds what an argument is by its role.
func (b *builder) role(c *call, role byte, word string, at int, glob bool) {
	switch role {
	case roleNone, 't':
	case roleRead:
		b.read(c, word, glob, false)
	case roleTree:
		b.read(c, word, glob, true)
	case roleWrite:
		if c.prog == "touch" && strings.HasSuffix(word, ".telemetry-enabled") {
			break // which switches it on
		}
		b.add(word, AccessWrite, c.prog, glob, false)
		b.writes(word)
	case roleDelete:
		b.add(word, AccessDelete, c.prog, glob, c.has("-r", "-R", "--recursive", "-Recurse"))
	case roleExecute:
		b.execute(c, word)
	case roleMode:
		b.add(word, AccessMode, c.prog, glob, c.has("-R", "-r", "--recursive"))
	case roleList:
		b.add(word, AccessList, c.prog, glob, false)
	case roleMove:
		b.add(word, AccessMove, c.prog, glob, true)
		b.reads(word)
	case roleUse:
		if word != "" && word != "-" {
			b.add(word, AccessUse, c.prog, glob, false)
		}
	case roleUpload:
		b.read(c, word, glob, false)
	case roleData:
		b.data(c, word)
	case roleLibrary:
		b.library(c, word)
	case roleCode:
		if !interpreters[c.prog] && !shells[c.prog] && c.prog != "sed" && c.prog != "awk" {
			b.foreign(word)
		}
	case roleHost:
		b.any(c, word)
	case roleURL, roleShell:
		// net.go and the acts look at them.
		if role == roleURL && !strings.Contains(word, "://") {
			b.any(c, word)
		}
	default:
		if glob || at >= 0 {
			b.anyAt(c, word, at, glob)
		} else {
			b.any(c, word)
		}
	}
}

// read adds a file that is read.
func (b *builder) read(c *call, word string, glob, tree bool) {
	if word == "" || word == "-" || strings.Contains(word, "://") && !strings.HasPrefix(word, "file://") {
		return
	}
	if b.wanted != "" && strings.Contains(word, shellcommand.Unknown) && len(c.cmd.Wrappers) > 0 {
		word = strings.ReplaceAll(word, shellcommand.Unknown, b.wanted)
	}
	word = strings.TrimPrefix(word, "file://")
	if namesOnly(c) {
		b.add(word, AccessList, c.prog, glob, tree)
		return
	}
	b.add(word, AccessRead, c.prog, glob, tree)
	b.reads(word)
}

// namesOnly reports whether a program shows of a file of variables their names
// alone.
func namesOnly(c *call) bool {
	switch c.prog {
	case "cut":
		return (c.arg("-d=") || c.value("-d", "--delimiter") == "=") && c.value("-f", "--fields") == "1"
	case "awk":
		return (c.arg("-F=") || c.value("-F", "--field-separator") == "=") && strings.ReplaceAll(c.word(0), " ", "") == "{print$1}"
	case "sed":
		return strings.HasPrefix(c.word(0), "s/=.*/")
	}
	return false
}

// any adds a word of a program that is not known when it is a path that matters.
func (b *builder) any(c *call, word string) { b.anyAt(c, word, -1, false) }

func (b *builder) anyAt(c *call, word string, at int, glob bool) {
	if len(word) < 2 || len(word) > 1024 || strings.ContainsAny(word, "\n") {
		return
	}
	if strings.ContainsAny(word, " \t") && (at < 0 || !strings.HasPrefix(word, "/")) {
		if !c.spec.known && strings.Contains(word, "/etc/s") && len(word) < 256 {
			for w := range strings.FieldsSeq(word) {
				if p := b.place(strings.Trim(w, `'"`), b.dir()); p.class == ClassSystemAuth && strings.HasPrefix(w, "/") {
					b.put(p, AccessRead, c.prog, false, false)
				}
			}
		}
		return
	}
	// Most words are none: a path that matters has one of these.
	if !strings.ContainsAny(word, "/.~\\") && !strings.HasPrefix(word, "id_") {
		return
	}
	if strings.Contains(word, "://") {
		rest, ok := strings.CutPrefix(word, "file://")
		if !ok {
			return
		}
		word = rest
	}
	b.sensitive(c, word, glob)
	if i := strings.LastIndexAny(word, "=@,:<{("); i >= 0 && i+1 < len(word) {
		for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return strings.ContainsRune("=@,:<{}()'\"", r) }) {
			if len(part) > 1 && part != word {
				b.sensitive(c, part, glob)
			}
		}
	}
}

// sensitive adds a path as read when it is of a class that matters.
func (b *builder) sensitive(c *call, word string, glob bool) {
	p := b.place(word, b.dir())
	switch p.class {
	case ClassCredential, ClassSystemAuth, ClassLog:
		if p.class == ClassLog && !strings.Contains(p.path, "history") {
			return
		}
		b.put(p, AccessRead, c.prog, glob, false)
		b.reads(word)
	case ClassDevice, ClassContainer, ClassTelemetry, ClassAgentConfig, ClassPersistence:
		b.put(p, AccessList, c.prog, glob, false)
	}
}
