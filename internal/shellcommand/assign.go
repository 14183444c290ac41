package shellcommand

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// assign evaluates assignments in c and makes them in sh.
func (a *analyzer) assign(c *ctx, sh *shell, list []*syntax.Assign) (assigns []Assign, from []source) {
	for _, x := range list {
		if x.Name == nil || !a.step() {
			continue
		}
		name := x.Name.Value
		switch {
		case x.Array != nil:
			a.assignArray(c, sh, name, x)
		case x.Index != nil:
			a.assignElement(c, sh, name, x)
		default:
			vals := []val{{}}
			if x.Value != nil {
				fields := a.one(c, x.Value)
				fields[0] = tildes(sh, x.Value, fields[0])
				vals = values(fields)
			}
			if x.Append {
				vals = appended(sh.lookup(name), vals)
			}
			sh.assign(name, vals, c.cond)
		}
		if len(assigns) < maxBraces {
			shown := Assign{Name: name}
			if v := sh.vars[name]; v != nil {
				last := first(v.vals)
				if n := len(v.vals); n > 0 && x.Array == nil {
					last = v.vals[n-1]
				}
				shown.Value = Word{Value: last.s, Known: !strings.Contains(last.s, Unknown)}
				for _, s := range last.from {
					from = append(from, source{id: s.id, kind: EdgeVariable, name: name})
				}
			}
			assigns = append(assigns, shown)
		}
	}
	return assigns, from
}

// tildes expands those behind the colons of a value: PATH=~/bin:~/x.
func tildes(sh *shell, w *syntax.Word, f field) field {
	if len(w.Parts) != 1 || !strings.Contains(f.v, ":~/") {
		return f
	}
	if _, ok := w.Parts[0].(*syntax.Lit); ok {
		f.v = strings.ReplaceAll(f.v, ":~/", ":"+first(sh.lookup("HOME").vals).s+"/")
	}
	return f
}

// appended are the values of x+=value.
func appended(v *variable, to []val) []val {
	var out []val
	for _, l := range v.vals {
		if l.maybe {
			l = val{}
		}
		for _, r := range to {
			if len(out) >= maxValues || len(l.s)+len(r.s) > maxText {
				return out
			}
			from := append(append([]source(nil), l.from...), r.from...)
			out = append(out, val{s: l.s + r.s, from: from, decoded: l.decoded || r.decoded})
		}
	}
	if len(out) == 0 {
		return to
	}
	return out
}

func (a *analyzer) assignArray(c *ctx, sh *shell, name string, x *syntax.Assign) {
	var elems []val
	var keys []string
	if x.Append {
		if v := sh.vars[name]; v != nil {
			elems, keys = append(elems, v.array...), append(keys, v.keys...)
		}
	}
	for _, el := range x.Array.Elems {
		if el.Value == nil || len(elems) > maxBraces {
			continue
		}
		if el.Index == nil {
			fields, _ := a.wordsOf(c, []*syntax.Word{el.Value}, -1)
			elems = append(elems, values(fields)...)
			continue
		}
		v := a.one(c, el.Value)[0].val()
		if n, ok := a.arith(c, el.Index); ok && n >= 0 && n < maxBraces && !isName(el.Index) {
			for len(elems) <= n {
				elems = append(elems, val{})
			}
			elems[n] = v
			continue
		}
		if w, ok := el.Index.(*syntax.Word); ok {
			for len(keys) < len(elems) {
				keys = append(keys, "")
			}
			keys = append(keys, a.one(c, w)[0].v)
			elems = append(elems, v)
		}
	}
	if c.cond {
		if v := sh.vars[name]; v != nil && !x.Append {
			elems = append(append([]val(nil), v.array...), elems...)
		}
	}
	sh.assignArray(name, elems, keys)
}

func isName(x syntax.ArithmExpr) bool {
	w, ok := x.(*syntax.Word)
	if !ok {
		return false
	}
	s := w.Lit()
	return !isDigits(s)
}

