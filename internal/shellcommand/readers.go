package shellcommand

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

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
	subscriptRun(a, k)
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
				switch {
				case ifs != "" && j >= 0:
					v, rest = rest[:j], strings.TrimLeft(rest[j+1:], " \t")
				case !strings.Contains(rest, Unknown):
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
func printfRun(a *analyzer, k *command) {
	args := k.args()
	if len(args) > 1 && args[0].v == "-v" {
		subscriptRun(a, k)
	}
	if len(args) > 2 && args[0].v == "-v" && syntax.ValidName(args[1].v) {
		f := join(args[2:])
		k.c.sh.assign(args[1].v, []val{{s: formatted(args[2:]), from: f.from, decoded: f.decoded || hexEscaped(args[2].v)}}, k.c.cond)
	}
}
