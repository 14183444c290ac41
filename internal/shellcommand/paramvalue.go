package shellcommand

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// operate applies what the expansion does with a value.
func (e *expander) operate(name string, x *syntax.ParamExp, v val, list bool) val {
	if x.Slice != nil && !list {
		if from, to, ok := e.bounds(maxBraces, x.Slice); ok && from == 0 && to == 1 && (v.abs || paths[name]) && (v.s == Unknown || v.s == "~") {
			v.s = "/" // the first letter of every path
		} else {
			v.s = e.slice(v.s, x.Slice)
		}
	}
	if x.Repl != nil {
		orig := first(values(e.a.one(e.c, x.Repl.Orig))).s
		with := ""
		if x.Repl.With != nil {
			with = first(values(e.a.one(e.c, x.Repl.With))).s
		}
		v.s = e.a.replacePattern(v.s, orig, with, x.Repl.All)
	}
	if x.Exp == nil {
		return v
	}
	switch x.Exp.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		return val{s: strings.Join(valTexts(e.a.one(e.c, x.Exp.Word)), " ")}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		v.s = e.a.trimPattern(v.s, first(values(e.a.one(e.c, x.Exp.Word))).s, x.Exp.Op)
	case syntax.UpperFirst:
		if v.s != "" {
			v.s = strings.ToUpper(v.s[:1]) + v.s[1:]
		}
	case syntax.UpperAll:
		v.s = strings.ToUpper(v.s)
	case syntax.LowerFirst:
		if v.s != "" {
			v.s = strings.ToLower(v.s[:1]) + v.s[1:]
		}
	case syntax.LowerAll:
		v.s = strings.ToLower(v.s)
	case syntax.OtherParamOps:
		switch first(values(e.a.one(e.c, x.Exp.Word))).s {
		case "E":
			v.s = ansiC(v.s)
		case "U":
			v.s = strings.ToUpper(v.s)
		case "L":
			v.s = strings.ToLower(v.s)
		case "P": // as a prompt, with what is substituted in it
			if strings.Contains(v.s, "$(") || strings.Contains(v.s, "`") {
				e.a.code(e.c.within(ViaSubstitution), `: "`+strings.ReplaceAll(v.s, `"`, `\"`)+`"`)
			}
			v.s = Unknown
		}
	}
	return v
}

// paths are variables that hold absolute paths.
var paths = wordSet("PATH HOME PWD OLDPWD SHELL TMPDIR BASH")

func valTexts(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.v
	}
	return out
}

func (e *expander) slice(s string, sl *syntax.Slice) string {
	if strings.Contains(s, Unknown) {
		return Unknown
	}
	from, to, ok := e.bounds(len(s), sl)
	if !ok {
		return Unknown
	}
	return s[from:to]
}

func (e *expander) sliceList(vals []val, sl *syntax.Slice) []val {
	n := len(vals)
	from, to, ok := e.bounds(n+1, sl) // $0 is in front of the list
	if !ok {
		return vals
	}
	from, to = max(from-1, 0), max(to-1, 0)
	return vals[min(from, n):min(max(to, from), n)]
}

// bounds are those of a slice of n things.
func (e *expander) bounds(n int, sl *syntax.Slice) (from, to int, ok bool) {
	to = n
	if sl.Offset != nil {
		if from, ok = e.a.arith(e.c, sl.Offset); !ok {
			return 0, 0, false
		}
	}
	if from < 0 {
		from += n
	}
	from = min(max(from, 0), n)
	if sl.Length != nil {
		l, known := e.a.arith(e.c, sl.Length)
		if !known {
			return 0, 0, false
		}
		if l < 0 {
			to = n + l
		} else if l < n-from {
			to = from + l
		}
	}
	return from, max(min(to, n), from), true
}

// namesWith are the variables with a prefix that the command line sets.
func (e *expander) namesWith(prefix string) string {
	var names []string
	for name := range e.c.sh.vars {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func isDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compile makes a regular expression of a shell pattern.
func compile(p string) (*regexp.Regexp, bool) {
	if len(p) > 256 || strings.Contains(p, Unknown) {
		return nil, false
	}
	expr, err := pattern.Regexp(p, 0)
	if err != nil {
		return nil, false
	}
	re, err := regexp.Compile(expr)
	return re, err == nil
}

// trimPattern takes what a pattern matches off one end of s.
func (a *analyzer) trimPattern(s, p string, op syntax.ParExpOperator) string {
	prefix := op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix
	if !strings.ContainsAny(p, "*?[\\") && !strings.Contains(p, Unknown) {
		if prefix {
			return strings.TrimPrefix(s, p)
		}
		return strings.TrimSuffix(s, p)
	}
	mode := pattern.Shortest
	if op == syntax.RemLargePrefix || op == syntax.RemLargeSuffix {
		mode = 0
	}
	if len(s) > 4096 || len(p) > 256 || strings.Contains(p, Unknown) || !a.afford(len(s)*len(p)) {
		return Unknown
	}
	expr, err := pattern.Regexp(p, mode)
	if err != nil {
		return Unknown
	}
	switch op {
	case syntax.RemSmallSuffix: // as much as can be stays
		expr = "(?s)^(?:.*)(" + expr + ")$"
	case syntax.RemLargeSuffix:
		expr = "(?s)^(?:.*?)(" + expr + ")$"
	default:
		expr = "^(" + expr + ")"
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return Unknown
	}
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return s
	}
	if prefix {
		return s[m[3]:]
	}
	return s[:m[2]]
}

// replacePattern is ${x/pattern/with}.
func (a *analyzer) replacePattern(s, p, with string, all bool) string {
	if p == "" {
		return s
	}
	prefix, suffix := strings.HasPrefix(p, "#"), strings.HasPrefix(p, "%")
	if prefix || suffix {
		p = p[1:]
	}
	if len(s) > 4096 {
		return Unknown
	}
	re, ok := compile(p)
	if !ok || !a.afford(len(s)*len(p)) {
		return Unknown
	}
	n := 1
	if all {
		n = -1
	}
	locs := re.FindAllStringIndex(s, -1)
	if len(locs) > 256 || len(with) > 4096 {
		return Unknown
	}
	var b strings.Builder
	last := 0
	for _, l := range locs {
		if prefix && l[0] != 0 || suffix && l[1] != len(s) || n == 0 || l[0] == l[1] {
			continue
		}
		b.WriteString(s[last:l[0]])
		b.WriteString(with)
		last = l[1]
		n--
	}
	b.WriteString(s[last:])
	return b.String()
}
