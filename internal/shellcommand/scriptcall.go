package shellcommand

import "strings"

// callOf says what a name at i calls.
func (r *scriptReader) callOf(i int, code string) (callKind, bool) {
	name := r.toks[i].s
	if kind, ok := r.p.calls[name]; ok {
		if r.is(i-1, '.') && (kind == callCode || name == "exec" && r.p.slashes && !r.p.postfix && !strings.Contains(code, "child_process")) {
			return 0, false // re.compile, a regular expression's exec
		}
		return kind, true
	}
	last := name
	if j := strings.LastIndexAny(name, ".:"); j >= 0 {
		last = name[j+1:]
	}
	if last == name && !r.is(i-1, '.') && !r.is(i-1, '>') {
		return 0, false
	}
	if kind, ok := r.p.calls[last]; ok && kind != callCode && kind != callOpen {
		if last == "exec" && !strings.Contains(code, "child_process") && r.p.slashes && !r.p.postfix { // a regular expression's
			return 0, false
		}
		return kind, true
	}
	if (last == "run" || last == "call") && r.p.calls["subprocess.run"] != 0 && strings.Contains(code, "subprocess") {
		return callShell, true
	}
	return 0, false
}

// call reads the arguments of a call.
func (r *scriptReader) call(i int, kind callKind) {
	i++
	r.decoded = false
	bare := !r.is(i, '(')
	if r.is(i, '*') && r.p.backquotes { // exec *ARGV
		i++
	}
	if bare && r.p.backquotes && r.is(i, 'i') && r.toks[i].s == "$_" { // the line of perl -n
		r.dispatch(kind, []string{r.input()}, 0)
		return
	}
	if bare && (i >= len(r.toks) || r.toks[i].kind != 's' && r.toks[i].kind != '[' && (r.toks[i].kind != 'i' || r.vars[r.toks[i].s] == "")) {
		return
	}
	if !bare {
		i++
	}
	var items []string
	lists := 0
	for n := 0; n < 64 && i < len(r.toks); n++ {
		if r.is(i, '&') && r.is(i+1, '[') || r.is(i, 'i') && r.toks[i].s == "c" && r.is(i+1, '(') && r.p == interpreters["r"] { // a slice, a vector
			r.toks[i+1].kind = '['
			i++
		}
		if next, more, ok := r.grouped(i, kind, &items); ok {
			lists += more
			i = next
		} else {
			v, next, literal := r.expr(i)
			if next == i || !literal && len(items) > 0 {
				if v == Unknown && len(items) > 0 {
					break
				}
			}
			if r.is(next, '=') { // a keyword argument
				if len(items) > 0 {
					break
				}
				i = next + 1
				continue
			}
			items = append(items, v)
			i = next
		}
		for r.is(i, '.') || r.is(i, '(') { // .split()
			if r.is(i, '.') {
				i++
				continue
			}
			i = r.skip(i)
		}
		if !r.is(i, ',') {
			break
		}
		i++
		for r.is(i, ';') {
			i++
		}
	}
	if r.is(i, ')') {
		i++
	}
	for r.is(i, '.') && i+1 < len(r.toks) && (r.toks[i+1].s == "arg" || r.toks[i+1].s == "args") && r.is(i+2, '(') { // Command::new("rm").arg("x")
		end := r.skip(i + 2)
		for j := i + 3; j < end && len(items) < maxValues; j++ {
			if r.is(j, 's') {
				items = append(items, r.toks[j].s)
			}
		}
		i = end
	}
	r.dispatch(kind, items, lists)
}

// skip passes a bracketed group.
func (r *scriptReader) skip(i int) int {
	depth := 0
	for ; i < len(r.toks); i++ {
		if r.work++; r.work > maxTokens*8 {
			return len(r.toks)
		}
		switch r.toks[i].kind {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth <= 0 {
				return i + 1
			}
		}
	}
	return i
}

// expr reads a string expression; literal says that all of it is known.
func (r *scriptReader) expr(i int) (s string, next int, literal bool) {
	return r.exprAt(i, 0)
}

func (r *scriptReader) exprAt(i, depth int) (s string, next int, literal bool) {
	literal = true
	var b strings.Builder
	if r.work++; depth > 16 || r.work > maxTokens*8 {
		return Unknown, len(r.toks), false
	}
	for i < len(r.toks) {
		t := r.toks[i]
		switch t.kind {
		case 's', 'b':
			b.WriteString(t.s)
			i++
		case '~': // ~c"…"
			if !r.is(i+1, 'i') || !r.is(i+2, 's') {
				return Unknown, i, false
			}
			b.WriteString(r.toks[i+2].s)
			i += 3
		case '(':
			v, n, lit := r.exprAt(i+1, depth+1)
			b.WriteString(v)
			literal = literal && lit
			i = n
			for i < len(r.toks) && !r.is(i, ')') {
				if r.work++; r.work > maxTokens*8 || r.is(i, ';') {
					break
				}
				i++
			}
			if r.is(i, ')') {
				i++
			}
		case 'i':
			if r.is(i+1, '(') {
				v, _, lit := r.exprAt(i+2, depth+1)
				end := r.skip(i + 1)
				switch {
				case strings.HasSuffix(t.s, "stdin.read"), strings.HasSuffix(t.s, "stdin.readline"), t.s == "input", strings.HasSuffix(t.s, "STDIN.read"):
					v, lit = r.input(), r.k.c.in.known()
				case strings.HasSuffix(t.s, "b64decode"), strings.HasSuffix(t.s, "decode64"), t.s == "base64_decode", t.s == "atob", strings.HasSuffix(t.s, "decode_base64"):
					v, r.decoded = decodeBase64(v), true
				case strings.HasSuffix(t.s, "Buffer.from") && i+5 < len(r.toks) && r.is(i+3, ','):
					v, r.decoded = decodeBase64(v), true
				}
				b.WriteString(v)
				literal = literal && lit
				i = end
			} else {
				if v, ok := r.vars[t.s]; ok {
					b.WriteString(v)
				} else {
					b.WriteString(Unknown)
					literal = false
				}
				i++
			}
		default:
			if b.Len() == 0 {
				return Unknown, i, false
			}
		}
		// Methods behind it change nothing that matters.
		for r.is(i, '.') && i+1 < len(r.toks) && r.toks[i+1].kind == 'i' && r.is(i+2, '(') {
			i = r.skip(i + 2)
		}
		if b.Len() > maxScript {
			return b.String()[:maxScript], i, false
		}
		if r.is(i, '+') || r.is(i, '.') {
			i++
			continue
		}
		if i < len(r.toks) && (r.toks[i].kind == 's') {
			continue
		}
		break
	}
	return b.String(), i, literal
}
