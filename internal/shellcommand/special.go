package shellcommand

import (
	"slices"
	"strings"
)

// capshRun is capsh: what stands behind -- or == goes to bash.
func capshRun(a *analyzer, k *command) bool {
	args := k.args()
	for i, f := range args {
		if f.v == "--" || f.v == "==" {
			inner := k.inner(args[:i+1], "")
			inner.argv = append([]field{text("bash")}, args[i+1:]...)
			a.run(&inner)
			return true
		}
	}
	return false
}

// flockRun is flock: a command behind the file, or -c and code.
func flockRun(a *analyzer, k *command) bool {
	args := k.args()
	for i, f := range args {
		if (f.v == "-c" || f.v == "--command") && i+1 < len(args) {
			inner := k.inner(args[:i], "")
			a.codeOf(inner.fresh(ViaShell), k, args[i+1], nil)
			return true
		}
		if !strings.HasPrefix(f.v, "-") && i > 0 && !strings.HasPrefix(args[i-1].v, "-") {
			break
		}
	}
	return a.unwrap(k, a.known["flock"].wrap)
}

// scriptRun is script: -c and code, or (BSD) a command behind the file.
func scriptRun(a *analyzer, k *command) bool {
	w := a.known["script"].wrap
	opts, _, rest := w.split(k.args())
	for _, o := range opts {
		if (o.name == "c" || o.name == "command") && o.value.v != "" {
			inner := k.inner(k.args(), "")
			a.codeOf(inner.fresh(ViaShell), k, o.value, nil)
			return true
		}
	}
	if len(rest) == 0 {
		return false
	}
	for i := 0; i < len(rest) && strings.HasPrefix(rest[i].v, "-"); i++ { // options may stand behind the file
		var code field
		switch v := rest[i].v; {
		case strings.HasPrefix(v, "--command="):
			code = rest[i]
			code.v = v[len("--command="):]
		case (v == "--command" || v[len(v)-1] == 'c' && !strings.HasPrefix(v, "--")) && i+1 < len(rest):
			code = rest[i+1]
		default:
			continue
		}
		inner := k.inner(k.args(), "")
		a.codeOf(inner.fresh(ViaShell), k, code, nil)
		return true
	}
	inner := k.inner(k.args()[:len(k.args())-len(rest)], "")
	inner.argv = rest
	a.run(&inner)
	return true
}

// startStopRun is start-stop-daemon --start --exec program -- args.
func startStopRun(a *analyzer, k *command) bool {
	w := a.known["start-stop-daemon"].wrap
	opts, _, rest := w.split(k.args())
	var prog field
	for _, o := range opts {
		switch o.name {
		case "x", "exec", "a", "startas":
			prog = o.value
		}
	}
	if prog.v == "" || !hasOption(opts, "S", "start") {
		return false
	}
	inner := k.inner(k.args()[:len(k.args())-len(rest)], "")
	inner.argv = append([]field{prog}, rest...)
	a.run(&inner)
	return true
}

// subCommands are those that run the rest of the arguments, by program.
var subCommands = map[string]string{
	"uv": "run", "poetry": "run", "pipenv": "run", "pdm": "run", "hatch": "run", "rye": "run", "bundle": "exec",
	"npm": "exec x", "pnpm": "exec dlx", "yarn": "exec dlx", "conda": "run", "mamba": "run", "micromamba": "run", "mise": "exec x",
	"asdf": "exec", "pyenv": "exec", "rbenv": "exec", "direnv": "exec", "op": "run", "aws-vault": "exec", "doppler": "run",
	"chamber": "exec", "nix": "shell develop run", "volta": "run", "bun": "x", "pipx": "run", "devbox": "run",
	"flox": "activate", "tox": "exec", "composer": "exec", "pixi": "run", "heroku": "run", "lerna": "exec", "nx": "exec", "teller": "run", "pueue": "add", "perf": "stat record trace", "dotenvx": "run", "infisical": "run", "guix": "shell",
}

var subWrapper = &wrapper{
	short: "npcCfe", long: wordSet("with python package name prefix call project directory extra group index-url from spec env-file node command env"),
	code: wordSet("c call command"),
}

