package shellcommand

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one of a script, in any of the languages: they are near enough to each
// other for calls with literal arguments.
type token struct {
	kind byte // i: name, s: string, b: backquoted, or the sign itself
	s    string
}

const maxTokens = 4096

// scan splits a script into tokens.
func scan(code string, p *interpreter) []token {
	var toks []token
	for i := 0; i < len(code) && len(toks) < maxTokens; {
		c := code[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '\n' || c == ';':
			toks = append(toks, token{kind: ';'})
			i++
		case c == '#' && !p.slashes && (i == 0 || code[i-1] != '$'), c == '/' && strings.HasPrefix(code[i:], "//") && p.slashes:
			j := strings.IndexByte(code[i:], '\n')
			if j < 0 {
				return toks
			}
			i += j
		case c == '"' || c == '\'' || c == '`':
			s, n := quoted(code[i:])
			kind := byte('s')
			if c == '`' && p.backquotes {
				kind = 'b'
			}
			if n := len(toks); n > 0 && toks[n-1].kind == 'i' && len(toks[n-1].s) <= 2 && strings.Trim(toks[n-1].s, "rbfuRBFU") == "" && i > 0 && isNameByte(code[i-1]) {
				if strings.ContainsAny(toks[n-1].s, "fF") {
					s = holes(s, "{", "}")
				}
				toks = toks[:n-1] // r'…', b'…', f'…'
			} else if c == '`' && !p.backquotes {
				s = holes(s, "${", "}")
			} else if c == '"' && p.backquotes {
				s = holes(s, "#{", "}")
			}
			toks = append(toks, token{kind: kind, s: s})
			i += n
		case isNameByte(c) || c >= utf8.RuneSelf || c == '%' && strings.HasPrefix(code[i:], "%x") && i+2 < len(code) && strings.IndexByte("({[|", code[i+2]) >= 0:
			j := i + 1
			for j < len(code) && (isNameByte(code[j]) || code[j] >= utf8.RuneSelf || code[j] == '.' && j+1 < len(code) && isLetter(code[j+1]) ||
				code[j] == ':' && strings.HasPrefix(code[j:], "::") || code[j] == ':' && code[j-1] == ':') {
				j++
			}
			name := code[i:j]
			if (name == "qx" || name == "%x" || name == "q" || name == "qq") && j < len(code) {
				if end := strings.IndexByte("({[</|!", code[j]); end >= 0 {
					closing := ")}]>/|!"[end]
					if k := strings.IndexByte(code[j+1:], closing); k >= 0 {
						kind := byte('b')
						if name[0] == 'q' && name != "qx" {
							kind = 's'
						}
						toks = append(toks, token{kind: kind, s: code[j+1 : j+1+k]})
						i = j + k + 2
						continue
					}
				}
			}
			toks = append(toks, token{kind: 'i', s: name})
			i = j
		default:
			toks = append(toks, token{kind: c})
			i++
		}
	}
	return toks
}

func isLetter(c byte) bool { return c == '_' || unicode.IsLetter(rune(c)) }

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// quoted reads a string literal at the start of s; n is its length.
func quoted(s string) (text string, n int) {
	quote := s[:1]
	if len(s) >= 3 && quote != "`" && s[1] == s[0] && s[2] == s[0] {
		quote = s[:3]
	}
	var b strings.Builder
	for i := len(quote); i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], quote):
			return b.String(), i + len(quote)
		case s[i] == '\\' && i+1 < len(s):
			if quote[0] == '\'' && s[i+1] != '\'' && s[i+1] != '\\' && s[i+1] != 'x' && s[i+1] != 'n' {
				b.WriteByte('\\')
				b.WriteByte(s[i+1])
				i += 2
				continue
			}
			j := i + 2
			for j < len(s) && j < i+10 && (s[j] >= '0' && s[j] <= '9' || s[j] >= 'a' && s[j] <= 'f' || s[j] >= 'A' && s[j] <= 'F') && strings.IndexByte("xuU01234567", s[i+1]) >= 0 {
				if s[i+1] == 'x' && j >= i+4 || s[i+1] == 'u' && j >= i+6 {
					break
				}
				j++
			}
			if strings.IndexByte("ntrxuUe01234567\\'\"", s[i+1]) >= 0 {
				b.WriteString(ansiC(s[i:j]))
			} else {
				b.WriteString(s[i+1 : j])
			}
			i = j
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), len(s)
}

// holes replaces the expressions in a string by Unknown.
func holes(s, open, closing string) string {
	if !strings.Contains(s, open) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, open)
		if i < 0 {
			break
		}
		j := strings.Index(s[i:], closing)
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(Unknown)
		s = s[i+j+len(closing):]
	}
	b.WriteString(s)
	return b.String()
}

// scriptReader looks for calls that run commands.
type scriptReader struct {
	a       *analyzer
	k       *command
	p       *interpreter
	toks    []token
	vars    map[string]string
	work    int
	decoded bool // the literal being read was decoded
}

