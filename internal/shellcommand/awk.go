package shellcommand

import (
	"slices"
	"strings"
)

// awkOptions are how awk takes its program, files of it and variables.
var awkOptions = &wrapper{
	short: "vFfeEilm", optional: "dpoD",
	long: wordSet("assign field-separator file source exec include load"),
}

// awkRun is awk: its program is of options, files or the first operand.
func awkRun(a *analyzer, k *command) {
	opts, _, rest := awkOptions.split(k.args())
	r := awkReader{a: a, k: k, vars: map[string]string{}}
	var programs []field
	given := false
	for _, o := range opts {
		switch o.name {
		case "v", "assign":
			r.assign(o.value.v)
		case "F", "field-separator":
			r.separator = ansiC(o.value.v)
		case "e", "source":
			given = true
			programs = append(programs, o.value)
		case "f", "file", "E", "exec":
			given = true
			if s := a.fileStream(&k.c, o.value); s != nil && (s.text != Unknown || len(s.from) > 0) {
				a.reads(k.id, s)
				programs = append(programs, field{v: s.text})
			}
		}
	}
	if !given {
		if len(rest) == 0 {
			return
		}
		programs, rest = rest[:1], rest[1:]
	}
	files := false
	for _, f := range rest {
		if isAssign(f.v) {
			r.assign(f.v)
		} else {
			files = true
		}
	}
	if !files && k.c.in != nil && strings.Trim(k.c.in.text, Unknown) != "" {
		r.lines = strings.Split(strings.TrimSuffix(k.c.in.text, "\n"), "\n")
	}
	for _, as := range k.assigns {
		r.vars["ENVIRON "+as.Name] = as.Value.Value
	}
	r.args = rest
	for _, f := range programs {
		a.setScript(k, f.v)
		if strings.Trim(f.v, Unknown+" \n") == "" {
			if f.v != "" {
				a.opaque(OpaqueInterpreter)
			}
			continue
		}
		r.program(f.v)
	}
}

// awkReader looks for what an awk program runs: system(), "cmd" | getline and
// print | "cmd", where its literals, variables and fields say it.
type awkReader struct {
	a         *analyzer
	k         *command
	toks      []token
	vars      map[string]string
	lines     []string // of its input, when they are known
	line      string   // that is looked at; Unknown when it is not known
	words     []string // its fields, once they were asked for
	args      []field  // its operands
	separator string
	work      int
	ran       []string // code that was looked at
	printed   string   // what the print at hand writes
}

// maxAwkLines is how many lines of a known input a program is tried on, behind which
// they count as unknown.
const maxAwkLines = 8

func (r *awkReader) assign(v string) {
	if name, value, ok := strings.Cut(v, "="); ok && len(r.vars) < maxBraces {
		r.vars[name] = ansiC(value)
	}
}

// program reads one program.
func (r *awkReader) program(code string) {
	if !strings.Contains(code, "system") && strings.IndexByte(code, '|') < 0 && strings.IndexByte(code, '@') < 0 || !r.a.enter() {
		return
	}
	defer r.a.leave()
	if r.a.parsed += len(code); r.a.parsed > maxParsed {
		r.a.bound()
		return
	}
	if r.toks = awkTokens(cut(code, maxScript*2)); len(r.toks) >= maxTokens {
		r.a.bound()
	}
	lines := r.lines
	if len(lines) == 0 || strings.IndexByte(code, '$') < 0 && !strings.Contains(code, "print") {
		lines = []string{Unknown}
	}
	if len(lines) > maxAwkLines {
		lines = append(lines[:maxAwkLines:maxAwkLines], Unknown)
	}
	for _, line := range lines {
		r.line, r.words = cut(line, maxLoopText), nil
		for i := range r.toks {
			r.at(i)
		}
	}
}

// is reports whether the token at i is of a kind.
func (r *awkReader) is(i int, kind byte) bool {
	return i >= 0 && i < len(r.toks) && r.toks[i].kind == kind
}

func (r *awkReader) named(i int, name string) bool {
	return r.is(i, 'i') && r.toks[i].s == name
}

func (r *awkReader) at(i int) {
	switch {
	case r.named(i, "print"), r.named(i, "printf"):
		r.print(i)
	case r.named(i, "system") && r.is(i+1, '('):
		v, _ := r.concat(i+2, 0)
		r.run(v, nil)
	case r.is(i, '@') && r.is(i+1, 'i') && r.is(i+2, '('): // a call of the function that a variable names
		switch r.vars[r.toks[i+1].s] {
		case "system":
			v, _ := r.concat(i+3, 0)
			r.run(v, nil)
		case "":
			r.a.opaque(OpaqueInterpreter)
		}
	case r.is(i, 'i') && r.is(i+1, '=') && len(r.vars) < maxBraces:
		if v, _ := r.concat(i+2, 0); strings.Trim(v, Unknown) != "" {
			r.vars[r.toks[i].s] = v
		}
	case (r.is(i, '|') || r.is(i, 'P')) && r.named(i+1, "getline"):
		v, _ := r.concat(r.start(i), 0)
		r.run(v, nil)
	case r.is(i, '|') || r.is(i, 'P'):
		v, _ := r.concat(i+1, 0)
		s := &stream{text: r.printed + "\n", kind: EdgePipe}
		if r.k.id >= 0 {
			s.from = []int{r.k.id}
		}
		r.run(v, s)
	}
}

// print notes what a print writes, which may go to a command.
func (r *awkReader) print(i int) {
	format := r.toks[i].s == "printf"
	i++
	if r.is(i, '(') {
		i++
	}
	var items []string
	for len(items) < 16 {
		v, next := r.concat(i, 0)
		if next == i {
			break
		}
		items = append(items, v)
		if i = next; !r.is(i, ',') {
			break
		}
		i++
	}
	switch {
	case len(items) == 0:
		r.printed = r.line
	case format:
		r.printed = awkFormat(items[0], items[1:])
	default:
		r.printed = strings.Join(items, " ")
	}
}

// start is where the expression begins that ends before i.
func (r *awkReader) start(i int) int {
	depth := 0
	for j := i - 1; j >= 0; j-- {
		if r.work++; r.work > maxTokens*8 {
			return i
		}
		switch r.toks[j].kind {
		case ')', ']':
			depth++
		case '(', '[':
			if depth--; depth < 0 {
				return j + 1
			}
		case 's', '$':
		case 'i':
			if depth == 0 && slices.Contains(awkKeywords, r.toks[j].s) {
				return j + 1
			}
		default:
			if depth == 0 {
				return j + 1
			}
		}
	}
	return 0
}

var awkKeywords = []string{"while", "if", "else", "do", "return", "print", "for", "in", "getline", "BEGIN", "END"}

// run analyses a command that the program runs.
func (r *awkReader) run(code string, in *stream) {
	if strings.Trim(code, Unknown+" ") == "" {
		r.a.opaque(OpaqueInterpreter)
		return
	}
	key := code
	if in != nil {
		key += "\n" + in.text
	}
	if strings.HasPrefix(code, "/inet") || slices.Contains(r.ran, key) || len(r.ran) >= maxValues || !r.a.step() {
		return
	}
	r.ran = append(r.ran, key)
	c := r.k.fresh(ViaInterpreter)
	c.in, c.out = in, nil
	f := field{v: code}
	if r.k.id >= 0 && strings.Contains(code, Unknown) {
		f.from = []source{{id: r.k.id, kind: EdgeArgument}}
	}
	r.a.codeOf(c, r.k, f, nil)
}
