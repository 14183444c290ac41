package shellcommand

import (
	"strconv"
	"strings"
	"unicode/utf8"

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
	if x.Exp != nil && (x.Exp.Op == syntax.ErrorUnset || x.Exp.Op == syntax.ErrorUnsetOrNull) && !list && len(vals) == 1 && (vals[0].s == "" || vals[0].maybe) {
		vals = []val{{s: Unknown, from: vals[0].from}} // without a value the shell stops
	}
	star := name == "*"
	if w, ok := x.Index.(*syntax.Word); ok && w.Lit() == "*" {
		star = true
	}
	for i, v := range vals {
		v = e.operate(name, x, v, list)
		if i > 0 {
			switch {
			case star && (e.inQuotes || e.noSplit):
				e.put(e.joiner())
			case e.noSplit:
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

// joiner is what stands between the elements of "${x[*]}": the first sign of IFS.
func (e *expander) joiner() string {
	v := e.c.sh.vars["IFS"]
	if v == nil || len(v.vals) == 0 || strings.HasPrefix(v.vals[0].s, Unknown) {
		return " "
	}
	_, n := utf8.DecodeRuneInString(v.vals[0].s)
	return v.vals[0].s[:n]
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
		one := e.pick(v)
		one.abs = one.abs || (one.s == Unknown || one.s == "~") && paths[name]
		return []val{one}, false
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