// script analyses the commands that a script's literals hold.
func (a *analyzer) script(k *command, p *interpreter, code string) {
	if p == nil || !a.enter() {
		return
	}
	defer a.leave()
	if a.parsed += len(code); a.parsed > maxParsed {
		a.bound()
		return
	}
	code = cut(code, maxScript*2)
	r := scriptReader{a: a, k: k, p: p, toks: scan(code, p), vars: map[string]string{}}
	for i := 0; i < len(r.toks); i++ {
		r.at(i, code)
	}
}

func (r *scriptReader) at(i int, code string) {
	t := r.toks[i]
	switch t.kind {
	case 'b':
		r.shell(t.s)
		return
	case 's':
		if r.p.pipes { // awk
			if r.is(i+1, '|') && !r.is(i+2, '|') || i > 0 && r.is(i-1, '|') && (i < 2 || !r.is(i-2, '|')) {
				r.shell(t.s)
			}
		}
		return
	case 'i':
	default:
		return
	}
	if t.s == "script" && i >= 2 && r.toks[i-1].s == "shell" && i+1 < len(r.toks) && r.toks[i+1].kind == 's' { // do shell script "…"
		r.shell(r.toks[i+1].s)
		return
	}
	if r.is(i+1, '=') && !r.is(i+2, '=') && len(r.vars) < maxBraces {
		if v, _, _ := r.expr(i + 2); strings.Trim(v, Unknown) != "" {
			r.vars[t.s] = v
		}
	}
	kind, ok := r.callOf(i, code)
	if !ok {
		return
	}
	r.call(i, kind)
}

func (r *scriptReader) is(i int, kind byte) bool {
	return i >= 0 && i < len(r.toks) && r.toks[i].kind == kind
}

// callOf says what a name at i calls.
func (r *scriptReader) callOf(i int, code string) (callKind, bool) {
	name := r.toks[i].s
	if kind, ok := r.p.calls[name]; ok {
		if r.is(i-1, '.') && (kind == callCode || name == "exec" && r.p.slashes && !strings.Contains(code, "child_process")) {
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
		if last == "exec" && !strings.Contains(code, "child_process") && r.p.slashes { // a regular expression's
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
	if bare && (i >= len(r.toks) || r.toks[i].kind != 's' && r.toks[i].kind != '[' && (r.toks[i].kind != 'i' || r.vars[r.toks[i].s] == "")) {
		return
	}
	if !bare {
		i++
	}
	var items []string
	lists := 0
	for n := 0; n < 64 && i < len(r.toks); n++ {
		if r.is(i, '[') || r.is(i, '{') && kind != callCode {
			if r.is(i, '{') { // options, an environment
				i = r.skip(i)
			} else {
				lists++
				i++
				for n := 0; n < 256 && i < len(r.toks) && !r.is(i, ']'); n++ {
					v, next, _ := r.expr(i)
					items = append(items, v)
					i = next
					if r.is(i, ',') || r.is(i, ';') {
						i++
					}
				}
				i++
			}
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

// dispatch analyses what a call runs.
func (r *scriptReader) dispatch(kind callKind, items []string, lists int) {
	if len(items) == 0 {
		return
	}
	if strings.Trim(items[0], Unknown+" ") == "" && kind != callOpen {
		r.a.opaque(OpaqueInterpreter)
		return
	}
	switch kind {
	case callCode:
		r.a.script(r.k, r.p, items[0])
	case callOpen:
		for i, it := range items {
			switch {
			case it == "-|" || it == "|-":
				r.argv(items[i+1:])
				return
			case strings.HasPrefix(it, "|") || strings.HasSuffix(strings.TrimSpace(it), "|"):
				r.shell(strings.Trim(it, "| "))
				return
			}
		}
	case callArgv:
		if lists > 0 && len(items) > 1 {
			items = append(items[:1:1], items[2:]...)
		}
		r.argv(items)
	case callExecl:
		if len(items) > 1 {
			items = append(items[:1:1], items[2:]...)
		}
		r.argv(items)
	case callShell:
		if lists > 0 || len(items) > 1 {
			r.argv(items)
			return
		}
		r.shell(items[0])
	}
}

func (r *scriptReader) argv(items []string) {
	if len(items) == 0 || !r.a.step() {
		return
	}
	inner := command{c: r.k.c.within(ViaInterpreter), text: r.k.text, exec: true}
	inner.c.in, inner.c.out = nil, nil
	for _, it := range items {
		inner.argv = append(inner.argv, text(it))
	}
	r.a.run(&inner)
}

func (r *scriptReader) shell(code string) {
	if !r.a.step() {
		return
	}
	c := r.k.fresh(ViaInterpreter)
	c.in, c.out = nil, nil
	r.a.codeOf(c, r.k, field{v: strings.ReplaceAll(code, "\r", ""), decoded: r.decoded}, nil)
}
