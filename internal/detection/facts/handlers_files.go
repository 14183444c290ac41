package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// variable is the value of a variable that is set for the command, by itself or by
// the shell before it.
func variable(k *shellcommand.Command, name string) string {
	for i := range k.Assigns {
		if k.Assigns[i].Name == name {
			return k.Assigns[i].Value.Value
		}
	}
	for i := range k.Env {
		if k.Env[i].Name == name {
			return k.Env[i].Value.Value
		}
	}
	for i := range k.Wrappers {
		for j := range k.Wrappers[i].Args {
			if v, ok := strings.CutPrefix(k.Wrappers[i].Args[j].Value, name+"="); ok {
				return v
			}
		}
	}
	return ""
}

func (b *builder) dd(c *call) {
	for _, w := range c.args {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			continue
		}
		switch name {
		case "if":
			b.read(c, value, false, false)
		case "of":
			p := b.place(value, b.dir())
			b.put(p, AccessWrite, c.prog, false, false)
			b.writes(value)
			if p.class == ClassDevice {
				b.act(ActDiskOverwrite, p.path)
			}
		}
	}
}

// gitFiles are files that git shows or that its options name.
func (b *builder) gitFiles(c *call) {
	sub := ""
	switch w := c.word(0); w {
	case "diff", "show", "log", "cat-file", "archive", "bundle", "format-patch", "blame":
		b.step.own.add(1, "the repository")
	case "config":
		if c.has("-l", "--list") || c.arg("-l", "--list") {
			b.step.own.add(1, "settings of git")
		}
	}
	for _, w := range c.pos {
		if sub == "" {
			sub = w
			continue
		}
		switch sub {
		case "show", "cat-file", "blame", "diff", "grep", "log", "archive", "apply", "hash-object":
			if _, p, ok := strings.Cut(w, ":"); ok && !strings.Contains(p, "//") {
				w = p
			}
			p := b.place(w, b.dir())
			if p.class == ClassCredential && (sub != "log" && sub != "blame" || sub == "log" && c.has("-p", "--patch") || strings.Contains(p.path, "/.ssh/")) || p.class == ClassSystemAuth {
				b.put(p, AccessRead, c.prog, false, false)
				b.reads(w)
			}
		case "clone", "fetch", "pull", "push", "ls-remote", "submodule":
			if strings.Contains(w, "://") || strings.Contains(w, "@") && strings.Contains(w, ":") {
				var host string
				if strings.Contains(w, "://") {
					_, host, _, _ = splitURL(w)
				} else {
					host, _, _ = remoteFile(w)
				}
				d := DirectionDownload
				if sub == "push" {
					d = DirectionUpload
				}
				b.addNet(Net{Host: host, URL: w, Direction: d})
				if class := hostClass(strings.ToLower(host)); sub == "push" && b.step != nil && class != HostKnown && class != HostPrivate && class != HostLoopback {
					b.step.own.add(1, "the repository")
					b.sink(host)
				}
				if sub == "clone" && b.step != nil && hostClass(strings.ToLower(host)) != HostKnown && !ownForge(w, host) {
					b.step.own.add(2, host)
					name := strings.TrimSuffix(strings.TrimSuffix(w, "/"), ".git")
					if last := c.pos[len(c.pos)-1]; last != w {
						name = last
					} else if i := strings.LastIndexAny(name, "/:"); i >= 0 {
						name = name[i+1:]
					}
					b.tree(name)
				}
			}
		}
	}
}

// ownForge reports whether a repository is of a host that has a name and that one has
// an account at, or of one's own network.
func ownForge(address, host string) bool {
	if host == "" || host[0] >= '0' && host[0] <= '9' || host[0] == '[' {
		return false
	}
	return !strings.Contains(address, "://") || strings.HasPrefix(address, "ssh://") || hostClass(strings.ToLower(host)) == HostPrivate
}