func (a *analyzer) assignElement(c *ctx, sh *shell, name string, x *syntax.Assign) {
	v := val{}
	if x.Value != nil {
		v = a.one(c, x.Value)[0].val()
	}
	old := sh.vars[name]
	var elems []val
	var keys []string
	if old != nil {
		elems, keys = append(elems, old.array...), append(keys, old.keys...)
	}
	n, ok := a.arith(c, x.Index)
	if ok && n >= 0 && n < maxBraces && (!isName(x.Index) || keys == nil && old != nil && old.array != nil) {
		for len(elems) <= n {
			elems = append(elems, val{})
		}
		elems[n] = v
	} else if w, isWord := x.Index.(*syntax.Word); isWord && len(elems) < maxBraces {
		for len(keys) < len(elems) {
			keys = append(keys, "")
		}
		keys = append(keys, a.one(c, w)[0].v)
		elems = append(elems, v)
	}
	sh.assignArray(name, elems, keys)
}

// declare is export, declare, local, readonly, typeset and nameref.
func (a *analyzer) declare(c ctx, s *syntax.Stmt, x *syntax.DeclClause) {
	k := command{text: a.source(c, s), name: x.Variant.Value}
	k.argv = []field{text(x.Variant.Value)}
	ref := x.Variant.Value == "nameref"
	before := c
	if len(x.Args) > 1 { // all words are expanded before the first is assigned
		before.sh = c.sh.clone()
	}
	for _, arg := range x.Args {
		if arg.Name == nil {
			if arg.Value != nil {
				f := a.one(&c, arg.Value)[0]
				ref = ref || strings.HasPrefix(f.v, "-") && strings.Contains(f.v, "n")
				k.argv = append(k.argv, f)
				// export "$x=…"
				if name, value, ok := strings.Cut(f.v, "="); ok && syntax.ValidName(name) {
					c.sh.assign(name, []val{{s: value, from: f.from, decoded: f.decoded}}, c.cond)
					k.assigns = append(k.assigns, Assign{Name: name, Value: Word{Value: value, Known: f.known()}})
				}
			}
			continue
		}
		if x.Variant.Value == "export" || hasArg(k.argv, "-x", "-gx", "-xg") {
			c.sh.export(arg.Name.Value)
		}
		if arg.Naked {
			k.argv = append(k.argv, text(arg.Name.Value))
			continue
		}
		one := *arg
		if arg.Value != nil { // unlike a plain assignment it is a word: {a,b}
			if bs, _ := a.braces(arg.Value); len(bs) > 1 {
				one.Value = bs[len(bs)-1]
			}
		}
		assigns, from := a.assign(&before, c.sh, []*syntax.Assign{&one})
		if before.sh != c.sh && len(k.assigns) > 0 { // by other shells one after the other
			again := c
			again.cond = true
			more, moreFrom := a.assign(&again, c.sh, []*syntax.Assign{&one})
			if len(more) == 1 && len(assigns) == 1 && more[0].Value.Value != assigns[0].Value.Value {
				assigns, from = append(more, assigns...), append(from, moreFrom...)
			}
		}
		k.assigns, k.from = append(k.assigns, assigns...), append(k.from, from...)
		if len(assigns) > 0 {
			v := assigns[len(assigns)-1].Value
			k.argv = append(k.argv, field{v: arg.Name.Value + "=" + v.Value})
			if ref && syntax.ValidName(v.Value) && v.Value != arg.Name.Value {
				c.sh.vars[arg.Name.Value] = &variable{ref: v.Value}
			}
		}
	}
	if len(s.Redirs) > 0 {
		a.redirect(&c, s.Redirs)
	}
	k.c = c
	a.emit(&k)
	if len(k.assigns) == 0 { // it lists variables
		a.produce(&k, nil)
	}
	if x.Variant.Value == "export" {
		a.environment(&k)
	}
}
