package shellcommand

import (
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// arith evaluates an arithmetic expression without side effects of known numbers; ok
// is false for any other.
func (a *analyzer) arith(c *ctx, x syntax.ArithmExpr) (n int, ok bool) {
	if x == nil || !a.enter() {
		return 0, false
	}
	defer a.leave()
	switch x := x.(type) {
	case *syntax.Word:
		s := x.Lit()
		if s != "" && syntax.ValidName(s) {
			vals := c.sh.lookup(s).vals
			if len(vals) != 1 {
				return 0, false
			}
			s = vals[0].s
		} else if s == "" {
			fields := a.one(c, x)
			if len(fields) != 1 {
				return 0, false
			}
			s = fields[0].v
		}
		if s == "" {
			return 0, true
		}
		v, err := strconv.ParseInt(s, 0, 48)
		return int(v), err == nil
	case *syntax.ParenArithm:
		return a.arith(c, x.X)
	case *syntax.UnaryArithm:
		v, known := a.arith(c, x.X)
		switch x.Op {
		case syntax.Minus:
			return -v, known
		case syntax.Plus:
			return v, known
		case syntax.BitNegation:
			return ^v, known
		case syntax.Not:
			if v == 0 {
				return 1, known
			}
			return 0, known
		}
	case *syntax.BinaryArithm:
		l, lok := a.arith(c, x.X)
		r, rok := a.arith(c, x.Y)
		if !lok || !rok {
			return 0, false
		}
		switch x.Op {
		case syntax.Add:
			return l + r, true
		case syntax.Sub:
			return l - r, true
		case syntax.Mul:
			if l > 1<<24 || l < -(1<<24) || r > 1<<24 || r < -(1<<24) {
				return 0, false
			}
			return l * r, true
		case syntax.Quo:
			if r != 0 {
				return l / r, true
			}
		case syntax.Rem:
			if r != 0 {
				return l % r, true
			}
		case syntax.Xor:
			return l ^ r, true
		case syntax.And:
			return l & r, true
		case syntax.Or:
			return l | r, true
		case syntax.Shl:
			if r >= 0 && r < 32 && l >= 0 && l < 1<<24 {
				return l << r, true
			}
		case syntax.Shr:
			if r >= 0 && r < 63 {
				return l >> r, true
			}
		}
	}
	return 0, false
}
