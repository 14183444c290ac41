package shellcommand

import "strings"

// psReader reads PowerShell source.
type psReader struct {
	a   *analyzer
	c   ctx
	src string
	pos int
	// text is the source of the statement that is read.
	start int
}

// powershell analyses PowerShell source in c.
func (a *analyzer) powershell(c ctx, src string) {
	if !a.enter() {
		return
	}
	defer a.leave()
	if a.parsed += len(src); a.parsed > maxParsed {
		a.bound()
		return
	}
	r := &psReader{a: a, c: c, src: src}
	for r.pos < len(r.src) {
		if !a.step() {
			return
		}
		before := r.pos
		r.statement("")
		if r.pos == before {
			r.pos++ // a stray closing sign
		}
	}
}

func (r *psReader) peek() byte {
	if r.pos < len(r.src) {
		return r.src[r.pos]
	}
	return 0
}

// rest is what is not read yet; after what stands behind its first byte.
func (r *psReader) rest() string { return r.src[min(r.pos, len(r.src)):] }

func (r *psReader) after() string { return r.src[min(r.pos+1, len(r.src)):] }

// space skips blanks, continued lines and comments, and newlines if asked.
func (r *psReader) space(lines bool) {
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || lines && (c == '\n' || c == ';'):
			r.pos++
		case c == '`' && r.pos+1 < len(r.src) && (r.src[r.pos+1] == '\n' || r.src[r.pos+1] == '\r'):
			r.pos += 2
		case strings.HasPrefix(r.rest(), "<#"):
			end := strings.Index(r.rest(), "#>")
			if end < 0 {
				r.pos = len(r.src)
				return
			}
			r.pos += end + 2
		case c == '#':
			end := strings.IndexByte(r.rest(), '\n')
			if end < 0 {
				r.pos = len(r.src)
				return
			}
			r.pos += end
		default:
			return
		}
	}
}

// statement reads one pipeline and analyses it; what it gives is returned.
func (r *psReader) statement(stop string) field {
	r.space(true)
	r.start = r.pos
	var in *stream
	var last field
	for r.pos < len(r.src) && r.a.step() {
		c := r.c
		c.in, c.out = in, nil
		v, done := r.command(c)
		last = v
		if done || r.pos >= len(r.src) || strings.IndexByte(stop, r.src[r.pos]) >= 0 && stop != "" {
			break
		}
		if r.peek() != '|' || strings.HasPrefix(r.rest(), "||") {
			break
		}
		r.pos++
		r.space(true)
		in = &stream{text: v.v, decoded: v.decoded}
		for _, f := range v.from {
			in.from = append(in.from, f.id)
		}
	}
	for strings.HasPrefix(r.rest(), "&&") || strings.HasPrefix(r.rest(), "||") {
		r.pos += 2
	}
	return last
}

var psKeywords = wordSet("if elseif else while for foreach do until switch try catch finally function filter param begin process end return trap throw in exit data class workflow")

// command reads one command of a pipeline; done says that the statement ends.
func (r *psReader) command(c ctx) (value field, done bool) {
	if !r.a.enter() {
		r.pos = len(r.src)
		return field{}, true
	}
	defer r.a.leave()
	r.space(false)
	begin := r.pos
	var words []field
	var redirs []Redirect
	call := false
	for r.pos < len(r.src) && len(words) < maxBraces && r.a.step() {
		r.space(false)
		ch := r.peek()
		if r.pos >= len(r.src) || ch == '\n' || ch == ';' || ch == '|' || ch == ')' || ch == '}' || strings.HasPrefix(r.rest(), "&&") {
			break
		}
		switch {
		case ch == '&':
			r.pos++
			if len(words) > 0 {
				c.bg = true
				continue
			}
			call = true
			continue
		case ch == '{':
			f := r.block(c)
			words = append(words, f)
			if len(words) == 1 && !call { // a bare block, a keyword's
				return f, false
			}
			continue
		case ch == '>' || ch >= '1' && ch <= '6' && strings.HasPrefix(r.after(), ">"):
			fd := 1
			if ch != '>' {
				fd = int(ch - '0')
				r.pos++
			}
			op := ">"
			r.pos++
			if r.peek() == '>' {
				op = ">>"
				r.pos++
			}
			if r.peek() == '&' {
				r.pos += 2
				continue
			}
			r.space(false)
			redirs = append(redirs, Redirect{FD: fd, Op: op, Path: r.word(c).word()})
			continue
		case ch == ',':
			r.pos++
			continue
		}
		before := r.pos
		w := r.word(c)
		if r.pos == before {
			r.pos++
			continue
		}
		if len(words) == 0 && !call && !w.quoted {
			lower := strings.ToLower(w.v)
			if psKeywords[lower] && w.stream == nil {
				if lower == "function" || lower == "filter" {
					r.space(false)
					r.word(c)
				}
				return field{}, true // what is behind it is read as statements
			}
			if strings.HasPrefix(r.src[before:], "$") || strings.HasPrefix(r.src[before:], "[") {
				if v, ok := r.assignment(before, &c); ok {
					return v, false
				}
			}
		}
		words = append(words, w)
	}
	return r.run(c, words, redirs, call, begin), false
}

// block reads {…} and analyses it as code that runs.
func (r *psReader) block(c ctx) field {
	r.pos++ // {
	begin := r.pos
	saved := r.c
	r.c = c
	r.c.in, r.c.out, r.c.redirs = nil, nil, nil
	for r.pos < len(r.src) && r.peek() != '}' && r.a.step() {
		before := r.pos
		r.statement("}")
		r.space(true)
		if r.pos == before {
			r.pos++
		}
	}
	r.c = saved
	text := r.src[begin:min(r.pos, len(r.src))]
	if r.pos < len(r.src) {
		r.pos++
	}
	return field{v: "{" + cut(text, maxShown) + "}", quoted: true, sink: &stream{}}
}

// assignment takes $x = value; before is where the variable stands.
func (r *psReader) assignment(before int, c *ctx) (field, bool) {
	name := strings.ToLower(strings.Trim(r.src[before:r.pos], "${} "))
	if i := strings.LastIndexByte(name, ']'); i >= 0 {
		name = strings.Trim(name[i+1:], "${} ")
	}
	save := r.pos
	r.space(false)
	add := strings.HasPrefix(r.rest(), "+=")
	if r.peek() != '=' && !add || strings.HasPrefix(r.rest(), "==") {
		r.pos = save
		return field{}, false
	}
	r.pos++
	if add {
		r.pos++
	}
	v := r.statement(";\n")
	if name != "" && len(name) < 64 {
		x := v.val()
		if add {
			old := first(c.sh.lookup("ps:" + name).vals)
			x.s = old.s + x.s
		}
		c.sh.assign("ps:"+name, []val{x}, false)
		if env, ok := strings.CutPrefix(name, "env:"); ok {
			k := command{c: *c, text: r.shown(before), assigns: []Assign{{Name: strings.ToUpper(env), Value: v.word()}}}
			r.a.emit(&k)
		}
	}
	return v, true
}
