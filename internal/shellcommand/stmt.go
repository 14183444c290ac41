package shellcommand

import "mvdan.cc/sh/v3/syntax"

func (a *analyzer) stmts(c ctx, list []*syntax.Stmt) {
	for _, s := range list {
		a.stmt(c, s)
	}
}

// stmt analyses one statement.
func (a *analyzer) stmt(c ctx, s *syntax.Stmt) {
	if s == nil || !a.enter() {
		return
	}
	defer a.leave()
	c.bg = c.bg || s.Background
	if call, ok := s.Cmd.(*syntax.CallExpr); ok {
		a.call(c, s, call)
		return
	}
	a.compound(c, s)
}

// compound analyses a statement that is no simple command.
func (a *analyzer) compound(c ctx, s *syntax.Stmt) {
	switch cmd := s.Cmd.(type) {
	case *syntax.DeclClause:
		a.declare(c, s, cmd)
		return
	case nil:
		if len(s.Redirs) > 0 {
			a.bare(c, s)
		}
		return
	case *syntax.FuncDecl:
		a.define(c, s, cmd)
		return
	}
	if len(s.Redirs) > 0 {
		a.redirect(&c, s.Redirs)
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.BinaryCmd:
		a.binary(c, cmd)
	case *syntax.Block:
		a.stmts(c, cmd.Stmts)
	case *syntax.Subshell:
		c.sh = c.sh.clone()
		a.stmts(c, cmd.Stmts)
	case *syntax.IfClause:
		a.ifClause(c, cmd)
	case *syntax.WhileClause:
		if a.buildsWhile(&c, cmd) {
			return
		}
		cond := c
		cond.loop = true
		cond.out = nil
		a.stmts(cond, cmd.Cond)
		dir := c.sh.dir
		c.cond = true
		a.stmts(c, cmd.Do)
		c.sh.joinDir(dir)
	case *syntax.ForClause:
		a.forClause(c, cmd)
	case *syntax.CaseClause:
		a.caseClause(c, cmd)
	case *syntax.TimeClause:
		c.wrappers = wrap(c.wrappers, Wrapper{Program: "time", Path: "time"})
		a.stmt(c, cmd.Stmt)
	case *syntax.CoprocClause:
		a.coproc(c, cmd)
	case *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause, *syntax.TestDecl:
		a.substitutionsIn(c, cmd)
	}
}

// wrap adds a wrapper without touching the list of others.
func wrap(ws []Wrapper, w Wrapper) []Wrapper {
	return append(ws[:len(ws):len(ws)], w)
}

// joinDir says that the directory may be the one it was before.
func (s *shell) joinDir(before string) {
	if s.dir != before {
		s.dir = ""
	}
}

// substitutionsIn runs the substitutions in a node that is no command.
func (a *analyzer) substitutionsIn(c ctx, n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if n == nil || !a.step() {
			return false
		}
		e := expander{a: a, c: &c, alts: 1}
		switch x := n.(type) {
		case *syntax.CmdSubst:
			e.subst(x)
			return false
		case *syntax.ProcSubst:
			e.proc(x)
			return false
		}
		return true
	})
}

// binary analyses lists and pipelines; their operands are taken off iteratively, as
// both can be as long as the source.
func (a *analyzer) binary(c ctx, b *syntax.BinaryCmd) {
	if b.Op == syntax.Pipe || b.Op == syntax.PipeAll {
		a.pipeline(c, b)
		return
	}
	var room [8]*syntax.BinaryCmd
	rest := room[:0]
	x := b
	var leftmost *syntax.Stmt
	for {
		rest = append(rest, x)
		leftmost = x.X
		inner, ok := x.X.Cmd.(*syntax.BinaryCmd)
		if !ok || inner.Op == syntax.Pipe || inner.Op == syntax.PipeAll || len(x.X.Redirs) > 0 {
			break
		}
		x = inner
	}
	a.stmt(c, leftmost)
	or := false
	for i := len(rest) - 1; i >= 0; i-- {
		or = or || rest[i].Op == syntax.OrStmt
		right := c
		right.cond = c.cond || or || knownFalse(leftmost)
		if rest[i].Op == syntax.OrStmt {
			// cd x || { … }: what runs then is not in x, but may be.
			right.cond = true
		}
		a.stmt(right, rest[i].Y)
		leftmost = rest[i].Y
	}
}

