package shellcommand

import "mvdan.cc/sh/v3/syntax"

// Bounds of loops that are followed: rounds, statements, bytes of a value.
const (
	maxRounds    = 512
	maxLoopStmts = 8
	maxLoopText  = 4096
)

// builds follows a loop whose body does nothing but put variables together, from a
// known beginning to its end. It is false, and nothing is done, when it is another.
func (a *analyzer) builds(c *ctx, body []*syntax.Stmt, next func(round int) (more, ok bool)) bool {
	if c.cond || c.loop || len(body) == 0 || len(body) > maxLoopStmts {
		return false
	}
	for _, s := range body {
		if !onlyAssigns(s) {
			return false
		}
	}
	var names []string
	last := make([]command, len(body))
	for round := 0; ; round++ {
		more, ok := next(round)
		if ok && !more {
			break
		}
		ok = ok && round < maxRounds
		for i, s := range body {
			if !ok || !a.step() {
				break
			}
			call, isCall := s.Cmd.(*syntax.CallExpr)
			if !isCall {
				ok = a.arithAssign(c, s.Cmd.(*syntax.ArithmCmd).X)
				continue
			}
			last[i].text = ""
			last[i].assigns, last[i].from = a.assign(c, c.sh, call.Assigns)
			for _, x := range last[i].assigns {
				if round == 0 {
					names = append(names, x.Name)
				}
				ok = ok && len(x.Value.Value) <= maxLoopText
			}
		}
		if !ok || a.steps > maxSteps {
			for _, name := range names {
				c.sh.assign(name, []val{{s: Unknown}}, false)
			}
			break
		}
	}
	for i, s := range body {
		if len(last[i].assigns) > 0 {
			last[i].text, last[i].c = a.source(*c, s), *c
			a.emit(&last[i])
		}
	}
	return true
}

// onlyAssigns reports whether a statement sets variables and runs nothing.
func onlyAssigns(s *syntax.Stmt) bool {
	if len(s.Redirs) > 0 || s.Background || s.Negated {
		return false
	}
	switch x := s.Cmd.(type) {
	case *syntax.CallExpr:
		if len(x.Args) > 0 {
			return false
		}
		for _, as := range x.Assigns {
			if as.Array != nil || as.Index != nil || as.Name == nil {
				return false
			}
		}
	case *syntax.ArithmCmd:
	default:
		return false
	}
	plain := true
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			plain = false
		}
		return plain
	})
	return plain
}

// buildsFor follows for ((…)); it is false when it cannot.
func (a *analyzer) buildsFor(c *ctx, loop *syntax.CStyleLoop, body []*syntax.Stmt) bool {
	if c.cond || loop.Init == nil || loop.Cond == nil || loop.Post == nil || !a.arithAssign(c, loop.Init) {
		return false
	}
	return a.builds(c, body, func(round int) (more, ok bool) {
		if round > 0 && !a.arithAssign(c, loop.Post) {
			return false, false
		}
		return a.compare(c, loop.Cond)
	})
}

// buildsWhile follows while; it is false when it cannot.
func (a *analyzer) buildsWhile(c *ctx, x *syntax.WhileClause) bool {
	if c.cond || x.Until || len(x.Cond) != 1 || len(x.Cond[0].Redirs) > 0 || x.Cond[0].Negated {
		return false
	}
	if _, ok := a.holds(c, x.Cond[0]); !ok {
		return false
	}
	return a.builds(c, x.Do, func(int) (bool, bool) { return a.holds(c, x.Cond[0]) })
}

// accumulates reports whether each variable that a body sets keeps what it was: any
// other may have any of the values.
func accumulates(body []*syntax.Stmt) bool {
	for _, s := range body {
		call, ok := s.Cmd.(*syntax.CallExpr)
		if !ok {
			return false
		}
		for _, x := range call.Assigns {
			keeps := x.Append
			if x.Value != nil && x.Name != nil {
				syntax.Walk(x.Value, func(n syntax.Node) bool {
					if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil {
						keeps = keeps || p.Param.Value == x.Name.Value
					}
					return true
				})
			}
			if !keeps {
				return false
			}
		}
	}
	return true
}

// buildsEach follows for x in …; it is false when it cannot.
func (a *analyzer) buildsEach(c *ctx, name string, vals []val, body []*syntax.Stmt) bool {
	return len(vals) > 0 && accumulates(body) && a.builds(c, body, func(round int) (more, ok bool) {
		if round == len(vals) {
			return false, true
		}
		c.sh.assign(name, vals[round:round+1], false)
		return true, true
	})
}
