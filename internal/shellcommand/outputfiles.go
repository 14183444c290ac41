package shellcommand

import "strings"

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
			a.feed(f.sink, s)
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
