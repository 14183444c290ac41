package shellcommand

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// field is a word on its way into a command.
type field struct {
	v       string
	unset   string // see Word.IfUnset
	glob    bool
	quoted  bool
	decoded bool
	from    []source
	stream  *stream // of <(…): what can be read from it
	sink    *stream // of >(…): what reads it
	multi   bool    // it is one of several possible values
	maybe   bool    // a part of it may be unset
	abs     bool    // see val
}

func text(s string) field { return field{v: s} }

func (f field) known() bool { return !strings.Contains(f.v, Unknown) }

func (f field) word() Word {
	return Word{Value: f.v, Known: f.known(), Glob: f.glob, Quoted: f.quoted, IfUnset: f.unset}
}

func (f field) val() val { return val{s: f.v, from: f.from, decoded: f.decoded, abs: f.abs} }

func toWords(fields []field) []Word {
	if len(fields) == 0 {
		return nil
	}
	out := make([]Word, len(fields))
	for i, f := range fields {
		out[i] = f.word()
	}
	return out
}

// expander resolves words as the shell would, but that it expands no pattern.
type expander struct {
	a *analyzer
	c *ctx
	// choice says which of the values of a variable is taken; alts is how many the
	// variable with most values has.
	choice, alts int
	substs       map[syntax.Node]val // each substitution runs once
	procs        map[syntax.Node]*stream

	plain  [1]field        // what word returns of a plain one
	self   [1]*syntax.Word // the list of a word without braces
	fields []field
	cur    strings.Builder
	unset  strings.Builder
	maybe  bool // something in cur may be unset
	open   bool // there is a field, even if it is empty
	f      field
	bare   bool // something in it is not quoted
	noSplit,
	inQuotes bool
}

// wordsOf resolves words. A word with several possible values gives all of them,
// unless choice says which.
func (a *analyzer) wordsOf(c *ctx, words []*syntax.Word, choice int) (fields []field, alts int) {
	e := expander{a: a, c: c}
	return e.words(words, choice)
}

func (e *expander) words(words []*syntax.Word, choice int) (fields []field, alts int) {
	a := e.a
	fields = a.newFields(len(words) + 2)
	for _, w := range words {
		if !a.step() {
			break
		}
		list, braces := a.braces(w)
		if !braces {
			e.self[0] = w
			list = e.self[:]
		}
		for _, b := range list {
			e.alts = 1
			start := len(fields)
			if choice >= 0 {
				e.choice = choice
				fields = append(fields, e.word(b)...)
			} else {
				e.choice = 0
				fields = append(fields, e.word(b)...)
				n := min(e.alts, maxValues)
				for i := 1; i < n; i++ {
					e.choice = i
					fields = append(fields, e.word(b)...)
				}
				if n > 1 {
					for i := start; i < len(fields); i++ {
						fields[i].multi = true
					}
				}
			}
			alts = max(alts, e.alts)
			if len(fields) > maxWords {
				a.bound()
				return fields[:maxWords], alts
			}
		}
	}
	return fields, alts
}

// one resolves a word that is not split: the value of an assignment, a redirect.
func (a *analyzer) one(c *ctx, w *syntax.Word) []field {
	if w == nil {
		return []field{{}}
	}
	e := expander{a: a, c: c, noSplit: true}
	e.alts = 1
	fields := e.word(w)
	for i := 1; i < min(e.alts, maxValues); i++ {
		e.choice = i
		fields = append(fields, e.word(w)...)
	}
	if len(fields) == 0 {
		return []field{{}}
	}
	return fields
}

// braces expands {a,b} and {1..3}; it is false when there is nothing to expand.
func (a *analyzer) braces(w *syntax.Word) ([]*syntax.Word, bool) {
	open := 0
	for _, p := range w.Parts {
		switch lit := p.(type) {
		case *syntax.Lit:
			open += strings.Count(lit.Value, "{")
		case *syntax.BraceExp:
			open++
		}
	}
	if open == 0 {
		return nil, false
	}
	if open > maxOpenBraces {
		a.bound()
		return nil, false
	}
	cp := &syntax.Word{Parts: append([]syntax.WordPart(nil), w.Parts...)}
	if !syntax.SplitBraces(cp) {
		return nil, false
	}
	var out []*syntax.Word
	for x, err := range expand.BracesSeq(&expand.Config{}, cp) {
		if err != nil || len(out) >= maxBraces {
			break
		}
		out = append(out, x)
	}
	return out, true
}

