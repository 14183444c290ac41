package shellcommand

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (e *expander) part(p syntax.WordPart, first bool) {
	switch x := p.(type) {
	case *syntax.Lit:
		e.bare = e.bare || !e.inQuotes
		e.lit(x.Value, first)
	case *syntax.SglQuoted:
		s := x.Value
		if x.Dollar {
			s = ansiC(s)
		}
		e.literal(s)
	case *syntax.DblQuoted:
		e.open = true
		was := e.inQuotes
		e.inQuotes = true
		for _, q := range x.Parts {
			if lit, ok := q.(*syntax.Lit); ok {
				e.literal(unescapeQuoted(lit.Value))
				continue
			}
			e.part(q, false)
		}
		if len(x.Parts) == 1 { // "$@" without arguments is no word
			if pe, ok := x.Parts[0].(*syntax.ParamExp); ok && pe.Param != nil && pe.Param.Value == "@" &&
				len(e.c.sh.args) == 0 && e.cur.Len() == 0 && len(e.fields) == 0 {
				e.open = false
			}
		}
		e.inQuotes = was
	case *syntax.ParamExp:
		e.param(x)
	case *syntax.CmdSubst:
		e.value(e.subst(x))
	case *syntax.ArithmExp:
		e.a.substitutionsIn(*e.c, x)
		if n, ok := e.a.arith(e.c, x.X); ok {
			e.value(val{s: itoa(n)})
		} else {
			e.value(val{s: Unknown})
		}
	case *syntax.ProcSubst:
		e.proc(x)
	case *syntax.ExtGlob:
		e.bare, e.f.glob = true, true
		pattern := ""
		if x.Pattern != nil {
			pattern = x.Pattern.Value
		}
		e.literal(x.Op.String() + pattern + ")")
	case *syntax.BraceExp:
		// Only a word that was not expanded (an assignment) has one.
		for _, w := range x.Elems {
			for i, q := range w.Parts {
				e.part(q, i == 0)
			}
		}
	}
}

// lit takes an unquoted literal: escapes, patterns, a tilde.
func (e *expander) lit(s string, first bool) {
	if first && strings.HasPrefix(s, "~") && !e.inQuotes {
		user, rest, slash := strings.Cut(s[1:], "/")
		if !strings.ContainsAny(user, "\\*?[") {
			s = rest
			if slash {
				s = "/" + rest
			}
			e.literal(e.tilde(user))
		}
	}
	if !strings.ContainsAny(s, "\\*?[") {
		e.literal(s)
		return
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i < len(s) && s[i] != '\n' {
				b.WriteByte(s[i])
			}
		case '*', '?', '[':
			e.f.glob = e.f.glob || !e.inQuotes
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	e.literal(b.String())
}

func (e *expander) tilde(user string) string {
	switch user {
	case "":
		return first(e.c.sh.lookup("HOME").vals).s
	case "+":
		if e.c.sh.dir != "" {
			return e.c.sh.dir
		}
		return Unknown
	case "-":
		if e.c.sh.prevDir != "" {
			return e.c.sh.prevDir
		}
		return Unknown
	case "root":
		return "/root"
	}
	return "~" + user
}

func first(vals []val) val {
	if len(vals) == 0 {
		return val{}
	}
	return vals[0]
}

// subst runs $(…) and gives its output.
func (e *expander) subst(x *syntax.CmdSubst) val {
	if v, ok := e.substs[x]; ok {
		return v
	}
	c := e.c.within(ViaSubstitution)
	c.sh = e.c.sh.clone()
	c.redirs, c.sinks, c.cond, c.loop = nil, nil, false, false
	out := &collector{}
	c.out = out
	e.a.stmts(c, x.Stmts)
	v := out.value(EdgeArgument)
	v.s = e.a.text(v.s)
	if e.substs == nil {
		e.substs = map[syntax.Node]val{}
	}
	e.substs[x] = v
	return v
}

// proc runs <(…) or >(…) and gives its name.
func (e *expander) proc(x *syntax.ProcSubst) {
	e.open, e.bare = true, true
	e.put("/dev/fd/63")
	s, ok := e.procs[x]
	if !ok {
		c := e.c.within(ViaProcess)
		c.sh = e.c.sh.clone()
		c.redirs, c.sinks, c.cond, c.loop = nil, nil, false, false
		if x.Op == syntax.CmdOut {
			s = &stream{text: Unknown, kind: EdgeProcess}
			c.in = s
			e.a.stmts(c, x.Stmts)
		} else {
			out := &collector{}
			c.out, c.in = out, nil
			e.a.stmts(c, x.Stmts)
			s = out.stream()
			s.kind = EdgeProcess
		}
		if e.procs == nil {
			e.procs = map[syntax.Node]*stream{}
		}
		e.procs[x] = s
	}
	if x.Op == syntax.CmdOut {
		e.f.sink = s
		return
	}
	e.f.stream = s
	e.f.decoded = e.f.decoded || s.decoded
	for _, id := range s.from {
		e.f.from = append(e.f.from, source{id: id, kind: EdgeProcess})
	}
}

// unescapeQuoted takes the backslashes out of a literal in double quotes.
func unescapeQuoted(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case '$', '`', '"', '\\':
				i++
			case '\n':
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// document resolves the text of a here-document.
func (a *analyzer) document(c *ctx, r *syntax.Redirect) string {
	if r.Hdoc == nil {
		return ""
	}
	raw := false
	for _, p := range r.Word.Parts {
		switch x := p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			raw = true
		case *syntax.Lit:
			raw = raw || strings.IndexByte(x.Value, '\\') >= 0
		}
	}
	e := expander{a: a, c: c, noSplit: true, inQuotes: true, alts: 1}
	for _, p := range r.Hdoc.Parts {
		if lit, ok := p.(*syntax.Lit); ok {
			s := lit.Value
			if r.Op == syntax.DashHdoc {
				s = stripTabs(s)
			}
			if !raw {
				s = unescapeDoc(s)
			}
			e.literal(s)
			continue
		}
		e.part(p, false)
	}
	return a.text(e.cur.String())
}

func unescapeDoc(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	// As in double quotes, but that \" stays.
	return strings.ReplaceAll(unescapeQuoted(strings.ReplaceAll(s, `\"`, `\\"`)), `\\"`, `\"`)
}

func stripTabs(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimLeft(l, "\t")
	}
	return strings.Join(lines, "\n")
}
