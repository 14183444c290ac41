package shellcommand

import "strings"

// lispCall reads (name "x" "y") and (name "x" '("y" "z")).
func (r *scriptReader) lispCall(i int, kind callKind) {
	if !r.is(i-1, '(') {
		return
	}
	var items []string
	depth := 0
	for i++; i < len(r.toks) && len(items) < maxValues; i++ {
		if r.work++; r.work > maxTokens*8 {
			return
		}
		switch t := r.toks[i]; t.kind {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth < 0 {
				r.dispatch(kind, items, 0)
				return
			}
		case 's':
			items = append(items, t.s)
		case 'i':
			if v := r.vars[t.s]; v != "" {
				items = append(items, v)
			} else if len(items) == 0 && (depth == 0 && t.s[0] != ':') {
				items = append(items, Unknown)
			}
		}
	}
	r.dispatch(kind, items, 0)
}

// postfix reads "cmd".execute() and "cmd".!, with a string or a list before the dot.
func (r *scriptReader) postfix(i int) {
	end := i + 1
	var items []string
	if r.is(end, ']') || r.is(end, ')') {
		j := i
		for n := 0; j >= 0 && n < maxValues && (r.is(j, 's') || r.is(j, ',')); n++ {
			if r.is(j, 's') {
				items = append([]string{r.toks[j].s}, items...)
			}
			j--
		}
		if !r.is(j, '[') && !r.is(j, '(') {
			return
		}
		end++
	}
	if !r.is(end, '.') || end+1 >= len(r.toks) {
		return
	}
	switch next := r.toks[end+1]; {
	case next.s == "execute", next.s == "lazyLines", next.s == "lineStream", next.kind == '!':
	default:
		return
	}
	if items != nil {
		r.argv(items)
		return
	}
	r.shell(r.toks[i].s)
}

// input is the text that the script reads.
func (r *scriptReader) input() string {
	if r.k.c.in == nil || r.k.c.in.heredoc && r.k.script != "" {
		return Unknown
	}
	return strings.TrimSuffix(r.k.c.in.text, "\n")
}

// optionArgs adds the arguments of a program that stand among options: {args: ["x"]}.
func (r *scriptReader) optionArgs(i, end int, items *[]string) bool {
	for ; i+2 < end; i++ {
		if r.is(i, 'i') && (r.toks[i].s == "args" || r.toks[i].s == "cmd") && r.is(i+1, ':') && r.is(i+2, '[') {
			for i += 3; i < end && !r.is(i, ']') && len(*items) < maxValues; i++ {
				if r.is(i, 's') {
					*items = append(*items, r.toks[i].s)
				}
			}
			return true
		}
	}
	return false
}
