package shellcommand

import "strings"

// valueOf is the value of the option at i when it is one of some, with = or behind
// it.
func valueOf(args []field, i int, names ...string) (v field, ok bool) {
	name, value, has := strings.Cut(args[i].v, "=")
	for _, n := range names {
		if name != n {
			continue
		}
		if v = args[i]; has {
			v.v = value
			return v, value != ""
		}
		if i+1 < len(args) {
			return args[i+1], args[i+1].v != ""
		}
	}
	return field{}, false
}

// goRun is go: the programs that its options name, and the text of what it runs.
func goRun(a *analyzer, k *command) {
	args := k.args()
	for i := range args {
		if v, ok := valueOf(args, i, "-exec", "-toolexec", "-vettool", "--exec", "--toolexec"); ok {
			a.argumentCode(k, v)
		}
	}
	if len(args) == 0 || args[0].v != "run" || len(a.files) == 0 {
		return
	}
	for _, f := range args[1:] {
		if strings.HasSuffix(f.v, ".go") {
			a.scriptFile(k, interpreters["go"], f)
		}
	}
}

// javaRun is java: what it runs when it fails.
func javaRun(a *analyzer, k *command) {
	args := k.args()
	for i := range args {
		if v, ok := valueOf(args, i, "-XX:OnOutOfMemoryError", "-XX:OnError"); ok && strings.Contains(args[i].v, "=") {
			a.argumentCode(k, v)
		}
	}
}

// aptRun is apt: -o APT::Update::Pre-Invoke::=command and its like.
func aptRun(a *analyzer, k *command) {
	args := k.args()
	for i := range args {
		v := args[i]
		switch {
		case (v.v == "-o" || v.v == "--option") && i+1 < len(args):
			v = args[i+1]
		case strings.HasPrefix(v.v, "-o"):
			v.v = v.v[2:]
		case strings.HasPrefix(v.v, "--option="):
			v.v = v.v[len("--option="):]
		default:
			continue
		}
		name, value, _ := strings.Cut(v.v, "=")
		if strings.Contains(strings.ToLower(name), "invoke") && value != "" {
			v.v = value
			a.argumentCode(k, v)
		}
	}
}

// rpmRun is rpm: %(command) and %{lua:…} in macros.
func rpmRun(a *analyzer, k *command) {
	for _, f := range k.args() {
		if _, code, ok := strings.Cut(f.v, "%("); ok {
			v := f
			v.v = strings.TrimSuffix(code, ")")
			a.argumentCode(k, v)
		}
		if _, code, ok := strings.Cut(f.v, "%{lua:"); ok {
			a.setScript(k, code)
			a.script(k, interpreters["lua"], code)
		}
	}
}

// concurrentlyRun runs each of its operands as a command line.
func concurrentlyRun(a *analyzer, k *command) {
	_, _, cmds := (&wrapper{short: "nclt", long: wordSet("names name-separator max-processes prefix prefix-colors prefix-length timestamp-format restart-tries restart-after default-input-target success kill-signal handle-input")}).split(k.args())
	for i, f := range cmds {
		if i >= maxValues {
			a.bound()
			return
		}
		if !strings.HasPrefix(f.v, "-") {
			a.argumentCode(k, f)
		}
	}
}

// behindDashes runs what stands behind --.
func behindDashes(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		if f.v == "--" && i+1 < len(args) {
			inner := k.inner(args[:i+1], "")
			inner.argv = args[i+1:]
			a.run(&inner)
			return
		}
	}
}

// texRun runs TeX's \write18{command} and \input{|command}.
func texRun(a *analyzer, k *command) {
	for _, f := range k.args() {
		for _, mark := range []string{`\write18{`, `\input{|`, `\input|`, `\ShellEscape{`} {
			if _, code, ok := strings.Cut(f.v, mark); ok {
				v := f
				v.v, _, _ = strings.Cut(strings.Trim(code, `"`), "}")
				a.argumentCode(k, v)
			}
		}
		if _, code, ok := strings.Cut(f.v, `\directlua{`); ok {
			a.script(k, interpreters["lua"], code)
		}
	}
}

// completeRun is complete and compgen: -C runs a command, -W expands words.
func completeRun(a *analyzer, k *command) {
	args := k.args()
	for i := range args {
		if v, ok := valueOf(args, i, "-C"); ok {
			a.argumentCode(k, v)
		}
		if v, ok := valueOf(args, i, "-W"); ok && (strings.Contains(v.v, "$(") || strings.Contains(v.v, "`")) {
			v.v = `: "` + v.v + `"`
			a.argumentCode(k, v)
		}
	}
}

// foreignShellRun is a shell with a language of its own, whose simple commands are
// those of any shell.
func foreignShellRun(a *analyzer, k *command) {
	args := k.args()
	for i := range args {
		if v, ok := valueOf(args, i, "-c", "--commands", "--command"); ok {
			a.codeOf(k.fresh(ViaShell), k, v, nil)
			return
		}
	}
	if len(args) == 0 && k.c.in != nil {
		a.shellText(k.fresh(ViaStdin), k, k.c.in, nil)
	}
}

// subscriptRun is a builtin that takes the names of variables: the shell evaluates
// their subscripts, and what is substituted in them.
func subscriptRun(a *analyzer, k *command) {
	for _, f := range k.args() {
		i := strings.IndexByte(f.v, '[')
		if i <= 0 || !strings.Contains(f.v[i:], "$(") && !strings.Contains(f.v[i:], "`") {
			continue
		}
		v := f
		v.v = `: "` + strings.TrimSuffix(f.v[i+1:], "]") + `"`
		a.codeOf(k.c.within(ViaEval), k, v, nil)
	}
}
