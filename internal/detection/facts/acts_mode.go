package facts

import "strings"

// modes are the files of chmod, whose mode may look like an option.
func (b *builder) modes(c *call) {
	private := narrows(c.word(0))
	for _, w := range b.modeNames(c) {
		class := b.place(w, b.dir()).class
		if private && class == ClassCredential || class == ClassSystem && ownContainer(c.cmd) {
			b.role(c, roleList, w, -1, false)
			continue
		}
		b.role(c, roleMode, w, -1, strings.ContainsAny(w, "*?["))
	}
}

// modeNames are the files of a call of chmod or chown.
func (b *builder) modeNames(c *call) []string {
	if c.has("--reference") {
		return c.pos
	}
	if c.prog == "chmod" {
		for _, a := range c.args {
			if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "rwxXst") == "" {
				return c.pos
			}
		}
	}
	return c.pos[min(1, len(c.pos)):]
}

// mode is chmod, chown and their like.
func (b *builder) mode(c *call) {
	spec := c.word(0)
	recursive := c.has("-R", "--recursive")
	for _, a := range c.args { // -x and -r are modes, too
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Trim(a[1:], "rwxXst") == "" && len(a) > 1 {
			spec = a
			break
		}
	}
	names := c.pos
	if len(names) > 0 && spec == names[0] && !c.has("--reference") {
		names = names[1:]
	}
	switch c.prog {
	case "setcap":
		b.act(ActPrivilegeSetuid, c.line())
		return
	case "chattr":
		if strings.Contains(c.line(), "+i") || strings.Contains(c.line(), "-i") || strings.Contains(c.line(), "-a") {
			b.act(ActPrivilegeOwn, c.line())
		}
	case "chmod":
		if setuid(spec) {
			b.act(ActPrivilegeSetuid, c.line())
		}
		if open(spec) {
			b.act(ActModeOpen, c.line())
		}
		b.modeOff = b.modeOff || strings.Contains(spec, "-x") || strings.HasPrefix(spec, "-") && strings.Contains(spec, "x") || len(spec) >= 3 && number(spec) && strings.IndexByte("0246", spec[len(spec)-3]) >= 0
	}
	for _, w := range names {
		p := b.place(w, b.dir())
		if p.class == ClassSystem && ownContainer(c.cmd) && !b.root(p.path) {
			continue // the container's
		}
		rooted := b.root(p.path) || p.class == ClassRoot
		if recursive && rooted && p.path != "/tmp" {
			b.act(ActFileDeleteRoot, c.prog+" "+p.path)
		}
		switch p.class {
		case ClassPersistence:
			if inHome, _ := b.home(strings.ToLower(p.path)); !inHome && p.path[0] == '/' && p.outside {
				b.act(ActPrivilegeOwn, c.line())
			}
		case ClassSystem, ClassSystemAuth, ClassRoot, ClassDevice, ClassContainer:
			b.act(ActPrivilegeOwn, c.line())
		case ClassTelemetry:
			b.act(ActTelemetryDisable, c.line())
		case ClassOther, ClassOtherHome:
			if recursive && c.prog != "chmod" && !ownContainer(c.cmd) {
				b.act(ActPrivilegeOwn, c.line())
			}
		}
	}
}

func setuid(spec string) bool {
	if len(spec) >= 4 && number(spec) {
		d := spec[len(spec)-4]
		return d >= '2' && d != '1' || d == '6'
	}
	for part := range strings.SplitSeq(spec, ",") {
		if i := strings.IndexAny(part, "+="); i >= 0 && strings.Contains(part[i:], "s") && strings.Trim(part[:i], "ugoa") == "" {
			return true
		}
	}
	return false
}

func open(spec string) bool {
	if number(spec) && len(spec) >= 3 {
		d := spec[len(spec)-1]
		return d == '7' || d == '6' || d == '2' || d == '3'
	}
	for part := range strings.SplitSeq(spec, ",") {
		if i := strings.IndexAny(part, "+="); i >= 0 && strings.Contains(part[i:], "w") && strings.ContainsAny(part[:i], "oa") {
			return true
		}
	}
	return false
}

// narrows reports whether a mode leaves nothing to others.
func narrows(spec string) bool {
	return len(spec) >= 3 && len(spec) < 5 && number(spec) && strings.HasSuffix(spec, "00") && spec[len(spec)-3] <= '7' && !setuid(spec) || spec == "go-rwx" || spec == "go=" || spec == "og-rwx"
}
