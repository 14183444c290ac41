package shellcommand

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// command is a simple command on its way into the analysis.
type command struct {
	c       ctx
	argv    []field // the program first
	assigns []Assign
	from    []source // of the assigned values
	text    string
	script  string
	rest    []field // what an interpreter's code is given
	id      int
	name    string // base name of the program
	// exec says that something runs it other than the shell, so that it is neither
	// a function nor an alias nor a builtin.
	exec bool
}

func (k *command) args() []field { return k.argv[1:] }

// program is what is known of a program.
type program struct {
	// wrap says how it runs another program, which is then the command.
	wrap *wrapper
	// runs is for a wrapper with rules of its own; it is false when it runs nothing.
	runs func(a *analyzer, k *command) bool
	// handle looks at what the command, which is noted already, does beyond.
	handle func(a *analyzer, k *command)
	// output is what it writes to its standard output; decoded says that it
	// decoded it. Without, it is unknown.
	output func(a *analyzer, k *command) (text string, decoded bool)
	// builtin says that the shell does it itself.
	builtin bool
	// silent says that it writes nothing; deaf that it reads no standard input.
	silent, deaf bool
}

// source is the text of a node.
func (a *analyzer) source(c ctx, n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(c.src) || from >= to {
		return ""
	}
	s := strings.TrimRight(cut(c.src[from:to], maxShown), "; \n&")
	if strings.Contains(s, placeholder) {
		s = strings.ReplaceAll(s, placeholder, "…")
	}
	return s
}

// call analyses a simple command.
func (a *analyzer) call(c ctx, s *syntax.Stmt, x *syntax.CallExpr) {
	own := c.sh
	if len(x.Args) > 0 && len(own.aliases) > 0 && a.alias(c, s, x) {
		return
	}
	f := a.newFrame()
	k, e := &f.k, &f.e
	k.c, k.text = c, a.source(c, s)
	if len(x.Args) == 0 {
		k.assigns, k.from = a.assign(&k.c, own, x.Assigns)
		if len(s.Redirs) > 0 {
			a.redirect(&k.c, s.Redirs)
		}
		a.emit(k)
		return
	}
	e.a, e.c = a, &k.c
	fields, alts := e.words(x.Args, -1)
	if len(x.Assigns) > 0 {
		local := own.clone()
		k.assigns, k.from = a.assign(&k.c, local, x.Assigns)
		k.c.sh = local
	}
	out := k.c.out
	if len(s.Redirs) > 0 {
		a.redirect(&k.c, s.Redirs)
	}
	sh, in := k.c.sh, k.c.in
	if len(fields) == 0 {
		a.emit(k)
		if out != nil && in != nil {
			out.add(len(a.out.Commands)-1, in.text, in.decoded)
		}
		return
	}
	if alts > 1 && a.eachValue(fields) {
		for i := range min(alts, 8) {
			one, _ := e.words(x.Args, i)
			again := *k
			again.argv = one
			a.run(&again)
		}
		return
	}
	k.argv = fields
	a.run(k)
	if len(x.Assigns) > 0 {
		carry(own, sh, x.Assigns)
	}
}

// carry keeps what a command with assignments of its own changed in the shell: cd,
// eval, a function.
func carry(to, from *shell, own []*syntax.Assign) {
	to.dir, to.prevDir, to.sourced = from.dir, from.prevDir, from.sourced
	to.funcs, to.aliases, to.fds = from.funcs, from.aliases, from.fds
	for name, v := range from.vars {
		mine := false
		for _, x := range own {
			mine = mine || x.Name != nil && x.Name.Value == name
		}
		if !mine {
			if to.vars == nil {
				to.vars = map[string]*variable{}
			}
			to.vars[name] = v
		}
	}
}

// eachValue reports whether a command with a word of several values is to be looked
// at once for each: when its program is one of them, or it runs another.
func (a *analyzer) eachValue(fields []field) bool {
	if fields[0].multi {
		return true
	}
	p := a.known[base(fields[0].v)]
	return p != nil && (p.wrap != nil || p.runs != nil || p.handle != nil)
}

// alias expands an alias that the command line defined.
func (a *analyzer) alias(c ctx, s *syntax.Stmt, x *syntax.CallExpr) bool {
	name := x.Args[0].Lit()
	code, ok := c.sh.aliases[name]
	if !ok || name == c.noAlias {
		return false
	}
	from, to := int(x.Args[0].End().Offset()), int(s.End().Offset())
	if from < 0 || to > len(c.src) || from > to {
		return false
	}
	inner := c.within(ViaAlias)
	inner.noAlias = name
	a.code(inner, code+c.src[from:to])
	return true
}

// base is the name of a program.
func base(p string) string {
	if i := strings.LastIndexAny(p, `/\`); i >= 0 {
		p = p[i+1:]
	}
	if n := len(p) - 4; n > 0 && strings.EqualFold(p[n:], ".exe") {
		p = strings.ToLower(p[:n])
	}
	return p
}

// run analyses a command whose words are resolved.
func (a *analyzer) run(k *command) {
	if !a.enter() {
		return
	}
	defer a.leave()
	for len(k.argv) > 0 && (k.argv[0].v == Unknown && k.argv[0].maybe) && len(k.argv) > 1 && k.argv[0].unset == "" {
		k.argv = k.argv[1:] // $SUDO rm: a variable that is unset is no word
	}
	if len(k.argv) == 0 {
		a.emit(k)
		return
	}
	prog := &k.argv[0]
	k.name = base(prog.v)
	if strings.Contains(k.name, Unknown) && prog.unset != "" {
		k.name = base(prog.unset)
	}
	if prog.glob {
		k.name = guess(prog.v)
	}
	if !k.exec {
		if f, ok := k.c.sh.funcs[prog.v]; ok {
			// Its body has the redirects; a function in progress is a command.
			if a.callFunction(k.c, prog.v, f, k.args()) {
				return
			}
			k.c = k.c.within(ViaFunction)
			k.exec = true
			a.emit(k)
			a.produce(k, nil)
			return
		}
		if to, ok := k.c.sh.hashed[prog.v]; ok {
			prog.v = to
			k.name = base(to)
		}
	}
	if strings.Contains(k.name, Unknown) || k.name == "" {
		k.name = ""
		a.opaque(OpaqueProgram)
		a.emit(k)
		a.produce(k, nil)
		return
	}
	if prog.decoded {
		k.c = k.c.within(ViaDecoded)
	}
	p := a.known[k.name]
	if p == nil {
		p = a.versioned(k.name)
	}
	if p != nil {
		before := len(a.out.Commands)
		ran := false
		if p.runs != nil {
			ran = p.runs(a, k)
		} else if p.wrap != nil {
			ran = a.unwrap(k, p.wrap)
		}
		if ran && len(a.out.Commands) > before {
			return
		}
	}
	a.emit(k)
	if len(k.assigns) > 0 {
		a.environment(k)
	}
	if p != nil && p.handle != nil {
		p.handle(a, k)
	} else if len(a.files) > 0 || prog.stream != nil {
		a.ranFile(k, *prog, k.args())
	}
	a.produce(k, p)
}

// versioned is what is known of python3.11, perl5.36, bash-5.2.
func (a *analyzer) versioned(name string) *program {
	end := len(name)
	for end > 0 && (name[end-1] >= '0' && name[end-1] <= '9' || name[end-1] == '.' || name[end-1] == '-') {
		end--
	}
	if end == 0 || end == len(name) {
		return nil
	}
	return a.known[name[:end]]
}
