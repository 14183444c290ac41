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
		case c == '\'' && p.lisp:
			i++
		case c == '#' && !p.slashes && !p.lisp && (i == 0 || code[i-1] != '$'), c == '/' && strings.HasPrefix(code[i:], "//") && p.slashes:
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
			for j < len(code) && (isNameByte(code[j]) || p.lisp && strings.IndexByte("-/*:?!.+", code[j]) >= 0 || code[j] >= utf8.RuneSelf || code[j] == '.' && j+1 < len(code) && isLetter(code[j+1]) ||
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
	decoded bool                  // the literal being read was decoded
	rounds  map[string][][]string // of the variables of loops, see loops
	spread  []string              // the list that a loop's variable is
}

// script analyses the commands that a script's literals hold.
func (a *analyzer) script(k *command, p *interpreter, code string) {
	if p != nil && p.awk {
		(&awkReader{a: a, k: k, vars: map[string]string{}}).program(code)
		return
	}
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
	if len(k.rest) > 0 {
		all := join(k.rest).v
		r.vars["@ARGV"], r.vars["ARGV"] = all, all
	}
	if !p.lisp {
		r.loops()
	}
	for i := range len(r.toks) {
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
		if r.p.postfix {
			r.postfix(i)
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
	switch {
	case !ok:
	case r.p.lisp:
		r.lispCall(i, kind)
	case r.looped(i, kind):
	default:
		r.call(i, kind)
	}
}

func (r *scriptReader) is(i int, kind byte) bool {
	return i >= 0 && i < len(r.toks) && r.toks[i].kind == kind
}
