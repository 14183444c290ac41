package shellcommand

import "mvdan.cc/sh/v3/syntax"

func (a *analyzer) caseClause(c ctx, x *syntax.CaseClause) {
	a.one(&c, x.Word)
	dir := c.sh.dir
	c.cond = true
	for _, item := range x.Items {
		for _, p := range item.Patterns {
			a.substitutionsIn(c, p)
		}
		a.stmts(c, item.Stmts)
	}
	c.sh.joinDir(dir)
}

// coproc runs a command whose input and output are descriptors of the shell.
func (a *analyzer) coproc(c ctx, x *syntax.CoprocClause) {
	name := "COPROC"
	if x.Name != nil && syntax.ValidName(x.Name.Lit()) {
		name = x.Name.Lit()
	}
	sink := &stream{text: Unknown}
	out := &collector{}
	inner := c
	inner.sh = c.sh.clone()
	inner.in, inner.out, inner.bg, inner.redirs, inner.sinks = sink, out, true, nil, nil
	a.stmt(inner, x.Stmt)
	c.sh.setFD(63, descriptor{in: out.stream()})
	c.sh.setFD(60, descriptor{out: sink})
	c.sh.assignArray(name, []val{{s: "63"}, {s: "60"}}, nil)
}

func (s *shell) setFD(n int, d descriptor) {
	if s.fds == nil {
		s.fds = map[int]descriptor{}
	}
	if len(s.fds) < maxBraces {
		s.fds[n] = d
	}
}

func (a *analyzer) define(c ctx, s *syntax.Stmt, x *syntax.FuncDecl) {
	if c.sh.funcs == nil {
		c.sh.funcs = map[string]function{}
	}
	names := x.Names
	if x.Name != nil {
		names = append(names, x.Name)
	}
	body := x.Body
	if len(s.Redirs) > 0 && body != nil {
		copied := *body
		copied.Redirs = append(append([]*syntax.Redirect(nil), body.Redirs...), s.Redirs...)
		body = &copied
	}
	for _, n := range names {
		if len(c.sh.funcs) < maxCommands {
			c.sh.funcs[n.Value] = function{body: body, src: c.src}
		}
	}
	if len(names) == 0 && body != nil { // zsh: it runs at once
		a.stmt(c.within(ViaFunction), body)
	}
}

// callFunction runs a function's body with args; it is false when the function runs
// already.
func (a *analyzer) callFunction(c ctx, name string, f function, args []field) bool {
	for _, have := range a.active {
		if have == name {
			return false
		}
	}
	body, ok := f.body.(*syntax.Stmt)
	if !ok || len(a.active) > 16 {
		return false
	}
	a.active = append(a.active, name)
	saved := c.sh.args
	c.sh.args = values(args)
	inner := c.within(ViaFunction)
	inner.src = f.src
	a.stmt(inner, body)
	c.sh.args = saved
	a.active = a.active[:len(a.active)-1]
	return true
}
