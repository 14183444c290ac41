package shellcommand

import "strings"

// variable reads $name, ${name}, $env:NAME.
func (r *psReader) variable(c ctx) val {
	r.pos++ // $
	var name string
	if r.peek() == '{' {
		end := strings.IndexByte(r.rest(), '}')
		if end < 0 {
			r.pos = len(r.src)
			return val{s: Unknown}
		}
		name = r.src[r.pos+1 : r.pos+end]
		r.pos += end + 1
	} else {
		name = r.name()
		if name == "" {
			if ch := r.peek(); ch == '_' || ch == '?' || ch == '$' || ch == '^' {
				r.pos++
			}
			return val{s: Unknown}
		}
	}
	lower := strings.ToLower(name)
	if v := c.sh.vars["ps:"+lower]; v != nil {
		x := first(v.vals)
		for i := range x.from {
			x.from = append([]source(nil), x.from...)
			x.from[i] = source{id: x.from[i].id, kind: EdgeVariable, name: name}
		}
		return x
	}
	switch lower {
	case "home", "env:home", "env:userprofile":
		if c.sh.home != "" {
			return val{s: c.sh.home}
		}
		return val{s: "~"}
	case "pwd", "env:pwd":
		if c.sh.dir != "" {
			return val{s: c.sh.dir}
		}
	case "true", "false", "null":
		return val{s: "$" + lower}
	}
	return val{s: Unknown}
}

// str reads a quoted string.
func (r *psReader) str(c ctx) (string, []source) {
	quote := r.src[r.pos]
	r.pos++
	var b strings.Builder
	var from []source
	for r.pos < len(r.src) && r.a.within(b.Len()) {
		ch := r.src[r.pos]
		switch {
		case ch == quote:
			if r.pos+1 < len(r.src) && r.src[r.pos+1] == quote {
				b.WriteByte(quote)
				r.pos += 2
				continue
			}
			r.pos++
			return b.String(), from
		case quote == '"' && ch == '`' && r.pos+1 < len(r.src):
			switch e := r.src[r.pos+1]; e {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r', '0':
			default:
				b.WriteByte(e)
			}
			r.pos += 2
		case quote == '"' && ch == '$' && r.pos+1 < len(r.src) && r.src[r.pos+1] == '(':
			r.pos++
			v := r.group(c)
			b.WriteString(v.v)
			from = append(from, v.from...)
		case quote == '"' && ch == '$' && r.pos+1 < len(r.src) && (isNameByte(r.src[r.pos+1]) || r.src[r.pos+1] == '{'):
			v := r.variable(c)
			b.WriteString(v.s)
			from = append(from, v.from...)
		default:
			b.WriteByte(ch)
			r.pos++
		}
	}
	r.a.opaque(OpaqueSyntax)
	return b.String(), from
}

// hereString reads @'…'@.
func (r *psReader) hereString() string {
	quote := r.src[r.pos+1]
	rest := r.src[r.pos+2:]
	end := strings.Index(rest, "\n"+string(rune(quote))+"@")
	if end < 0 {
		r.pos = len(r.src)
		return rest
	}
	r.pos += 2 + end + 3
	return strings.TrimPrefix(strings.TrimPrefix(rest[:end], "\r"), "\n")
}