func (b *builder) openssl(c *call) {
	sub := c.word(0)
	for _, w := range c.pos {
		if w != sub {
			b.any(c, w)
		}
	}
	if hasAny(sub, "base64", "enc", "aes", "des", "chacha", "camellia", "zlib", "smime", "cms", "pkeyutl", "rsautl") && c.has("-d", "-decrypt") {
		b.step.own.add(3, "openssl "+sub)
	}
	if sub == "s_client" {
		host, port, _ := strings.Cut(c.value("-connect"), ":")
		n, _ := atoi(port)
		if host == "" {
			return
		}
		b.addNet(Net{Host: host, Port: n, Direction: DirectionConnect})
		if c.has("-quiet") || hasInput(c.cmd) {
			b.step.own.add(2, host)
			b.sink(host)
		}
	}
	if sub == "s_server" {
		b.addNet(Net{Direction: DirectionListen, Class: HostUnknown})
	}
}

func (b *builder) find(c *call) {
	var roots []string
	tests := false
	deletes := false
	for i, w := range c.args {
		if (w == "-name" || w == "-iname") && i+1 < len(c.args) {
			if n := strings.ToLower(c.args[i+1]); credential(n, n) {
				b.wanted = c.args[i+1]
			}
		}
		if w == "-delete" {
			deletes = true
		}
		if !tests && !strings.HasPrefix(w, "-") && w != "(" && w != "!" {
			roots = append(roots, w)
			continue
		}
		if w == "-H" || w == "-L" || w == "-P" {
			continue
		}
		tests = true
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	for _, r := range roots {
		access := AccessList
		if deletes {
			access = AccessDelete
		}
		b.add(r, access, c.prog, false, true)
	}
	for i, w := range c.args {
		if i+1 < len(c.args) && (w == "-fprintf" || w == "-fprint" || w == "-fls" || w == "-fprint0") {
			b.role(c, roleWrite, c.args[i+1], -1, false)
		}
		if i+1 < len(c.args) && (w == "-files0-from" || w == "-newer") {
			b.any(c, c.args[i+1])
		}
	}
	if deletes && !b.named(c, c.args) {
		b.deleted(c, roots, true, findLimits(c.args))
	}
}

func (b *builder) sed(c *call) {
	scripted := c.has("-e", "-f", "--expression", "--file")
	inPlace := c.has("-i", "--in-place")
	for i, w := range c.pos {
		if i == 0 && !scripted {
			b.script(c, w)
			continue
		}
		if inPlace {
			b.add(w, AccessWrite, c.prog, c.cmd.Args[c.at[i]].Glob, false)
			b.writes(w)
		} else {
			b.read(c, w, c.cmd.Args[c.at[i]].Glob, false)
		}
	}
	if v := c.value("-e", "--expression"); v != "" {
		b.script(c, v)
	}
	b.scriptFile(c.value("-f", "--file"))
}

// scriptFile is a file with a program, or the input.
func (b *builder) scriptFile(name string) {
	switch name {
	case "":
	case "-", "/dev/stdin":
		b.step.runsIn = true
	default:
		b.runs(name)
	}
}

func (b *builder) awk(c *call) {
	scripted := c.has("-f", "--file")
	for i, w := range c.pos {
		if i == 0 && !scripted {
			b.script(c, w)
			continue
		}
		if strings.Contains(w, "=") && !strings.Contains(w, "/") {
			continue
		}
		b.read(c, w, c.cmd.Args[c.at[i]].Glob, false)
	}
	b.scriptFile(c.value("-f", "--file"))
}

func atoi(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s) && i < 6; i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

// findLimits reports whether a search is for some files only.
func findLimits(args []string) bool {
	for i, a := range args {
		switch a {
		case "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex":
			if i+1 < len(args) && strings.Trim(args[i+1], "*.?/") != "" {
				return true
			}
		case "-mtime", "-mmin", "-ctime", "-cmin", "-atime", "-amin", "-empty", "-size", "-newer", "-inum", "-links", "-samefile", "-xtype":
			return true
		}
	}
	return false
}