// subRun is a program with a subcommand that runs another program.
func subRun(a *analyzer, k *command) {
	args := k.args()
	if k.name == "nix-shell" {
		for i, f := range args {
			if (f.v == "--run" || f.v == "--command") && i+1 < len(args) {
				inner := k.inner(args[:i], "")
				a.codeOf(inner.fresh(ViaShell), k, args[i+1], nil)
			}
		}
		return
	}
	subs := strings.Fields(subCommands[k.name])
	at := -1
	for i, f := range args {
		for _, s := range subs {
			if f.v == s {
				at = i
			}
		}
		if at >= 0 || i > 4 {
			break
		}
	}
	if at < 0 {
		return
	}
	w := subWrapper
	rest := args[at+1:]
	switch k.name {
	case "direnv", "aws-vault", "chamber":
		w = &wrapper{skip: 1}
	case "nix", "flox", "guix":
		for i, f := range rest {
			if f.v == "--" && args[at].v == "run" && i > 0 && k.name == "nix" { // nix run nixpkgs#bash -- -c code
				_, prog, _ := strings.Cut(rest[i-1].v, "#")
				inner := k.inner(args[:at+1], "")
				inner.argv = append([]field{text(prog)}, rest[i+1:]...)
				a.run(&inner)
				return
			}
			if f.v == "--" || (f.v == "-c" || f.v == "--command") && k.name != "guix" {
				inner := k.inner(args[:at+1], "")
				inner.argv = rest[i+1:]
				if len(inner.argv) > 0 {
					a.run(&inner)
				}
				return
			}
		}
		return
	case "mise", "op", "doppler", "infisical":
		for i, f := range rest {
			if f.v == "--" {
				rest = rest[i:]
				break
			}
		}
	case "perf":
		w = &wrapper{short: "eopCtFIrcGm", long: wordSet("event output pid cpu call-graph")}
	}
	opts, _, cmd := w.split(rest)
	inner := k.inner(args[:len(args)-len(cmd)], "")
	for _, o := range opts {
		if (o.name == "c" || o.name == "call" || o.name == "command") && o.value.v != "" && (k.name == "npm" || k.name == "pnpm" || k.name == "yarn") {
			a.codeOf(inner.fresh(ViaShell), k, o.value, nil)
		}
	}
	if len(cmd) == 1 && (k.name == "yarn" || k.name == "heroku" || k.name == "lerna" || k.name == "nx" || k.name == "pueue") && strings.ContainsAny(cmd[0].v, " ;|&") {
		a.codeOf(inner.fresh(ViaShell), k, cmd[0], nil)
	} else if len(cmd) > 0 {
		inner.argv = cmd
		a.run(&inner)
	}
}

// npxRun is npx and bunx.
func npxRun(a *analyzer, k *command) {
	opts, _, cmd := (&wrapper{short: "pc", long: wordSet("package call")}).split(k.args())
	inner := k.inner(k.args()[:len(k.args())-len(cmd)], "")
	for _, o := range opts {
		if o.name == "c" || o.name == "call" {
			a.codeOf(inner.fresh(ViaShell), k, o.value, nil)
		}
	}
	if len(cmd) > 0 {
		inner.argv = slices.Clone(cmd)
		inner.argv[0].v = packageProgram(cmd[0].v)
		a.run(&inner)
	}
}

// packageProgram is the program of a package as @scope/name@version.
func packageProgram(name string) string {
	from := strings.IndexByte(name, '/') + 1
	if strings.HasPrefix(name, "@") && from > 0 {
		name = name[from:]
	}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		name = name[:i]
	}
	return name
}

// watchexecRun is watchexec.
func watchexecRun(a *analyzer, k *command) {
	_, _, cmd := (&wrapper{short: "weifd", long: wordSet("watch exts ignore filter debounce shell")}).split(k.args())
	if len(cmd) > 0 {
		inner := k.inner(nil, "")
		a.codeOf(inner.fresh(ViaShell), k, join(cmd), nil)
	}
}

// sedRun is sed's e command.
func sedRun(a *analyzer, k *command) {
	ops := operands(k.args(), "efl")
	scripts := ops[:min(1, len(ops))]
	for i, f := range k.args() {
		if (f.v == "-e" || f.v == "--expression") && i+1 < len(k.args()) {
			scripts = append(scripts[:len(scripts):len(scripts)], k.args()[i+1])
		}
	}
	for _, f := range scripts {
		for part := range strings.FieldsFuncSeq(f.v, func(r rune) bool { return r == ';' || r == '\n' }) {
			code, ok := strings.CutPrefix(strings.TrimLeft(part, "0123456789$,{ "), "e ")
			if ok && a.step() {
				v := f
				v.v = strings.TrimRight(code, "} ")
				a.argumentCode(k, v)
			}
		}
	}
}
