package detection

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Bounds of a condition. MaxCost is in CEL's units: about one for an operation,
// or for ten bytes of a text that is looked through.
const (
	MaxConditionBytes = 4096
	maxNesting        = 32
	maxNodes          = 2000
	maxRegexProgram   = 200 // instructions of a compiled regular expression
	maxLoops          = 2   // comprehensions inside one another
	// MaxCost is the largest cost that a condition may have by the estimate when it
	// is loaded, for events of the sizes below.
	MaxCost = 1_000_000
	// maxRunning is the cost at which one that runs is stopped.
	maxRunning = 2 * MaxCost
	// maxJudging is how long all conditions of one event may take.
	maxJudging = time.Second
)

// Sizes that the estimate reckons with: more than what events have, less than what
// they can have. For one that is larger there is maxRunning.
const (
	sizeList = 128
	sizeArgs = 64
	sizeText = 256
	// The command line of the event, and of one command.
	sizeCommand = 4096
)

// condition is a compiled expression.
type condition struct {
	program cel.Program
	// asksOutside: see quicklyFalse
	asksOutside bool
}

var environment = sync.OnceValues(func() (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	p := &provider{registry}
	options := []cel.EnvOption{
		cel.CustomTypeAdapter(p),
		cel.CustomTypeProvider(p),
		cel.ParserExpressionSizeLimit(MaxConditionBytes),
		cel.ParserRecursionLimit(maxNesting),
		cel.ParserErrorRecoveryLimit(4),
		cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxRegexProgram),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateComprehensionNestingLimit(maxLoops), cel.ValidateHomogeneousAggregateLiterals()),
		// glob(text, pattern): * does not go over /, ** does.
		cel.Function("glob", cel.Overload("glob_string_string", []*cel.Type{cel.StringType, cel.StringType}, cel.BoolType,
			cel.BinaryBinding(func(text, pattern ref.Val) ref.Val {
				t, ok := text.(types.String)
				p, ok2 := pattern.(types.String)
				if !ok || !ok2 {
					return types.MaybeNoSuchOverloadErr(text)
				}
				return types.Bool(Glob(string(p), string(t), "/"))
			}))),
	}
	return cel.NewEnv(append(options, variables...)...)
})

// compile checks an expression and makes it ready to run. Errors that have a place
// are a compileError.
func compile(expression string) (c *condition, err error) {
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, fmt.Errorf("the expression cannot be compiled: %v", r)
		}
	}()
	if len(expression) > MaxConditionBytes {
		return nil, fmt.Errorf("the expression has %d bytes, more than %d", len(expression), MaxConditionBytes)
	}
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("make the environment of expressions: %w", err)
	}
	checked, issues := env.Compile(expression)
	if issues != nil && issues.Err() != nil {
		var all compileErrors
		for _, e := range issues.Errors() {
			all = append(all, compileError{line: e.Location.Line(), text: e.Message})
		}
		return nil, all
	}
	if checked.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("the expression gives %s, not bool", checked.OutputType())
	}
	if err := literalPatterns(checked.NativeRep()); err != nil {
		return nil, err
	}
	estimate, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, fmt.Errorf("estimate the cost of the expression: %w", err)
	}
	if estimate.Max > MaxCost {
		return nil, fmt.Errorf("the expression can cost %d, more than %d: nest fewer lists, search shorter texts", estimate.Max, MaxCost)
	}
	program, err := env.Program(checked,
		cel.EvalOptions(cel.OptOptimize),
		cel.CostLimit(maxRunning),
		cel.InterruptCheckFrequency(100),
		cel.CostTracking(actualGlob{}),
	)
	if err != nil {
		return nil, fmt.Errorf("plan the expression: %w", err)
	}
	return &condition{program: program, asksOutside: asksOutside(checked.NativeRep().Expr())}, nil
}

type compileError struct {
	line int // of the expression, from 1
	text string
}

type compileErrors []compileError

func (e compileErrors) Error() string {
	var texts []string
	for _, one := range e {
		texts = append(texts, one.text)
	}
	return strings.Join(texts, "; ")
}

// literalPatterns refuses patterns that are computed: the text of an event never
// becomes one.
func literalPatterns(a *ast.AST) error {
	var bad error
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.StructKind {
			bad = errors.New("a rule cannot make facts")
		}
		if e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		args := call.Args()
		switch name := call.FunctionName(); name {
		case overloads.Matches, "glob":
			if len(args) == 0 || args[len(args)-1].Kind() != ast.LiteralKind {
				bad = fmt.Errorf("%s wants a pattern that stands in the rule, not a computed one", name)
			}
		case operators.Add:
			if t := a.GetType(e.ID()); t != nil && t.Kind() != types.IntKind {
				bad = errors.New("texts and lists are not put together in a rule")
			}
		}
	}))
	return bad
}

// sizes says how large the facts can be.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	size := func(most uint64) *cost.SizeEstimate { return &cost.SizeEstimate{Min: 0, Max: most} }
	path := n.Path()
	switch {
	case len(path) == 0:
		return nil
	case n.Type() != nil && n.Type().Kind() == types.ListKind:
		if path[len(path)-1] == "args" {
			return size(sizeArgs)
		}
		if len(path) > 1 || path[0] == "opaque" {
			return size(16) // wrappers, via
		}
		return size(sizeList)
	case path[len(path)-1] == "command":
		return size(sizeCommand)
	case n.Type() != nil && n.Type().Kind() == types.StringKind:
		return size(sizeText)
	}
	return nil
}

func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, args []cost.AstNode) *cost.CallEstimate {
	if function != "glob" || len(args) != 2 {
		return nil
	}
	text := uint64(sizeText)
	if s := (sizes{}).EstimateSize(args[0]); s != nil {
		text = s.Max
	}
	return &cost.CallEstimate{CostEstimate: cost.Estimate{Min: 1, Max: 1 + text/5}}
}

// actualGlob tracks what glob costs.
type actualGlob struct{}

func (actualGlob) CallCost(function, _ string, args []ref.Val, _ ref.Val) *uint64 {
	if function != "glob" || len(args) != 2 {
		return nil
	}
	n := uint64(1)
	if t, ok := args[0].(types.String); ok {
		n += uint64(len(t)) / 5
	}
	return &n
}

// errStopped says that an event was too large for a condition.
var errStopped = errors.New("stopped")

func stopped(err error) bool {
	var cancelled interpreter.EvalCancelledError
	return errors.As(err, &cancelled) || errors.Is(err, interpreter.InterruptError{}) || errors.Is(err, context.DeadlineExceeded) ||
		strings.Contains(err.Error(), "cost limit exceeded")
}

// holds evaluates the condition. A panic of the library is an error.
func (c *condition) holds(ctx context.Context, v *vars) (ok bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			ok, err = false, fmt.Errorf("evaluate: %v", r)
		}
	}()
	out, _, err := c.program.ContextEval(ctx, v)
	if err != nil {
		if stopped(err) {
			err = fmt.Errorf("%w: %w", errStopped, err)
		}
		return false, err
	}
	b, isBool := out.(types.Bool)
	if !isBool {
		return false, fmt.Errorf("the expression gave %T", out)
	}
	return bool(b), nil
}
