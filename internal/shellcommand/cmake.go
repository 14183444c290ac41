package shellcommand

import "strings"

// cmakeTools are the commands of cmake -E that are another program's.
var cmakeTools = map[string][]string{
	"rm": {"rm"}, "remove": {"rm", "-f"}, "remove_directory": {"rm", "-rf"}, "copy": {"cp"}, "copy_directory": {"cp", "-r"}, "rename": {"mv"},
	"create_symlink": {"ln", "-s"}, "cat": {"cat"}, "env": {"env"}, "time": {"time"}, "tar": {"tar"}, "make_directory": {"mkdir", "-p"},
}

// cmakeRun is cmake: -E runs a tool, -P a script.
func cmakeRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		switch {
		case f.v == "-E" && i+2 < len(args):
			rest := args[i+2:]
			tool := cmakeTools[args[i+1].v]
			if args[i+1].v == "chdir" {
				rest = rest[1:]
			} else if tool == nil {
				return
			}
			inner := k.inner(args[:i+1], "")
			for _, w := range tool {
				inner.argv = append(inner.argv, text(w))
			}
			if inner.argv = append(inner.argv, rest...); len(inner.argv) > 0 {
				a.run(&inner)
			}
			return
		case f.v == "-P" && i+1 < len(args):
			if s := a.fileStream(&k.c, args[i+1]); s != nil && strings.Trim(s.text, Unknown) != "" {
				a.reads(k.id, s)
				a.cmakeText(k, s.text)
			}
			return
		}
	}
	if len(a.files) == 0 {
		return
	}
	if s := a.fileStream(&k.c, text("CMakeLists.txt")); strings.Trim(s.text, Unknown) != "" {
		a.reads(k.id, s)
		a.cmakeText(k, s.text)
	}
}

// cmakeText runs what a script runs while it is read: execute_process(COMMAND …) and
// file(REMOVE …).
func (a *analyzer) cmakeText(k *command, code string) {
	for n := 0; n < maxValues && a.step(); n++ {
		i := strings.Index(strings.ToLower(code), "execute_process")
		j := strings.Index(strings.ToLower(code), "file(remove")
		if i < 0 && j < 0 || len(strings.ToLower(code)) != len(code) {
			return
		}
		at := max(i, j)
		if i >= 0 && j >= 0 {
			at = min(i, j)
		}
		_, body, _ := strings.Cut(code[at:], "(")
		body, code, _ = strings.Cut(body, ")")
		inner := k.inner(nil, ViaArgument)
		inner.c.in, inner.c.out = nil, nil
		if at == j {
			inner.argv = []field{text("rm"), text("-rf")}
		}
		for _, f := range a.splitText(&k.c, body) {
			switch {
			case f.v == "REMOVE", f.v == "REMOVE_RECURSE", f.v == "COMMAND" && len(inner.argv) == 0:
				continue
			case strings.ToUpper(f.v) == f.v && strings.Trim(f.v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" && strings.Contains(f.v, "_") && at == i:
				body = ""
			case f.v == "COMMAND":
				a.run(&inner)
				inner = k.inner(nil, ViaArgument)
				inner.c.in, inner.c.out = nil, nil
				continue
			}
			if body == "" {
				break
			}
			inner.argv = append(inner.argv, f)
		}
		if len(inner.argv) > 0 {
			a.run(&inner)
		}
	}
}

// justRun is just: a command, or the recipes of a justfile that the command line has.
func justRun(a *analyzer, k *command) {
	args := k.args()
	var targets []string
	for i := 0; i < len(args); i++ {
		switch v := args[i].v; {
		case v == "--command" || v == "-c":
			if i+1 < len(args) {
				inner := k.inner(args[:i+1], "")
				inner.argv = args[i+1:]
				a.run(&inner)
			}
			return
		case v == "-f" || v == "--justfile":
			if i++; i < len(args) {
				defer a.justFile(k, args[i], &targets)
			}
		case v == "-d" || v == "--working-directory":
			i++
		case !strings.HasPrefix(v, "-") && len(targets) < maxDeps:
			targets = append(targets, v)
		}
	}
	if len(a.files) > 0 && !hasArg(args, "-f", "--justfile") {
		a.justFile(k, text("justfile"), &targets)
	}
}

func (a *analyzer) justFile(k *command, f field, targets *[]string) {
	s := a.fileStream(&k.c, f)
	if s == nil || strings.Trim(s.text, Unknown) == "" {
		return
	}
	a.reads(k.id, s)
	var b strings.Builder
	for line := range strings.Lines(s.text) {
		if trimmed := strings.TrimLeft(line, " "); len(trimmed) < len(line) {
			b.WriteByte('\t')
			line = trimmed
		}
		b.WriteString(line)
	}
	if code := recipes(makeRules(b.String()), *targets); code != "" {
		a.codeOf(k.fresh(ViaFile), k, text(code), nil)
	}
}
