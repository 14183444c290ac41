package shellcommand

import "strings"

// Bounds of a script's loops that are followed: loops, elements of a list, tokens of a
// call in which its variable is looked for.
const (
	maxScriptLoops = 8
	maxLoopValues  = 16
	maxCallTokens  = 64
)

// loops notes the variables that take one literal after the other: for x in ["a", "b"],
// for my $x ("a", "b"), ["a"].forEach(x => …), and lists that have a name.
func (r *scriptReader) loops() {
	lists := map[string][][]string{}
	for i := range r.toks {
		if len(lists) > maxScriptLoops || len(r.rounds) > maxScriptLoops || r.work > maxTokens*4 {
			return
		}
		t := r.toks[i]
		switch {
		case t.kind == 'i' && r.is(i+1, '=') && (r.is(i+2, '[') || r.is(i+2, '(')):
			if l, _ := r.list(i + 2); len(l) > 1 {
				lists[t.s] = l
			}
		case t.kind == 'i' && r.is(i+1, 'i') && (r.toks[i+1].s == "in" || r.toks[i+1].s == "of"):
			r.round(t.s, i+2, lists)
		case t.kind == 'i' && (t.s == "for" || t.s == "foreach"):
			j := i + 1
			if r.is(j, 'i') && r.toks[j].s == "my" {
				j++
			}
			switch {
			case r.is(j, '('):
				r.round("$_", j, lists)
			case r.is(j, 'i') && r.is(j+1, '('):
				r.round(r.toks[j].s, j+1, lists)
			}
		case t.kind == 'i' && (t.s == "forEach" || t.s == "each" || t.s == "map") && r.is(i-1, '.') && r.is(i-2, ']') || t.kind == 'i' && strings.HasSuffix(t.s, ".forEach"):
			r.each(i, lists)
		}
	}
}

// each is a list whose method calls a function with each of its elements.
func (r *scriptReader) each(i int, lists map[string][][]string) {
	j := i + 1
	for r.is(j, '(') || r.is(j, '{') || r.is(j, '|') {
		j++
	}
	if !r.is(j, 'i') {
		return
	}
	name := r.toks[j].s
	if list, _, ok := strings.Cut(r.toks[i].s, "."); ok {
		if l := lists[list]; l != nil {
			r.setRound(name, l)
		}
		return
	}
	start := i - 3
	for depth := 1; start >= 0 && i-start < maxTokens; start-- {
		if r.work++; r.is(start, ']') {
			depth++
		} else if r.is(start, '[') {
			if depth--; depth == 0 {
				break
			}
		}
	}
	r.round(name, start, lists)
}

// round is a variable that takes the elements of the list at i.
func (r *scriptReader) round(name string, i int, lists map[string][][]string) {
	for r.is(i, '(') && (r.is(i+1, '[') || r.is(i+1, '(') || r.is(i+1, 'i')) && !r.is(i+2, ',') {
		if l, end := r.list(i); len(l) > 1 || end == 0 {
			break
		}
		i++
	}
	if r.is(i, 'i') {
		if l := lists[r.toks[i].s]; l != nil {
			r.setRound(name, l)
		}
		return
	}
	if l, _ := r.list(i); len(l) > 0 {
		r.setRound(name, l)
	}
}

func (r *scriptReader) setRound(name string, l [][]string) {
	if r.rounds == nil {
		r.rounds = map[string][][]string{}
	}
	r.rounds[name] = l
}

// list reads a list of literals, or of lists of literals; it is nil when there is
// anything else in it.
func (r *scriptReader) list(i int) (out [][]string, end int) {
	if !r.is(i, '[') && !r.is(i, '(') {
		return nil, 0
	}
	for i++; i < len(r.toks) && len(out) < maxLoopValues; i++ {
		if r.work++; r.work > maxTokens*8 {
			return nil, 0
		}
		switch r.toks[i].kind {
		case 's':
			out = append(out, []string{r.toks[i].s})
		case ',', ';':
		case ']', ')':
			return out, i + 1
		case '[', '(':
			var one []string
			for i++; r.is(i, 's') || r.is(i, ','); i++ {
				if r.is(i, 's') && len(one) < maxLoopValues {
					one = append(one, r.toks[i].s)
				}
			}
			if !r.is(i, ']') && !r.is(i, ')') || len(one) == 0 {
				return nil, 0
			}
			out = append(out, one)
		default:
			return nil, 0
		}
	}
	return out, i
}

// looped calls what stands at i once for each value of a loop's variable that it is
// given; it is false when it is given none.
func (r *scriptReader) looped(i int, kind callKind) bool {
	if len(r.rounds) == 0 {
		return false
	}
	for j := i + 1; j < min(len(r.toks), i+maxCallTokens) && !r.is(j, ';'); j++ {
		l := r.rounds[r.toks[j].s]
		if !r.is(j, 'i') || l == nil {
			continue
		}
		name := r.toks[j].s
		old, had := r.vars[name]
		for _, one := range l {
			if !r.a.step() {
				break
			}
			r.vars[name], r.spread = strings.Join(one, " "), one
			r.call(i, kind)
		}
		if r.spread = nil; had {
			r.vars[name] = old
		} else {
			delete(r.vars, name)
		}
		return true
	}
	return false
}