// knownFalse reports whether a statement is false: what it guards sets nothing for
// certain. Any other is taken for true.
func knownFalse(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) == 1 && call.Args[0].Lit() == "false"
}

func (a *analyzer) pipeline(c ctx, b *syntax.BinaryCmd) {
	var parts []*syntax.Stmt
	var all []bool // stderr, too
	var flatten func(s *syntax.Stmt, depth int)
	flatten = func(s *syntax.Stmt, depth int) {
		if x, ok := s.Cmd.(*syntax.BinaryCmd); ok && (x.Op == syntax.Pipe || x.Op == syntax.PipeAll) && len(s.Redirs) == 0 && depth < 4096 {
			flatten(x.X, depth+1)
			all = append(all, x.Op == syntax.PipeAll)
			flatten(x.Y, depth+1)
			return
		}
		parts = append(parts, s)
	}
	flatten(b.X, 0)
	all = append(all, b.Op == syntax.PipeAll)
	flatten(b.Y, 0)
	in := c.in
	for i, s := range parts {
		if !a.step() {
			return
		}
		p := c
		p.in = in
		p.redirs = nil
		for _, r := range c.redirs {
			if r.FD == 0 && i > 0 || r.FD == 1 && i < len(parts)-1 {
				continue
			}
			p.redirs = append(p.redirs, r)
		}
		if i == len(parts)-1 {
			// The last one may run in the shell itself (zsh, lastpipe).
			p.cond = true
			a.stmt(p, s)
			return
		}
		out := &collector{}
		p.out, p.sinks = out, nil
		p.sh = c.sh.clone()
		a.stmt(p, s)
		in = out.stream()
	}
}

func (a *analyzer) ifClause(c ctx, x *syntax.IfClause) {
	dir := c.sh.dir
	for clause := x; clause != nil; clause = clause.Else {
		if !a.step() {
			return
		}
		cond := c
		cond.out = nil
		a.stmts(cond, clause.Cond)
		branch := c
		branch.cond = true
		a.stmts(branch, clause.Then)
	}
	c.sh.joinDir(dir)
}

func (a *analyzer) forClause(c ctx, x *syntax.ForClause) {
	switch loop := x.Loop.(type) {
	case *syntax.WordIter:
		vals := c.sh.args
		if loop.InPos.IsValid() {
			fields, _ := a.wordsOf(&c, loop.Items, -1)
			vals = make([]val, 0, len(fields))
			for _, f := range fields {
				vals = append(vals, f.val())
			}
		}
		if a.buildsEach(&c, loop.Name.Value, vals, x.Do) {
			return
		}
		if len(vals) > 0 {
			c.sh.assign(loop.Name.Value, vals, false)
		}
	default:
		a.substitutionsIn(c, loop)
		if style, ok := loop.(*syntax.CStyleLoop); ok {
			if a.buildsFor(&c, style, x.Do) {
				return
			}
			markUnknown(c.sh, style)
		}
	}
	dir := c.sh.dir
	c.cond = true
	a.stmts(c, x.Do)
	c.sh.joinDir(dir)
}

// markUnknown makes the counters of a C-style loop unknown.
func markUnknown(sh *shell, loop *syntax.CStyleLoop) {
	if b, ok := loop.Init.(*syntax.BinaryArithm); ok {
		if w, ok := b.X.(*syntax.Word); ok && syntax.ValidName(w.Lit()) {
			sh.assign(w.Lit(), []val{{s: Unknown}}, false)
		}
	}
}
