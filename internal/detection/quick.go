package detection

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

// A rule about what leaves the project is asked of every file that is read and of every
// search, which mostly do not: of a condition that begins with
//
//	paths.exists(p, p.outside_project && …
//
// it can be told without evaluating it that it is false. What it evaluates first is
// false for every path then, so that it would come to nothing else, neither to an error
// nor to a bound.
func (c *condition) quicklyFalse(f *facts.Facts) bool {
	return c.asksOutside && !slices.ContainsFunc(f.Paths, func(p facts.Path) bool { return p.OutsideProject })
}

// asksOutside reports whether the first thing that an expression evaluates is whether
// there is a path outside of the project, and it is false when there is none.
func asksOutside(e ast.Expr) bool {
	e = firstOf(e)
	if e.Kind() != ast.ComprehensionKind {
		return false
	}
	c := e.AsComprehension()
	step := c.LoopStep()
	if c.HasIterVar2() || c.IterRange().Kind() != ast.IdentKind || c.IterRange().AsIdent() != "paths" ||
		step.Kind() != ast.CallKind || step.AsCall().FunctionName() != operators.LogicalOr || len(step.AsCall().Args()) != 2 ||
		c.AccuInit().Kind() != ast.LiteralKind || c.AccuInit().AsLiteral().Value() != false ||
		c.Result().Kind() != ast.IdentKind || c.Result().AsIdent() != c.AccuVar() {
		return false // it is no exists
	}
	first := step.AsCall().Args()[0]
	if first.Kind() != ast.IdentKind || first.AsIdent() != c.AccuVar() {
		return false
	}
	asked := firstOf(step.AsCall().Args()[1])
	if asked.Kind() != ast.SelectKind || asked.AsSelect().IsTestOnly() || asked.AsSelect().FieldName() != "outside_project" {
		return false
	}
	of := asked.AsSelect().Operand()
	return of.Kind() == ast.IdentKind && of.AsIdent() == c.IterVar()
}

// firstOf is the first of expressions that && joins: when it is false, so are they.
func firstOf(e ast.Expr) ast.Expr {
	for e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.LogicalAnd && len(e.AsCall().Args()) > 0 {
		e = e.AsCall().Args()[0]
	}
	return e
}
