package shellcommand

import (
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

func itoa(n int) string { return strconv.Itoa(n) }

// param takes ${…}.
func (e *expander) param(x *syntax.ParamExp) {
	if x.Param == nil {
		if x.NestedParam != nil {
			e.part(x.NestedParam, false)
		} else {
			e.value(val{s: Unknown})
		}
		return
	}
	name := x.Param.Value
	if x.Excl {
		if x.Names != 0 {
			e.value(val{s: e.namesWith(name)})
			return
		}
		target := e.pick(e.c.sh.lookup(name))
		if !syntax.ValidName(target.s) && !isDigits(target.s) {
			e.value(val{s: Unknown, from: target.from})
			return
		}
		name = target.s
	}
	vals, list := e.paramValues(name, x.Index)
	if x.Length {
		if list {
			e.value(val{s: itoa(len(vals))})
		} else if v := first(vals); strings.Contains(v.s, Unknown) {
			e.value(val{s: Unknown})
		} else {
			e.value(val{s: itoa(len(v.s))})
		}
		return
	}
	if list && x.Slice != nil && name != "" {
		vals = e.sliceList(vals, x.Slice)
	}
	if len(vals) == 0 || (len(vals) == 1 && (vals[0].s == "" || vals[0].maybe)) {
		if x.Exp != nil && e.unsetExpansion(name, x, vals) {
			return
		}
	}
	star := name == "*"
	if w, ok := x.Index.(*syntax.Word); ok && w.Lit() == "*" {
		star = true
	}
	for i, v := range vals {
		v = e.operate(name, x, v, list)
		if i > 0 {
			switch {
			case e.inQuotes && star, e.noSplit:
				e.put(" ")
			default:
				if !e.open {
					e.open = e.inQuotes
				}
				e.end()
			}
		}
		if len(v.from) == 0 || name == "@" {
			e.value(v)
			continue
		}
		from := make([]source, len(v.from))
		for j, s := range v.from {
			from[j] = source{id: s.id, kind: EdgeVariable, name: name}
		}
		v.from = from
		e.value(v)
	}
}

// paramValues are the values of a parameter: one, or those of a list.
func (e *expander) paramValues(name string, index syntax.ArithmExpr) (vals []val, list bool) {
	sh := e.c.sh
	switch name {
	case "@", "*":
		return sh.args, true
	case "#":
		return []val{{s: itoa(len(sh.args))}}, false
	case "0":
		if sh.zero != "" {
			return []val{{s: sh.zero}}, false
		}
		return []val{{s: "bash"}}, false
	case "?", "$", "!", "-", "_":
		return []val{{s: Unknown}}, false
	}
	if isDigits(name) {
		n, err := strconv.Atoi(name)
		if err != nil || n > len(sh.args) || n < 1 {
			return []val{{}}, false
		}
		return sh.args[n-1 : n], false
	}
	v := sh.lookup(name)
	if index == nil {
		return []val{e.pick(v)}, false
	}
	if w, ok := index.(*syntax.Word); ok {
		switch w.Lit() {
		case "@", "*":
			if v.array != nil {
				return v.array, true
			}
			return v.vals, true
		}
		if v.keys != nil {
			key := first(values(e.a.one(e.c, w))).s
			for i, k := range v.keys {
				if k == key && i < len(v.array) {
					return v.array[i : i+1], false
				}
			}
			return []val{{}}, false
		}
	}
	n, ok := e.a.arith(e.c, index)
	if v.array == nil {
		if ok && n == 0 {
			return []val{e.pick(v)}, false
		}
		return []val{{}}, false
	}
	if !ok { // any of them
		e.alts = max(e.alts, len(v.array))
		return []val{v.array[e.choice%max(len(v.array), 1)]}, false
	}
	if n < 0 {
		n += len(v.array)
	}
	if n < 0 || n >= len(v.array) {
		return []val{{}}, false
	}
	return v.array[n : n+1], false
}

func values(fields []field) []val {
	out := make([]val, len(fields))
	for i, f := range fields {
		out[i] = f.val()
	}
	return out
}

// pick takes the chosen value of a variable.
func (e *expander) pick(v *variable) val {
	if len(v.vals) == 0 {
		return val{}
	}
	e.alts = max(e.alts, len(v.vals))
	return v.vals[e.choice%len(v.vals)]
}

// unsetExpansion takes ${x:-word} and its like of a parameter without a value; it is
// false when there is nothing to do.
func (e *expander) unsetExpansion(name string, x *syntax.ParamExp, vals []val) bool {
	maybe := len(vals) == 1 && vals[0].maybe
	set := e.c.sh.isSet(name) || isDigits(name) && len(vals) == 1 && vals[0].s != ""
	switch x.Exp.Op {
	case syntax.DefaultUnset, syntax.AssignUnset:
		if set && !maybe {
			return false
		}
	case syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull:
	case syntax.AlternateUnset:
		if !set {
			return true
		}
		e.inner(x.Exp.Word)
		return true
	case syntax.AlternateUnsetOrNull:
		return true
	default:
		return false
	}
	if x.Exp.Op == syntax.AssignUnset || x.Exp.Op == syntax.AssignUnsetOrNull {
		e.c.sh.assign(name, values(e.a.one(e.c, x.Exp.Word)), false)
	}
	e.inner(x.Exp.Word)
	return true
}

// inner takes the word of an expansion.
func (e *expander) inner(w *syntax.Word) {
	if w == nil {
		return
	}
	if !e.inQuotes && !e.noSplit {
		// Its spaces split it, unless they are quoted.
		for i, p := range w.Parts {
			if lit, ok := p.(*syntax.Lit); ok && strings.ContainsAny(lit.Value, " \t\n") && strings.IndexByte(lit.Value, '\\') < 0 {
				e.value(val{s: strings.ReplaceAll(lit.Value, placeholder, Unknown)})
				continue
			}
			e.part(p, i == 0)
		}
		return
	}
	for i, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok {
			e.literal(unescapeQuoted(lit.Value))
			continue
		}
		e.part(p, i == 0)
	}
}

// operate applies what the expansion does with a value.
func (e *expander) operate(name string, x *syntax.ParamExp, v val, list bool) val {
	if x.Slice != nil && !list {
		v.s = e.slice(v.s, x.Slice)
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
		case "P":
			v.s = Unknown
		}
	}
	return v
}

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
