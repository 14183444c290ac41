package shellcommand

import "strings"

// word reads one word: a bare word, a string, a variable, an expression in
// parentheses, and what stands directly behind it.
func (r *psReader) word(c ctx) field {
	var f field
	var b strings.Builder
	f.quoted = true
	read := false
	for r.pos < len(r.src) && r.a.step() {
		ch := r.src[r.pos]
		switch {
		case ch == '\'' || ch == '"':
			s, from := r.str(c)
			b.WriteString(s)
			f.from = append(f.from, from...)
			read = true
		case ch == '@' && r.pos+1 < len(r.src) && (r.src[r.pos+1] == '\'' || r.src[r.pos+1] == '"'):
			b.WriteString(r.hereString())
			read = true
		case ch == '(' || (ch == '$' || ch == '@') && strings.HasPrefix(r.after(), "("):
			if ch != '(' {
				r.pos++
			}
			if read && ch == '(' && b.Len() > 0 && !strings.HasSuffix(b.String(), "=") && f.stream == nil && strings.ContainsAny(b.String(), "].") {
				f = r.method(c, b.String(), f)
				b.Reset()
				b.WriteString(f.v)
				continue
			}
			v := r.group(c)
			b.WriteString(v.v)
			f.from = append(f.from, v.from...)
			f.decoded = f.decoded || v.decoded
			f.stream = &stream{} // an expression
			read = true
		case ch == '$':
			v := r.variable(c)
			b.WriteString(v.s)
			f.from = append(f.from, v.from...)
			f.decoded = f.decoded || v.decoded
			f.quoted = false
			if !read && (r.peek() == '=' || strings.HasPrefix(r.rest(), "+=")) {
				f.v = b.String()
				return f // an assignment
			}
			read = true
		case ch == '+' && read && r.pos+1 < len(r.src) && strings.IndexByte("'\"$(", r.src[r.pos+1]) >= 0:
			r.pos++
		case ch == '`' && r.pos+1 < len(r.src):
			b.WriteByte(r.src[r.pos+1])
			r.pos += 2
			f.quoted, read = false, true
		case ch == '.' && f.stream != nil:
			// .Method(…) of an expression
			r.pos++
			name := r.name()
			if r.peek() == '(' {
				v := r.method(c, name, f)
				b.Reset()
				b.WriteString(v.v)
				f.from, f.decoded = v.from, f.decoded || v.decoded
			}
		case strings.IndexByte(" \t\r\n;|){},&><", ch) >= 0:
			if s, ok := r.concat(c, read); ok {
				b.WriteString(s.v)
				f.from = append(f.from, s.from...)
				continue
			}
			f.v = b.String()
			f.quoted = f.quoted && read
			return f
		default:
			b.WriteByte(ch)
			r.pos++
			f.quoted, read = false, true
			if ch == '[' {
				f.glob = true
			}
			f.glob = f.glob || ch == '*' || ch == '?'
		}
	}
	f.v = b.String()
	f.quoted = f.quoted && read
	return f
}

// concat takes + 'more' behind a string, in an expression.
func (r *psReader) concat(c ctx, read bool) (field, bool) {
	if !read {
		return field{}, false
	}
	save := r.pos
	for r.peek() == ' ' {
		r.pos++
	}
	if r.peek() == '+' && r.pos+1 < len(r.src) {
		r.pos++
		for r.peek() == ' ' {
			r.pos++
		}
		if ch := r.peek(); (ch == '\'' || ch == '"' || ch == '$' || ch == '(') && r.a.enter() {
			defer r.a.leave()
			return r.word(c), true
		}
	}
	r.pos = save
	return field{}, false
}

func (r *psReader) name() string {
	begin := r.pos
	for r.pos < len(r.src) && (isNameByte(r.src[r.pos]) || r.src[r.pos] == ':') {
		r.pos++
	}
	return r.src[begin:r.pos]
}

// group reads (…): statements, whose last gives the value.
func (r *psReader) group(c ctx) field {
	if !r.a.enter() {
		r.pos = len(r.src)
		return field{v: Unknown}
	}
	defer r.a.leave()
	r.pos++ // (
	saved, start := r.c, r.start
	r.c = c
	if len(r.c.via) < maxDepth {
		r.c = r.c.within(ViaSubstitution)
	}
	r.c.in, r.c.redirs = nil, nil
	var v field
	for r.pos < len(r.src) && r.peek() != ')' && r.a.step() {
		before := r.pos
		v = r.statement(")")
		r.space(true)
		if r.pos == before {
			r.pos++
		}
	}
	if r.pos < len(r.src) {
		r.pos++
	}
	r.c, r.start = saved, start
	v.stream = nil
	return v
}

// method reads the arguments of a call and notes those that use the network, run
// or change something.
func (r *psReader) method(c ctx, name string, of field) field {
	if !r.a.enter() {
		r.pos = len(r.src)
		return field{v: Unknown}
	}
	defer r.a.leave()
	r.pos++ // (
	k := command{c: c}
	k.c.redirs = nil
	begin := r.pos
	for r.pos < len(r.src) && r.peek() != ')' && r.a.step() {
		before := r.pos
		r.space(true)
		if r.peek() == ',' {
			r.pos++
			continue
		}
		if r.peek() == '{' {
			r.block(c)
			continue
		}
		if w := r.word(c); w.v != "" {
			k.argv = append(k.argv, w)
		}
		if r.pos == before {
			r.pos++
		}
	}
	if r.pos < len(r.src) {
		r.pos++
	}
	lower := strings.ToLower(name)
	out := field{v: Unknown, from: of.from, stream: &stream{}}
	switch {
	case strings.HasSuffix(lower, "frombase64string") && len(k.argv) > 0:
		raw := decodeBase64(k.argv[0].v)
		if raw == Unknown {
			if s, ok := decodeUTF16(k.argv[0].v); ok {
				raw = s
			}
		}
		return field{v: raw, decoded: true, from: k.argv[0].from, stream: &stream{}}
	case strings.HasSuffix(lower, "getstring") && len(k.argv) > 0:
		v := k.argv[0]
		v.stream = &stream{}
		return v
	case lower == "replace" && len(k.argv) == 2:
		if !strings.Contains(of.v, Unknown) && k.argv[0].v != "" {
			out.v = strings.ReplaceAll(of.v, k.argv[0].v, k.argv[1].v)
		}
		return out
	case lower == "tostring" || lower == "trim" || lower == "invoke":
		out.v = of.v
		if lower == "invoke" {
			r.a.powershellCode(c.within(ViaEval), &k, of)
		}
		return out
	}
	for _, verb := range []string{"download", "upload", "openread", "::", "start", "connect", "delete", "shellexecute", "exec", "run"} {
		if !strings.Contains(lower, verb) {
			continue
		}
		prog := text(name)
		prog.from = of.from
		k.argv = append([]field{prog}, k.argv...)
		k.name = strings.NewReplacer("[", "", "]", "").Replace(name)
		k.text = strings.TrimSpace(name + "(" + cut(r.src[begin:min(r.pos, len(r.src))], maxShown-len(cut(name, 64))))
		if len(k.text) > maxShown {
			k.text = cut(k.text, maxShown)
		}
		if strings.Contains(k.name, Unknown) {
			k.name = ""
		}
		r.a.emit(&k)
		if k.id >= 0 {
			out.from = append([]source(nil), source{id: k.id, kind: EdgeArgument})
		}
		break
	}
	return out
}

// within bounds the text of one literal.
func (a *analyzer) within(n int) bool {
	if n > maxText {
		a.bound()
		return false
	}
	return true
}
