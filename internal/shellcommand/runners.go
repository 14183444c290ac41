package shellcommand

import "strings"

// inner is a command that k runs.
func (k *command) inner(own []field, v Via) command {
	n := command{c: k.c, text: k.text, exec: true}
	n.c.wrappers = wrap(k.c.wrappers, Wrapper{Program: k.name, Path: k.argv[0].v, Args: toWords(own)})
	if v != "" {
		n.c = n.c.within(v)
	}
	return n
}

// findRun runs what find's actions do.
func findRun(a *analyzer, k *command) {
	args := k.args()
	roots, pattern := findRoots(args), ""
	if k.name == "find" {
		pattern = findPattern(args)
	}
	for i := 0; i < len(args); i++ {
		switch args[i].v {
		case "-exec", "-execdir", "-ok", "-okdir", "--exec", "--exec-batch", "-x", "-X":
			if k.name == "find" && !strings.HasPrefix(args[i].v, "-exec") && !strings.HasPrefix(args[i].v, "-ok") ||
				k.name != "find" && strings.HasPrefix(args[i].v, "-ok") {
				continue
			}
		default:
			continue
		}
		end := i + 1
		for end < len(args) && args[end].v != ";" && (args[end].v != "+" || args[end-1].v != "{}" && k.name == "find") {
			end++
		}
		inner := k.inner(args[:i], "")
		for _, f := range args[i+1 : end] {
			inner.argv = append(inner.argv, found(f, roots, pattern)...)
		}
		if k.name != "find" && !strings.Contains(join(args[i+1:end]).v, "{") {
			for _, r := range roots {
				inner.argv = append(inner.argv, found(text("{}"), []string{r}, pattern)...)
			}
		}
		if len(inner.argv) > 0 {
			a.run(&inner)
		}
		i = end
	}
}

// found replaces {} by a path below the roots.
func found(f field, roots []string, pattern string) []field {
	if !strings.Contains(f.v, "{}") {
		return []field{f}
	}
	var out []field
	for i, r := range roots {
		if i >= maxValues {
			break
		}
		n := f
		n.quoted = false
		n.v = strings.ReplaceAll(f.v, "{}", below(r, pattern))
		out = append(out, n)
	}
	return out
}

// xargsRun runs what xargs does, with the words of its input.
func xargsRun(a *analyzer, k *command) bool {
	w := a.known["xargs"].wrap
	opts, _, rest := w.split(k.args())
	if len(rest) == 0 {
		return false
	}
	own := k.args()[:len(k.args())-len(rest)]
	inner := k.inner(own, "")
	replace := ""
	for _, o := range opts {
		switch o.name {
		case "I", "J":
			replace = o.value.v
		case "i", "replace":
			replace = o.value.v
			if replace == "" {
				replace = "{}"
			}
		case "a", "arg-file":
			if s := a.fileStream(&k.c, o.value); s != nil {
				inner.c.in = s
			}
		}
	}
	words := a.inputWords(inner.c.in, hasOption(opts, "0", "null") || replace != "", opts)
	inner.c.in = nil
	inner.argv = a.filled(rest, words, replace)
	a.run(&inner)
	return true
}

// filled puts words into a command: in place of a text, or behind it.
func (a *analyzer) filled(rest, words []field, replace string) []field {
	if replace == "" {
		return append(append(make([]field, 0, len(rest)+len(words)), rest...), words...)
	}
	var out []field
	used := false
	for i, f := range rest {
		if !strings.Contains(f.v, replace) {
			out = append(out, f)
			continue
		}
		used = true
		for j, w := range words {
			// Each is a run of its own; in the place of the program, and in code,
			// only the first is followed.
			if j > 0 && (i == 0 || f.v != replace) || j >= maxValues {
				break
			}
			n := f
			n.quoted = false
			n.v = strings.ReplaceAll(f.v, replace, w.v)
			n.from, n.decoded = w.from, w.decoded
			if len(n.v) <= maxText {
				out = append(out, n)
			}
		}
	}
	if !used && len(words) > 0 { // it runs all the same
		if len(out) > 0 {
			out[0].from = append(out[0].from[:len(out[0].from):len(out[0].from)], words[0].from...)
		}
	}
	return out
}

// inputWords are the words of an input.
func (a *analyzer) inputWords(in *stream, lines bool, opts []option) []field {
	if in == nil {
		return []field{{v: Unknown}}
	}
	var from []source
	for _, id := range in.from {
		from = append(from, source{id: id, kind: EdgeArgument})
	}
	var out []field
	add := func(s string) {
		if len(out) < maxBraces && s != "" {
			out = append(out, field{v: s, from: from, decoded: in.decoded})
		}
	}
	seps := " \t\n"
	if lines {
		seps = "\n"
	}
	for _, o := range opts {
		if (o.name == "d" || o.name == "delimiter") && o.value.v != "" {
			seps = ansiC(o.value.v) + "\n"
		}
	}
	for w := range strings.FieldsFuncSeq(in.text, func(r rune) bool { return strings.ContainsRune(seps, r) }) {
		if !lines && strings.ContainsAny(w, `\'"`) {
			w = strings.NewReplacer(`\`, "", `'`, "", `"`, "").Replace(w)
		}
		add(w)
	}
	return out
}

// optionCode runs the commands that ssh's -o options name.
func (a *analyzer) optionCode(k *command, opts []option) {
	for _, o := range opts {
		if o.name != "o" && o.name != "S" {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(o.value.v), "=")
		if !ok {
			name, value, _ = strings.Cut(o.value.v, " ")
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "proxycommand", "localcommand", "knownhostscommand", "remotecommand":
			f := o.value
			f.v = value
			a.argumentCode(k, f)
		default:
			if o.name == "S" && k.name != "ssh" && o.value.v != "" { // scp -S program
				a.argumentCode(k, o.value)
			}
		}
	}
}

// argumentCode analyses the value of an option that is a command.
func (a *analyzer) argumentCode(k *command, f field) {
	inner := k.inner(nil, "")
	c := inner.fresh(ViaArgument)
	c.in = nil
	a.codeOf(c, k, f, nil)
}
