package shellcommand

import (
	"slices"
	"strings"
)

// shellRun is sh, bash and their like.
func shellRun(a *analyzer, k *command) {
	args := k.args()
	i, code, stdin := 0, false, false
	for ; i < len(args); i++ {
		v := args[i].v
		if v == "--" || v == "-" {
			i++
			break
		}
		if len(v) < 2 || v[0] != '-' && v[0] != '+' {
			break
		}
		if strings.HasPrefix(v, "--") {
			switch v {
			case "--command": // fish
				code = true
			case "--rcfile", "--init-file", "--init-command": // bash, fish
				i++
				if i < len(args) && v != "--init-command" {
					a.runsFile(k, args[i], nil)
				} else if i < len(args) {
					a.codeOf(k.fresh(ViaShell), k, args[i], nil)
				}
			default:
				if c, ok := strings.CutPrefix(v, "--init-command="); ok {
					a.codeOf(k.fresh(ViaShell), k, field{v: c, from: args[i].from}, nil)
				}
				if _, c, ok := strings.Cut(v, "--command="); ok && strings.HasPrefix(v, "--command=") {
					a.codeOf(k.fresh(ViaShell), k, field{v: c, from: args[i].from}, nil)
					return
				}
			}
			continue
		}
		if k.name == "fish" && v == "-C" && i+1 < len(args) {
			i++
			a.codeOf(k.fresh(ViaShell), k, args[i], nil)
			continue
		}
		if v[0] == '-' {
			code = code || strings.IndexByte(v, 'c') > 0
			stdin = stdin || strings.IndexByte(v, 's') > 0
		}
		if last := v[len(v)-1]; last == 'o' || last == 'O' {
			i++
		}
		if code && k.name == "fish" {
			i++
			break
		}
	}
	rest := args[min(i, len(args)):]
	switch {
	case code:
		if len(rest) > 0 {
			var positional []field
			if len(rest) > 2 {
				positional = rest[2:]
			}
			c := k.fresh(ViaShell)
			c.sh.args, c.sh.zero = nil, ""
			if len(rest) > 1 {
				c.sh.zero = rest[1].v
			}
			a.codeOf(c, k, rest[0], positional)
		}
	case len(rest) > 0 && !stdin:
		a.runsFile(k, rest[0], rest[1:])
	case k.c.in != nil:
		a.shellText(k.fresh(ViaStdin), k, k.c.in, rest)
	}
}

// fresh is the state of a shell that the command starts.
func (k *command) fresh(v Via) ctx {
	c := k.c.within(v)
	c.sh = c.sh.clone()
	c.sh.aliases, c.sh.hashed, c.sh.funcs = nil, nil, k.c.sh.funcs
	c.noAlias = ""
	return c
}

// runsFile analyses a script that a shell is given by name.
func (a *analyzer) runsFile(k *command, f field, args []field) {
	s := a.fileStream(&k.c, f)
	if s == nil {
		return
	}
	if s.text == Unknown && len(s.from) == 0 {
		return // a file of the disk: nothing is said of it
	}
	a.reads(k.id, s)
	v := ViaFile
	if s.path == "" {
		v = ViaStdin
	}
	a.shellText(k.fresh(v), k, s, args)
}

// evalRun is eval.
func evalRun(a *analyzer, k *command) {
	args := k.args()
	if len(args) > 0 && args[0].v == "--" {
		args = args[1:]
	}
	if len(args) > 0 {
		a.codeOf(k.c.within(ViaEval), k, join(args), nil)
	}
}

// sourceRun is . and source.
func sourceRun(a *analyzer, k *command) {
	args := k.args()
	if len(args) > 0 && args[0].v == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	s := a.fileStream(&k.c, args[0])
	if s == nil {
		return
	}
	if s.text == Unknown && len(s.from) == 0 {
		k.c.sh.sourced = true
		return
	}
	a.reads(k.id, s)
	var positional []field
	if len(args) > 1 {
		positional = args[1:]
	}
	c := k.c.within(ViaSource)
	if s.kind == EdgeFile {
		c = c.within(ViaFile)
	}
	a.shellText(c, k, s, positional)
}

// trapRun is trap.
func trapRun(a *analyzer, k *command) {
	args := k.args()
	if len(args) > 0 && args[0].v == "--" {
		args = args[1:]
	}
	if len(args) < 2 || args[0].v == "-" || args[0].v == "" || strings.HasPrefix(args[0].v, "-") {
		return
	}
	c := k.c.within(ViaTrap)
	again, code, names := *k, args[0], args[1:]
	if len(a.traps) < maxValues && slices.ContainsFunc(names, func(f field) bool { return !trapsSoon[f.v] }) {
		// It runs when the shell ends, with the variables of then.
		a.traps = append(a.traps, func() {
			c.sh = again.c.sh.clone()
			a.codeOf(c, &again, code, nil)
		})
		return
	}
	c.sh = c.sh.clone()
	a.codeOf(c, k, code, nil)
}

// trapsSoon are the events that come while the commands behind a trap run.
var trapsSoon = wordSet("DEBUG ERR RETURN")

// suRun is su, runuser and sg: a -c anywhere, or a command behind the user.
func suRun(a *analyzer, k *command) bool {
	args := k.args()
	inner := *k
	inner.exec = true
	inner.c.wrappers = wrap(k.c.wrappers, Wrapper{Program: k.name, Path: k.argv[0].v, Args: toWords(args)})
	ran := false
	for i := 0; i < len(args); i++ {
		v := args[i].v
		switch {
		case v == "--" && k.name == "runuser":
			if i+1 < len(args) {
				inner.argv = args[i+1:]
				a.run(&inner)
				return true
			}
		case v == "--command", v == "--session-command", len(v) > 1 && v[0] == '-' && v[1] != '-' && strings.HasSuffix(v, "c"):
			if i+1 < len(args) {
				i++
				a.codeOf(inner.fresh(ViaShell), k, args[i], nil)
				ran = true
			}
		case strings.HasPrefix(v, "--command="):
			f := args[i]
			f.v = v[len("--command="):]
			a.codeOf(inner.fresh(ViaShell), k, f, nil)
			ran = true
		case strings.HasPrefix(v, "-c") && len(v) > 2:
			f := args[i]
			f.v = v[2:]
			a.codeOf(inner.fresh(ViaShell), k, f, nil)
			ran = true
		case k.name == "runuser" && (v == "-u" || v == "--user") && i+2 < len(args) && !strings.HasPrefix(args[i+2].v, "-"):
			inner.argv = args[i+2:]
			a.run(&inner)
			return true
		case k.name == "sg" && i == 1 && v != "-":
			a.codeOf(inner.fresh(ViaShell), k, args[i], nil)
			ran = true
		}
	}
	return ran
}

// newgrpRun is newgrp, whose shell reads what it is fed.
func newgrpRun(a *analyzer, k *command) {
	args := k.args()
	inner := k.inner(args, "")
	for i := range args {
		if v, ok := valueOf(args, i, "-c", "--command"); ok {
			a.codeOf(inner.fresh(ViaShell), k, v, nil)
			return
		}
	}
	if k.c.in != nil {
		a.shellText(inner.fresh(ViaStdin), k, k.c.in, nil)
	}
}
