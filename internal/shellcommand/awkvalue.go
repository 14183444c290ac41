package shellcommand

import (
	"strconv"
	"strings"
)

// concat reads strings that stand beside each other, which is how awk joins them.
func (r *awkReader) concat(i, depth int) (v string, next int) {
	var b strings.Builder
	if depth > 16 {
		return Unknown, i
	}
	for i < len(r.toks) && b.Len() < maxScript {
		if r.work++; r.work > maxTokens*8 {
			return Unknown, i
		}
		switch t := r.toks[i]; {
		case t.kind == 's':
			b.WriteString(t.s)
			i++
		case t.kind == '(':
			v, n := r.concat(i+1, depth+1)
			b.WriteString(v)
			i = r.closing(n)
		case t.kind == '$':
			v, n := r.field(i + 1)
			b.WriteString(v)
			i = n
		case t.kind == 'i':
			v, n, ok := r.name(i, depth)
			if !ok {
				return b.String(), i
			}
			b.WriteString(v)
			i = n
		case strings.IndexByte("+-*%^?:!~", t.kind) >= 0 || t.kind == 'E' || t.kind == 'r':
			b.WriteString(Unknown)
			i++
		default:
			return b.String(), i
		}
	}
	return b.String(), i
}

// name is the value of a variable, a number or a call.
func (r *awkReader) name(i, depth int) (v string, next int, ok bool) {
	s := r.toks[i].s
	switch {
	case s == "getline" || s == "in":
		return "", i, false
	case s == "ENVIRON" && r.is(i+1, '[') && r.is(i+2, 's'):
		v := Unknown
		if known, ok := r.vars["ENVIRON "+r.toks[i+2].s]; ok {
			v = known
		} else if x := r.k.c.sh.vars[r.toks[i+2].s]; x != nil && len(x.vals) > 0 {
			v = x.vals[0].s
		}
		return v, i + 4, true
	case s == "ARGV" && r.is(i+2, 'i') && r.is(i+3, ']'):
		if n, err := strconv.Atoi(r.toks[i+2].s); err == nil && n > 0 && n <= len(r.args) {
			return r.args[n-1].v, i + 4, true
		}
		return Unknown, i + 4, true
	case r.is(i+1, '['):
		return Unknown, r.closing(i + 2), true
	case r.is(i+1, '('):
		var items []string
		j := i + 2
		for len(items) < 16 && j < len(r.toks) && !r.is(j, ')') {
			v, n := r.concat(j, depth+1)
			items = append(items, v)
			if j = n; !r.is(j, ',') {
				break
			}
			j++
		}
		j = r.closing(j)
		switch {
		case len(items) == 0:
			return Unknown, j, true
		case s == "sprintf":
			return awkFormat(items[0], items[1:]), j, true
		case s == "tolower":
			return strings.ToLower(items[0]), j, true
		case s == "toupper":
			return strings.ToUpper(items[0]), j, true
		}
		return Unknown, j, true
	case s[0] >= '0' && s[0] <= '9':
		return s, i + 1, true
	}
	if v, ok := r.vars[s]; ok {
		return v, i + 1, true
	}
	return Unknown, i + 1, true
}

// closing is behind the bracket that closes what is open at i.
func (r *awkReader) closing(i int) int {
	for depth := 1; i < len(r.toks); i++ {
		if r.work++; r.work > maxTokens*8 {
			return len(r.toks)
		}
		switch r.toks[i].kind {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// field is $0, $1, … of the line at hand.
func (r *awkReader) field(i int) (v string, next int) {
	if !r.is(i, 'i') {
		if r.is(i, '(') {
			return Unknown, r.closing(i + 1)
		}
		return Unknown, i + 1
	}
	n, err := strconv.Atoi(r.toks[i].s)
	if r.toks[i].s == "NF" {
		n, err = -1, nil
	}
	if err != nil || r.line == Unknown {
		return Unknown, i + 1
	}
	if n == 0 {
		return r.line, i + 1
	}
	if r.words == nil {
		if r.words = strings.Fields(r.line); r.separator != "" && r.separator != " " {
			r.words = strings.Split(r.line, r.separator)
		}
	}
	if n < 0 {
		n = len(r.words)
	}
	if n == 0 || n > len(r.words) {
		return "", i + 1
	}
	return r.words[n-1], i + 1
}

// awkFormat is sprintf.
func awkFormat(format string, args []string) string {
	var b strings.Builder
	for i := 0; i < len(format) && b.Len() < maxScript; i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		for i++; i < len(format)-1 && strings.IndexByte("-+ #0123456789.", format[i]) >= 0; i++ {
		}
		if format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		if len(args) == 0 {
			continue
		}
		v := args[0]
		args = args[1:]
		if format[i] == 'c' {
			if n, err := strconv.Atoi(v); err == nil && n > 0 && n < 0x110000 {
				v = string(rune(n))
			}
		}
		b.WriteString(v)
	}
	return b.String()
}