// word resolves one word with the expander's choice of values.
func (e *expander) word(w *syntax.Word) []field {
	if f, ok := plain(w); ok {
		e.plain[0] = f
		return e.plain[:]
	}
	e.fields = nil
	e.reset()
	for i, p := range w.Parts {
		e.part(p, i == 0)
	}
	e.end()
	return e.fields
}

// plain resolves a word that is one literal without anything to expand, as most are.
func plain(w *syntax.Word) (field, bool) {
	if len(w.Parts) != 1 {
		return field{}, false
	}
	switch x := w.Parts[0].(type) {
	case *syntax.Lit:
		if strings.ContainsAny(x.Value, "\\*?[~") || strings.Contains(x.Value, placeholder) {
			return field{}, false
		}
		return field{v: x.Value}, true
	case *syntax.SglQuoted:
		if x.Dollar || strings.Contains(x.Value, placeholder) {
			return field{}, false
		}
		return field{v: x.Value, quoted: true}, true
	}
	return field{}, false
}

func (e *expander) reset() {
	e.cur.Reset()
	e.unset.Reset()
	e.maybe, e.open, e.bare = false, false, false
	e.f = field{}
}

// end ends a field.
func (e *expander) end() {
	if e.open {
		f := e.f
		f.v = e.cur.String()
		if e.maybe {
			f.maybe, f.unset = true, e.unset.String()
		}
		f.quoted = !e.bare
		if len(f.v) > maxText {
			f.v = f.v[:maxText] + Unknown
			e.a.bound()
		}
		if len(e.fields) < maxWords {
			e.fields = append(e.fields, f)
		}
	}
	e.reset()
}

func (e *expander) put(s string) {
	e.cur.WriteString(s)
	if e.maybe {
		e.unset.WriteString(s)
	}
}

// literal takes text of the source.
func (e *expander) literal(s string) {
	if strings.Contains(s, placeholder) {
		s = strings.ReplaceAll(s, placeholder, Unknown)
	}
	e.open = true
	e.put(s)
}

// value takes what an expansion gives: unquoted it is split.
func (e *expander) value(v val) {
	e.f.decoded = e.f.decoded || v.decoded
	e.f.abs = v.abs && !e.open
	take := func(s string) {
		e.open = true
		if v.maybe {
			if !e.maybe {
				e.maybe = true
				e.unset.WriteString(e.cur.String())
			}
			e.cur.WriteString(s)
		} else {
			e.put(s)
		}
		if len(v.from) > 0 && len(e.f.from) < maxValues {
			e.f.from = append(e.f.from[:len(e.f.from):len(e.f.from)], v.from...)
		}
	}
	if e.inQuotes || e.noSplit {
		take(v.s)
		return
	}
	e.bare = true
	if v.s == "" {
		return
	}
	ifs := " \t\n"
	if iv := e.c.sh.vars["IFS"]; iv != nil && len(iv.vals) > 0 && !strings.Contains(iv.vals[0].s, Unknown) {
		ifs = iv.vals[0].s
	}
	if ifs == "" || !strings.ContainsAny(v.s, ifs) {
		e.f.glob = e.f.glob || strings.ContainsAny(v.s, "*?[")
		take(v.s)
		return
	}
	rest := v.s
	for rest != "" {
		i := strings.IndexAny(rest, ifs)
		if i < 0 {
			e.f.glob = e.f.glob || strings.ContainsAny(rest, "*?[")
			take(rest)
			return
		}
		if i > 0 {
			e.f.glob = e.f.glob || strings.ContainsAny(rest[:i], "*?[")
			take(rest[:i])
		}
		e.end()
		e.bare = true
		rest = rest[i+1:]
		if len(e.fields) >= maxWords {
			e.a.bound()
			return
		}
	}
}
