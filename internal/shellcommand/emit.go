package shellcommand

import (
	"path"
	"strings"
)

// produce gives what the command writes to whoever reads it.
func (a *analyzer) produce(k *command, p *program) {
	if k.c.out == nil && len(k.c.sinks) == 0 || k.id < 0 {
		return
	}
	out, decoded := Unknown, false
	if p != nil {
		switch {
		case p.silent && (k.name != "set" && k.name != "compgen" || k.name == "set" && len(k.argv) > 1):
			return
		case p.output != nil:
			out, decoded = p.output(a, k)
		}
	}
	for _, sink := range k.c.sinks {
		a.feed(sink, out)
	}
	if k.c.out != nil {
		k.c.out.add(k.id, a.text(out), decoded)
	}
}

// emit notes a command.
func (a *analyzer) emit(k *command) {
	k.id = -1
	c := &k.c
	if c.sh.in != nil && c.in == nil {
		c.in = c.sh.in
	}
	redirs := c.redirs
	if len(c.sh.redirs) > 0 {
		redirs = append(append([]Redirect(nil), c.sh.redirs...), redirs...)
	}
	if len(k.argv) == 0 && len(k.assigns) == 0 && len(redirs) == 0 {
		return
	}
	a.words += len(k.argv)
	if len(a.out.Commands) >= maxCommands || a.words > maxWords {
		a.bound()
		return
	}
	id := len(a.out.Commands)
	k.id = id
	cmd := Command{
		ID: id, Program: k.name, Wrappers: c.wrappers, Via: c.via, Assigns: k.assigns,
		Redirects: redirs, Dir: c.sh.dir, Text: k.text, Background: c.bg, Script: k.script,
	}
	var p *program
	if len(k.argv) > 0 && len(c.sh.exported) > 0 {
		cmd.Env = c.sh.environment()
	}
	if len(k.argv) > 0 {
		cmd.Path = k.argv[0].v
		cmd.Args = toWords(k.args())
		if p = a.known[k.name]; p != nil && p.builtin && k.exec {
			p = nil
		}
		if p != nil && p.builtin && cmd.Path == k.name {
			cmd.Builtin = true
		}
	}
	if c.in != nil && len(k.argv) > 0 && (p == nil || !p.deaf) {
		if c.in.path == "" || c.in.kind == EdgeFile || c.in.text != Unknown {
			cmd.Stdin = Word{Value: c.in.text, Known: c.in.known(), Quoted: c.in.heredoc}
		}
		a.reads(id, c.in)
	}
	for i := range k.argv {
		f := &k.argv[i]
		for _, s := range f.from {
			a.edge(s.id, id, s.kind, s.name)
		}
		if f.stream != nil && len(f.stream.readers) < maxBraces {
			f.stream.readers = append(f.stream.readers, id)
		}
		if f.sink != nil {
			for _, r := range f.sink.readers {
				a.edge(id, r, EdgeProcess, "")
			}
		}
		if i > 0 && (len(a.files) > 0 || c.bg) {
			a.usesFile(c, &cmd, f.v)
		}
	}
	for _, s := range k.from {
		a.edge(s.id, id, EdgeVariable, s.name)
	}
	for _, sink := range c.sinks {
		for _, r := range sink.readers {
			a.edge(id, r, EdgeProcess, "")
		}
	}
	a.out.Commands = append(a.out.Commands, cmd)
}

// usesFile notes that a command names a file which the command line wrote.
func (a *analyzer) usesFile(c *ctx, cmd *Command, arg string) {
	id := cmd.ID
	if i := strings.LastIndexAny(arg, "@="); i >= 0 {
		arg = arg[i+1:]
	}
	if arg == "" {
		return
	}
	key := c.sh.key(arg)
	if out := a.files[key]; out != nil {
		for _, from := range out.from {
			a.edge(from, id, EdgeFile, key)
		}
		if s := out.text.String(); s != "" && len(cmd.Files) < maxFiles {
			cmd.Files = append(cmd.Files, FileText{Path: key, Text: s[:min(len(s), maxScript)]})
		}
	}
	if key != "" && len(a.early) < maxBraces && (c.bg || a.files[key] != nil) {
		a.early = append(a.early, reader{id: id, path: key})
	}
}

// ranFile analyses a program that the command line wrote itself.
func (a *analyzer) ranFile(k *command, f field, args []field) {
	if f.stream == nil && !strings.ContainsAny(f.v, "/") {
		return
	}
	s := a.fileStream(&k.c, f)
	if s == nil || s.text == Unknown && len(s.from) == 0 {
		return
	}
	for _, from := range s.from {
		a.edge(from, k.id, EdgeFile, s.path)
	}
	if strings.HasPrefix(s.text, "#!") {
		line, _, _ := strings.Cut(s.text, "\n")
		inter := base(strings.TrimSpace(line[2:]))
		words := strings.Fields(line[2:])
		if len(words) > 1 && base(words[0]) == "env" {
			inter = words[len(words)-1]
		} else if len(words) > 0 {
			inter = base(words[0])
		}
		if !isShell(inter) {
			if p := a.interpreter(inter); p != nil {
				a.setScript(k, s.text)
				a.script(k, p, s.text)
			}
			return
		}
	}
	inner := k.c.within(ViaFile)
	a.shellText(inner, k, s, args)
}

// guess is the program that a pattern in the place of one most probably is.
func guess(p string) string {
	dir, name := path.Split(p)
	if strings.Contains(p, Unknown) || len(p) > 128 {
		return ""
	}
	switch dir {
	case "", "./":
		return name
	}
	for _, bin := range []string{"/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/"} {
		if ok, err := path.Match(dir, bin); err != nil || !ok {
			continue
		}
		for _, n := range guesses {
			if ok, err := path.Match(name, n); err == nil && ok {
				return n
			}
		}
	}
	return ""
}

// guesses are the programs that a pattern is tried on, the most harmful first.
var guesses = strings.Fields(`rm sh bash cat nc curl wget dd mkfs shred mv cp chmod chown ncat netcat zsh dash python3
	python perl ruby node php tee tar base64 xxd sudo su kill pkill killall passwd useradd usermod crontab systemctl
	find ssh scp rsync git docker socat telnet openssl awk sed head tail less more grep env xargs truncate unlink rmdir
	ln install chattr mount umount iptables reboot shutdown halt poweroff nl tac od strings`)
