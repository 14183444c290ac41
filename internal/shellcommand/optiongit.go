package shellcommand

import "strings"

// gitConfig are settings of git whose value is a command.
func gitConfigCode(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "core.pager", "core.editor", "core.sshcommand", "core.fsmonitor", "core.askpass", "core.gitproxy", "diff.external",
		"sequence.editor", "gpg.program", "gpg.ssh.program", "gpg.openpgp.program", "credential.helper", "interactive.difffilter", "uploadpack.packobjectshook",
		"web.browser", "sendemail.smtpserver", "ssh.variant", "core.alternaterefscommand", "receive.procreceive", "gpg.ssh.defaultkeycommand":
		return true
	}
	for _, s := range []string{".textconv", ".command", ".clean", ".smudge", ".process", ".driver", ".cmd", ".path", ".helper", ".uploadpack", ".receivepack", ".proxy"} {
		if strings.HasSuffix(name, s) {
			return s != ".path" && s != ".proxy" || strings.HasPrefix(name, "browser.") || strings.HasPrefix(name, "difftool.") || strings.HasPrefix(name, "mergetool.")
		}
	}
	return strings.HasPrefix(name, "pager.")
}

// gitRun runs what git's options and aliases do.
func gitRun(a *analyzer, k *command) {
	args := k.args()
	aliases := a.git
	i := 0
	for ; i < len(args); i++ {
		v := args[i].v
		if !strings.HasPrefix(v, "-") {
			break
		}
		switch v {
		case "-c", "--config-env":
			i++
			if i >= len(args) {
				break
			}
			name, value, _ := strings.Cut(args[i].v, "=")
			f := args[i]
			f.v = value
			if n, ok := strings.CutPrefix(strings.ToLower(name), "alias."); ok {
				own := map[string]string{n: value}
				for k2, v2 := range aliases {
					own[k2] = v2
				}
				aliases = own
				continue
			}
			a.gitSetting(k, name, f)
		case "-C", "--git-dir", "--work-tree", "--namespace", "--super-prefix", "--exec-path":
			i++
		}
	}
	if i >= len(args) {
		return
	}
	sub, rest := args[i].v, args[i+1:]
	if code, ok := aliases[strings.ToLower(sub)]; ok && len(a.active) < 8 {
		a.active = append(a.active, "git "+sub)
		defer func() { a.active = a.active[:len(a.active)-1] }()
		if code, ok := strings.CutPrefix(code, "!"); ok {
			f := text(code + " " + join(rest).v)
			a.argumentCode(k, f)
			return
		}
		inner := command{c: k.c.within(ViaAlias), text: k.text, exec: true}
		inner.argv = append(append([]field{k.argv[0]}, a.splitText(&k.c, code)...), rest...)
		a.run(&inner)
		return
	}
	a.gitSub(k, sub, rest)
}

func (a *analyzer) gitSetting(k *command, name string, f field) {
	if !gitConfigCode(name) || f.v == "" || f.v == "true" || f.v == "false" {
		return
	}
	if strings.HasSuffix(strings.ToLower(name), "helper") {
		code, ok := strings.CutPrefix(f.v, "!")
		if !ok && !strings.HasPrefix(f.v, "/") {
			return // the name of a git-credential-…
		}
		f.v = code
	}
	a.argumentCode(k, f)
}

// gitSub runs what a subcommand's options name.
func (a *analyzer) gitSub(k *command, sub string, rest []field) {
	for i, f := range rest {
		name, value, has := strings.Cut(f.v, "=")
		v := f
		v.v = value
		if !has && i+1 < len(rest) {
			v = rest[i+1]
		} else if !has {
			v = field{}
		}
		switch {
		case name == "--upload-pack", name == "--receive-pack", name == "--exec" && sub != "grep",
			name == "-x" && (sub == "rebase" || sub == "difftool"), name == "-u" && (sub == "fetch-pack" || sub == "clone" || sub == "ls-remote"),
			name == "--extcmd", name == "--sendmail-cmd", name == "--open-files-in-pager", sub == "filter-branch" && strings.HasSuffix(name, "-filter") && name != "--subdirectory-filter":
			if v.v != "" {
				a.argumentCode(k, v)
			}
		case strings.HasPrefix(f.v, "-O") && sub == "grep" && len(f.v) > 2:
			v.v = f.v[2:]
			a.argumentCode(k, v)
		case strings.HasPrefix(f.v, "ext::"):
			v.v = extCommand(f.v[len("ext::"):])
			a.argumentCode(k, v)
		case name == "-c" && sub == "clone", name == "--config" && sub == "clone":
			n, val, _ := strings.Cut(v.v, "=")
			v.v = val
			a.gitSetting(k, n, v)
		}
	}
	ops := operands(rest, "f")
	switch sub {
	case "config":
		if len(ops) > 0 && (ops[0].v == "set" || ops[0].v == "add") {
			ops = ops[1:]
		}
		if len(ops) < 2 {
			return
		}
		name := strings.ToLower(ops[0].v)
		if n, ok := strings.CutPrefix(name, "alias."); ok && len(a.git) < maxValues {
			if a.git == nil {
				a.git = map[string]string{}
			}
			a.git[n] = ops[1].v
			if code, ok := strings.CutPrefix(ops[1].v, "!"); ok {
				a.argumentCode(k, text(code))
			}
			return
		}
		a.gitSetting(k, name, ops[1])
	case "submodule":
		for i, f := range rest {
			if f.v == "foreach" {
				code := rest[i+1:]
				for len(code) > 0 && strings.HasPrefix(code[0].v, "-") {
					code = code[1:]
				}
				if len(code) > 0 {
					a.argumentCode(k, join(code))
				}
				return
			}
		}
	case "bisect":
		if len(rest) > 1 && rest[0].v == "run" {
			inner := k.inner(rest[:1], "")
			inner.argv = rest[1:]
			a.run(&inner)
		}
	}
}

// extCommand is the command of an address ext::command: a space behind % is of a word.
func extCommand(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	words := strings.Split(strings.ReplaceAll(s, "% ", Unknown), " ")
	for i, w := range words {
		w = strings.NewReplacer(Unknown, " ", "%S", "", "%s", "", "%%", "%").Replace(w)
		words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}
