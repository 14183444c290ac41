package shellcommand

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// holds tells whether a condition of numbers or of a text that is empty holds.
func (a *analyzer) holds(c *ctx, s *syntax.Stmt) (value, ok bool) {
	if !a.step() {
		return false, false
	}
	switch x := s.Cmd.(type) {
	case *syntax.ArithmCmd:
		return a.compare(c, x.X)
	case *syntax.TestClause:
		switch t := x.X.(type) {
		case *syntax.UnaryTest:
			w, isWord := t.X.(*syntax.Word)
			return isWord && a.plainTest(c, w) == (t.Op == syntax.TsNempStr), isWord && (t.Op == syntax.TsNempStr || t.Op == syntax.TsEmpStr)
		case *syntax.BinaryTest:
			l, lok := t.X.(*syntax.Word)
			r, rok := t.Y.(*syntax.Word)
			if lok && rok {
				return a.numbers(c, l, t.Op.String(), r)
			}
		}
	case *syntax.CallExpr:
		if n := len(x.Args); n < 4 || len(x.Assigns) > 0 || x.Args[0].Lit() != "[" {
			return false, false
		} else if n == 4 {
			op := x.Args[1].Lit()
			return a.plainTest(c, x.Args[2]) == (op == "-n"), op == "-n" || op == "-z"
		}
		return a.numbers(c, x.Args[1], x.Args[2].Lit(), x.Args[3])
	}
	return false, false
}

// plainTest reports whether a word is not empty.
func (a *analyzer) plainTest(c *ctx, w *syntax.Word) bool { return a.one(c, w)[0].v != "" }

// numbers compares two words as numbers.
func (a *analyzer) numbers(c *ctx, l *syntax.Word, op string, r *syntax.Word) (value, ok bool) {
	x, err := strconv.Atoi(a.one(c, l)[0].v)
	y, err2 := strconv.Atoi(a.one(c, r)[0].v)
	if err != nil || err2 != nil {
		return false, false
	}
	return compared(x, y, strings.TrimPrefix(op, "-"))
}

func compared(x, y int, op string) (value, ok bool) {
	switch op {
	case "lt", "<":
		return x < y, true
	case "le", "<=":
		return x <= y, true
	case "gt", ">":
		return x > y, true
	case "ge", ">=":
		return x >= y, true
	case "eq", "==":
		return x == y, true
	case "ne", "!=":
		return x != y, true
	}
	return false, false
}

// compare tells whether a comparison of known numbers holds.
func (a *analyzer) compare(c *ctx, x syntax.ArithmExpr) (value, ok bool) {
	b, isBinary := x.(*syntax.BinaryArithm)
	if !isBinary {
		return false, false
	}
	l, lok := a.arith(c, b.X)
	r, rok := a.arith(c, b.Y)
	if !lok || !rok {
		return false, false
	}
	return compared(l, r, b.Op.String())
}

// arithAssign makes an assignment of a known number: i=0, i++, i-=2.
func (a *analyzer) arithAssign(c *ctx, x syntax.ArithmExpr) bool {
	set := func(to syntax.ArithmExpr, n int) bool {
		w, ok := to.(*syntax.Word)
		if !ok || !syntax.ValidName(w.Lit()) {
			return false
		}
		c.sh.assign(w.Lit(), []val{{s: itoa(n)}}, false)
		return true
	}
	switch x := x.(type) {
	case *syntax.UnaryArithm:
		n, ok := a.arith(c, x.X)
		switch {
		case ok && x.Op == syntax.Inc:
			return set(x.X, n+1)
		case ok && x.Op == syntax.Dec:
			return set(x.X, n-1)
		}
	case *syntax.BinaryArithm:
		n, ok := a.arith(c, x.Y)
		if !ok {
			return false
		}
		if x.Op == syntax.Assgn {
			return set(x.X, n)
		}
		old, ok := a.arith(c, x.X)
		switch {
		case ok && x.Op == syntax.AddAssgn:
			return set(x.X, old+n)
		case ok && x.Op == syntax.SubAssgn:
			return set(x.X, old-n)
		}
	}
	return false
}
