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

func unsetRun(_ *analyzer, k *command) {
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

// readOptions are the options of read and mapfile, and the names behind them.
func readOptions(a *analyzer, k *command, short string) (opts map[byte]field, names []string, in *stream) {
	args := k.args()
	opts = map[byte]field{}
	i := 0
	for ; i < len(args); i++ {
		v := args[i].v
		if v == "--" {
			i++
			break
		}
		if len(v) < 2 || v[0] != '-' {
			break
		}
		for j := 1; j < len(v); j++ {
			if strings.IndexByte(short, v[j]) < 0 {
				opts[v[j]] = field{}
				continue
			}
			if j+1 < len(v) {
				f := args[i]
				f.v = v[j+1:]
				opts[v[j]] = f
			} else if i+1 < len(args) {
				i++
				opts[v[j]] = args[i]
			}
			break
		}
	}
	for _, f := range args[min(i, len(args)):] {
		if n, _, _ := strings.Cut(f.v, "["); syntax.ValidName(n) {
			names = append(names, n)
		}
	}
	in = k.c.in
	if f, ok := opts['u']; ok {
		in = nil
		if n, err := strconv.Atoi(f.v); err == nil {
			if d, known := a.fd(&k.c, n); known {
				in = d.in
				a.reads(k.id, in)
			}
		}
	}
	return opts, names, in
}

// readRun is read: the variables get the words of a line; in the condition of a loop,
// those of every line.
func readRun(a *analyzer, k *command) {
	opts, names, in := readOptions(a, k, "adinNptu")
	var from []source
	line := Unknown
	decoded := false
	if in != nil {
		line, decoded = in.text, in.decoded
		for _, id := range in.from {
			from = append(from, source{id: id, kind: EdgeVariable})
		}
	}
	lines := strings.Split(strings.TrimSuffix(line, "\n"), "\n")
	if d, ok := opts['d']; ok && d.v == "" {
		lines = []string{strings.TrimSuffix(line, "\n")}
	}
	if !k.c.loop && len(lines) > 1 {
		if in != nil && strings.Contains(line, "\n") && in.path == "" && !in.heredoc {
			rest := *in
			rest.text = line[strings.IndexByte(line, '\n')+1:]
			*in = rest
		}
		lines = lines[:1]
	}
	if len(lines) > maxValues {
		lines = lines[:maxValues]
	}
	ifs := first(k.c.sh.lookup("IFS").vals).s
	if f, ok := opts['a']; ok {
		names = nil
		if syntax.ValidName(f.v) {
			var elems []val
			for w := range strings.FieldsFuncSeq(lines[0], func(r rune) bool { return strings.ContainsRune(ifs, r) }) {
				elems = append(elems, val{s: w, from: from, decoded: decoded})
			}
			k.c.sh.assignArray(f.v, elems, nil)
			return
		}
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	vals := make([][]val, len(names))
	for _, l := range lines {
		rest := strings.Trim(l, " \t")
		for i := range names {
			v := rest
			if i < len(names)-1 {
				j := strings.IndexAny(rest, ifs)
				if ifs != "" && j >= 0 {
					v, rest = rest[:j], strings.TrimLeft(rest[j+1:], " \t")
				} else if strings.Contains(rest, Unknown) {
					v = rest
				} else {
					rest = ""
				}
			}
			vals[i] = append(vals[i], val{s: v, from: from, decoded: decoded})
		}
	}
	for i, n := range names {
		k.c.sh.assign(n, vals[i], k.c.cond)
	}
}

// mapfileRun is mapfile and readarray.
func mapfileRun(a *analyzer, k *command) {
	opts, names, in := readOptions(a, k, "dnOsuCc")
	if f, ok := opts['C']; ok {
		a.codeOf(k.c.within(ViaEval), k, f, nil)
	}
	name := "MAPFILE"
	if len(names) > 0 {
		name = names[0]
	}
	if in == nil {
		k.c.sh.assignArray(name, []val{{s: Unknown}}, nil)
		return
	}
	var elems []val
	for l := range strings.SplitSeq(strings.TrimSuffix(in.text, "\n"), "\n") {
		if len(elems) >= maxBraces {
			break
		}
		v := val{s: l, decoded: in.decoded}
		for _, id := range in.from {
			v.from = append(v.from, source{id: id, kind: EdgeVariable, name: name})
		}
		elems = append(elems, v)
	}
	k.c.sh.assignArray(name, elems, nil)
}

// printfRun is printf -v.
func printfRun(_ *analyzer, k *command) {
	args := k.args()
	if len(args) > 2 && args[0].v == "-v" && syntax.ValidName(args[1].v) {
		f := join(args[2:])
		k.c.sh.assign(args[1].v, []val{{s: formatted(args[2:]), from: f.from, decoded: f.decoded || hexEscaped(args[2].v)}}, k.c.cond)
	}
}

// teeRun is tee: its files get what its input gives.
func teeRun(a *analyzer, k *command) {
	s, decoded := inText(k)
	for _, f := range operands(k.args(), "") {
		if f.sink != nil { // >(…) reads what tee reads
			if k.c.in != nil {
				for _, r := range f.sink.readers {
					for _, from := range k.c.in.from {
						a.edge(from, r, EdgePipe, "")
					}
				}
			}
			continue
		}
		if out := a.writes(&k.c, f.v, hasArg(k.args(), "-a", "--append")); out != nil {
			out.add(k.id, s, decoded)
			if k.c.in != nil {
				out.from = append(out.from, k.c.in.from...)
			}
		}
	}
}

// copyRun is cp, mv, ln and install with two operands: what is known of the first is
// known of the second.
func copyRun(a *analyzer, k *command) {
	args := operands(k.args(), "mogtS")
	if len(args) != 2 {
		return
	}
	key := k.c.sh.key(args[0].v)
	have := a.files[key]
	if k.name == "mv" && have != nil {
		defer delete(a.files, key)
	}
	if out := a.writes(&k.c, args[1].v, false); out != nil {
		if have != nil {
			out.text.WriteString(have.text.String())
			out.from, out.decoded = append(out.from, have.from...), have.decoded
		} else {
			out.text.WriteString(Unknown)
		}
		out.from = append(out.from, k.id)
	}
	if k.name == "ln" && have != nil { // both names are one file
		a.files[k.c.sh.key(args[1].v)] = have
	}
}

// outputFile is what a program writes whose option names the file.
func outputFile(short string, long ...string) func(*analyzer, *command) {
	return func(a *analyzer, k *command) {
		args := k.args()
		for i, f := range args {
			name := ""
			switch {
			case len(f.v) > 1 && f.v[0] == '-' && f.v[1] != '-' && short != "" && strings.HasSuffix(f.v, short) && i+1 < len(args):
				name = args[i+1].v
			case short != "" && strings.HasPrefix(f.v, "-"+short) && len(f.v) > 2 && f.v[1] != '-':
				name = f.v[2:]
			default:
				for _, l := range long {
					if f.v == l && i+1 < len(args) {
						name = args[i+1].v
					} else if v, ok := strings.CutPrefix(f.v, l+"="); ok {
						name = v
					}
				}
			}
			if name == "" || name == "-" {
				continue
			}
			if out := a.writes(&k.c, name, false); out != nil {
				s, decoded := inText(k)
				if k.name == "curl" || k.name == "wget" {
					s = Unknown
				}
				if p := a.known[k.name]; p != nil && p.output != nil {
					s, decoded = p.output(a, k)
				}
				out.add(k.id, s, decoded)
			}
		}
		if k.name == "wget" || k.name == "curl" {
			a.remoteName(k)
		}
	}
}

// remoteName is the file that wget and curl -O name after the URL.
func (a *analyzer) remoteName(k *command) {
	byName := k.name == "wget" && !hasArg(k.args(), "-O", "--output-document")
	for _, f := range k.args() {
		byName = byName || k.name == "curl" && (f.v == "--remote-name" || len(f.v) > 1 && f.v[0] == '-' && f.v[1] != '-' && strings.IndexByte(f.v, 'O') > 0)
	}
	if !byName {
		return
	}
	for _, f := range k.args() {
		if strings.HasPrefix(f.v, "-") || !strings.ContainsAny(f.v, "/") {
			continue
		}
		name := f.v[strings.LastIndexByte(f.v, '/')+1:]
		name, _, _ = strings.Cut(name, "?")
		if name != "" && !strings.Contains(name, Unknown) {
			if out := a.writes(&k.c, name, false); out != nil {
				out.add(k.id, Unknown, false)
			}
		}
	}
}

// ddRun is dd of=file.
func ddRun(a *analyzer, k *command) {
	s, decoded := inText(k)
	for _, f := range k.args() {
		if name, ok := strings.CutPrefix(f.v, "of="); ok && !strings.HasPrefix(name, "/dev/") {
			if out := a.writes(&k.c, name, false); out != nil {
				out.add(k.id, s, decoded)
			}
		}
	}
}

// mkfifoRun remembers named pipes, so that who writes and who reads one are known.
func mkfifoRun(a *analyzer, k *command) {
	for _, f := range operands(k.args(), "m") {
		if k.name == "mknod" && (f.v == "p" || f.v == "b" || f.v == "c") {
			continue
		}
		if out := a.writes(&k.c, f.v, true); out != nil {
			out.fifo = true
		}
	}
}
