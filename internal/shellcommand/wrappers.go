package shellcommand

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// wrapper says how a program takes the command that it runs.
type wrapper struct {
	// short are the letters of the options that take a value, optional those whose
	// value can only stand directly behind the letter.
	short, optional string
	// long are the long options whose value is the next word.
	long map[string]bool
	// stop are the options, letters and names, with which it runs nothing.
	stop map[string]bool
	// single says that long options have one dash.
	single bool
	// skip is how many words of its own stand before the command.
	skip int
	// assigns says that NAME=value may stand before the command.
	assigns bool
	// joined says that it gives the command to a shell as text.
	joined bool
	// code are the options whose value is shell code.
	code map[string]bool
	// own says that the program is noted as a command, too.
	own bool
	via Via
}

// option is one that a wrapper was given.
type option struct {
	name  string // without dashes
	value field
}

// split takes the wrapper's own words off.
func (w *wrapper) split(args []field) (opts []option, assigns, rest []field) {
	i := 0
	for ; i < len(args); i++ {
		v := args[i].v
		if v == "--" {
			i++
			break
		}
		if len(v) < 2 || v[0] != '-' {
			if w.assigns && isAssign(v) {
				assigns = append(assigns, args[i])
				continue
			}
			break
		}
		if v[1] == '-' || w.single {
			name, value, has := strings.Cut(strings.TrimLeft(v, "-"), "=")
			o := option{name: name}
			switch {
			case has:
				o.value = args[i]
				o.value.v = value
			case w.long[name] && i+1 < len(args):
				i++
				o.value = args[i]
			}
			opts = append(opts, o)
			continue
		}
		i += w.cluster(args, i, &opts)
	}
	rest = args[min(i, len(args)):]
	if w.skip > 0 {
		rest = rest[min(w.skip, len(rest)):]
		if len(rest) > 0 && rest[0].v == "--" {
			rest = rest[1:]
		}
	}
	return opts, assigns, rest
}

// cluster takes -abc; it returns how many words more were used.
func (w *wrapper) cluster(args []field, i int, opts *[]option) int {
	v := args[i].v
	for j := 1; j < len(v); j++ {
		o := option{name: v[j : j+1]}
		if strings.IndexByte(w.optional, v[j]) >= 0 {
			o.value = text(v[j+1:])
			*opts = append(*opts, o)
			return 0
		}
		if strings.IndexByte(w.short, v[j]) >= 0 {
			if j+1 < len(v) {
				o.value = args[i]
				o.value.v = v[j+1:]
				*opts = append(*opts, o)
				return 0
			}
			if i+1 < len(args) {
				o.value = args[i+1]
			}
			*opts = append(*opts, o)
			return 1
		}
		*opts = append(*opts, o)
	}
	return 0
}

func isAssign(v string) bool {
	name, _, ok := strings.Cut(v, "=")
	return ok && syntax.ValidName(name)
}

// unwrap runs what a wrapper runs; it is false when the wrapper runs nothing and is
// the command itself.
func (a *analyzer) unwrap(k *command, w *wrapper) bool {
	opts, assigns, rest := w.split(k.args())
	for _, o := range opts {
		if w.stop[o.name] {
			return false
		}
	}
	var code []field
	for _, o := range opts {
		if w.code[o.name] && o.value.v != "" {
			code = append(code, o.value)
		}
	}
	if len(rest) == 0 && len(code) == 0 {
		return false
	}
	inner := *k
	inner.exec = k.name != "command" && k.name != "builtin"
	ownArgs := k.args()[:len(k.args())-len(rest)]
	inner.c.wrappers = wrap(k.c.wrappers, Wrapper{Program: k.name, Path: k.argv[0].v, Args: toWords(ownArgs)})
	if w.via != "" {
		inner.c = inner.c.within(w.via)
	}
	if len(assigns) > 0 {
		inner.c.sh = inner.c.sh.clone()
		inner.assigns = k.assigns[:len(k.assigns):len(k.assigns)]
		for _, f := range assigns {
			name, value, _ := strings.Cut(f.v, "=")
			inner.c.sh.assign(name, []val{{s: value, from: f.from, decoded: f.decoded}}, false)
			inner.assigns = append(inner.assigns, Assign{Name: name, Value: Word{Value: value, Known: f.known()}})
		}
	}
	a.wrapperOptions(&inner, k.name, opts)
	if w.own {
		a.emit(k)
	}
	for _, f := range code {
		a.codeOf(inner.c.within(ViaShell), k, f, nil)
	}
	if len(rest) == 0 {
		return true
	}
	// A shell that is given -c and code is meant to get both, though the code's words
	// are torn apart on the way.
	if w.joined && !hasOption(opts, "x", "exec") && (len(rest) < 3 || !isShell(base(rest[0].v))) {
		a.codeOf(inner.c.within(ViaShell), k, join(rest), nil)
		return true
	}
	inner.argv = rest
	a.run(&inner)
	return true
}

