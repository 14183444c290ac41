package shellcommand

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func cdRun(_ *analyzer, k *command) {
	sh := k.c.sh
	args := operands(k.args(), "")
	if k.name == "pushd" && len(sh.dirs) < maxValues {
		sh.dirs = append(sh.dirs, sh.dir)
	}
	switch {
	case len(args) == 0 && k.name == "cd" && !hasArg(k.args(), "-"):
		sh.chdir(first(sh.lookup("HOME").vals).s)
	case hasArg(k.args(), "-"):
		sh.dir, sh.prevDir = sh.prevDir, sh.dir
	case len(args) > 0:
		sh.chdir(args[0].v)
	}
}

func popdRun(_ *analyzer, k *command) {
	sh := k.c.sh
	if n := len(sh.dirs); n > 0 {
		sh.dir, sh.dirs = sh.dirs[n-1], sh.dirs[:n-1]
		return
	}
	sh.dir = ""
}

func aliasRun(_ *analyzer, k *command) {
	for _, f := range k.args() {
		name, code, ok := strings.Cut(f.v, "=")
		if !ok || len(k.c.sh.aliases) > maxBraces || strings.Contains(code, Unknown) {
			continue
		}
		if k.c.sh.aliases == nil {
			k.c.sh.aliases = map[string]string{}
		}
		k.c.sh.aliases[name] = code
	}
}

func unaliasRun(_ *analyzer, k *command) {
	for _, f := range k.args() {
		delete(k.c.sh.aliases, f.v)
	}
}

func hashRun(_ *analyzer, k *command) {
	args := k.args()
	if len(args) < 3 || args[0].v != "-p" || len(k.c.sh.hashed) > maxBraces {
		return
	}
	if k.c.sh.hashed == nil {
		k.c.sh.hashed = map[string]string{}
	}
	for _, f := range args[2:] {
		k.c.sh.hashed[f.v] = args[1].v
	}
}

func unsetRun(a *analyzer, k *command) {
	subscriptRun(a, k)
	for _, f := range operands(k.args(), "") {
		if hasArg(k.args(), "-f") {
			delete(k.c.sh.funcs, f.v)
			continue
		}
		if syntax.ValidName(f.v) {
			k.c.sh.assign(f.v, []val{{}}, k.c.cond)
		}
	}
}

func setRun(_ *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		if f.v == "--" {
			k.c.sh.args = values(args[i+1:])
			return
		}
		if f.v == "" || f.v[0] != '-' && f.v[0] != '+' {
			if i > 0 && (args[i-1].v == "-o" || args[i-1].v == "+o") {
				continue
			}
			k.c.sh.args = values(args[i:])
			return
		}
	}
}

func shiftRun(_ *analyzer, k *command) {
	n := 1
	if args := k.args(); len(args) > 0 {
		if v, err := strconv.Atoi(args[0].v); err == nil && v >= 0 {
			n = v
		}
	}
	k.c.sh.args = k.c.sh.args[min(n, len(k.c.sh.args)):]
}

// execRun is exec without a command: its redirects stay.
func execRun(_ *analyzer, k *command) {
	sh := k.c.sh
	for n, d := range k.c.fds {
		sh.setFD(n, d)
	}
	for _, r := range k.c.redirs {
		if (r.FD == 0 || r.FD == 1) && len(sh.redirs) < maxValues {
			sh.redirs = append(sh.redirs[:len(sh.redirs):len(sh.redirs)], r)
		}
	}
	if d, ok := k.c.fds[0]; ok {
		sh.in = d.in
	}
}