// wrapperOptions applies options that change where or as what the command runs.
func (a *analyzer) wrapperOptions(inner *command, name string, opts []option) {
	for _, o := range opts {
		switch name + " " + o.name {
		case "env C", "env chdir", "sudo D", "sudo chdir":
			inner.c.sh = inner.c.sh.clone()
			inner.c.sh.chdir(o.value.v)
		case "strace o": // a file, or a command behind a |
			if code := strings.TrimLeft(o.value.v, "|!"); code != o.value.v {
				f := o.value
				f.v = code
				a.argumentCode(inner, f)
			}
		}
	}
}

func hasOption(opts []option, names ...string) bool {
	for _, o := range opts {
		for _, n := range names {
			if o.name == n {
				return true
			}
		}
	}
	return false
}

// join makes one text of words, as programs do that give them to a shell.
func join(fields []field) field {
	var b strings.Builder
	var f field
	for i, x := range fields {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(x.v)
		f.from = append(f.from, x.from...)
		f.decoded = f.decoded || x.decoded
		if b.Len() > maxText {
			break
		}
	}
	f.v = b.String()
	return f
}

// env runs env, whose -S splits a word into more words.
func env(a *analyzer, k *command) bool {
	w := a.known["env"].wrap
	args := k.args()
	for i, f := range args {
		if !strings.HasPrefix(f.v, "-") {
			if !isAssign(f.v) {
				break
			}
			continue // an S in its name is no -S
		}
		var code string
		rest := args[i+1:]
		switch {
		case strings.HasPrefix(f.v, "--split-string="):
			code = f.v[len("--split-string="):]
		case f.v == "--split-string", len(f.v) > 1 && f.v[1] != '-' && strings.HasSuffix(f.v, "S"):
			if len(rest) == 0 {
				return false
			}
			code, rest = rest[0].v, rest[1:]
		case len(f.v) > 2 && f.v[1] != '-' && strings.IndexByte(f.v, 'S') > 0 && !strings.ContainsAny(f.v[:strings.IndexByte(f.v, 'S')], "uCP"):
			code = f.v[strings.IndexByte(f.v, 'S')+1:]
		default:
			continue
		}
		again := *k
		again.argv = append([]field{k.argv[0]}, args[:i]...)
		again.argv = append(again.argv, a.splitText(&k.c, code)...)
		again.argv = append(again.argv, rest...)
		return a.unwrap(&again, w)
	}
	return a.unwrap(k, w)
}

// splitText splits text into words as a shell would that only knows quotes.
func (a *analyzer) splitText(c *ctx, s string) []field {
	if a.parsed += len(s); a.parsed > maxParsed {
		a.bound()
		return nil
	}
	stmts, err := parseStmts(strings.ReplaceAll(s, Unknown, placeholder), syntax.LangBash)
	if err == nil && len(stmts) == 1 {
		if call, ok := stmts[0].Cmd.(*syntax.CallExpr); ok && len(stmts[0].Redirs) == 0 {
			var out []field
			for _, as := range call.Assigns {
				if as.Name != nil && as.Array == nil && as.Index == nil {
					out = append(out, text(as.Name.Value+"="+a.one(c, as.Value)[0].v))
				}
			}
			fields, _ := a.wordsOf(c, call.Args, 0)
			return append(out, fields...)
		}
	}
	var out []field
	for w := range strings.FieldsSeq(s) {
		if len(out) >= maxBraces {
			break
		}
		out = append(out, text(strings.Trim(w, `'"`)))
	}
	return out
}
