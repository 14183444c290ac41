package otlplogs

import "strconv"

// token returns the next byte that is not white space, or 0 at the end.
func (d *decoder) token() byte {
	for d.at < len(d.raw) {
		switch c := d.raw[d.at]; c {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return c
		}
	}
	return 0
}

// next reads c.
func (d *decoder) next(c byte) bool {
	if d.token() != c {
		return false
	}
	d.at++
	return true
}

// end is whether nothing more comes.
func (d *decoder) end() bool { return d.token() == 0 && d.at == len(d.raw) }

// fields reads an object. Of each field it reads the name and the colon and asks for the
// value, and for a number of the field. One that comes twice is not for us.
func (d *decoder) fields(value func(name []byte) (field uint, ok bool)) bool {
	if !d.next('{') {
		return false
	}
	if d.next('}') {
		return true
	}
	for seen := uint(0); ; {
		name, ok := d.plain()
		if !ok || !d.next(':') {
			return false
		}
		field, ok := value(name)
		if !ok || seen&(1<<field) != 0 {
			return false
		}
		seen |= 1 << field
		if d.next('}') {
			return true
		}
		if !d.next(',') {
			return false
		}
	}
}

// field reads the name of a field and the colon.
func (d *decoder) field(name string) bool {
	text, ok := d.plain()
	return ok && string(text) == name && d.next(':')
}

// maxRoom bounds the elements of a list for which there is room before they are seen: a
// list of commas alone takes no more memory for it.
const maxRoom = 1024

// length is how many elements the list has that comes next, if one does.
func (d *decoder) length() int {
	if d.token() != '[' {
		return 0
	}
	return int(d.layout.lists[d.nextList])
}

// list reads a list: it says for how many elements there should be room, and asks for each.
func (d *decoder) list(size func(int), element func() bool) bool {
	n := d.length()
	if !d.next('[') {
		return false
	}
	d.nextList++
	if d.next(']') {
		return true
	}
	size(min(n, maxRoom))
	for {
		if !element() {
			return false
		}
		if d.next(']') {
			return true
		}
		if !d.next(',') {
			return false
		}
	}
}

// plain reads a text without escapes. It is a part of the request.
func (d *decoder) plain() ([]byte, bool) {
	if !d.next('"') {
		return nil, false
	}
	end := d.layout.ends[d.nextText]
	d.nextText++
	if end&escaped != 0 {
		return nil, false
	}
	text := d.raw[d.at:end]
	d.at = int(end) + 1
	return text, true
}

// text reads a text.
func (d *decoder) text(set func(string)) bool {
	if !d.next('"') {
		return false
	}
	end := d.layout.ends[d.nextText]
	d.nextText++
	text := d.raw[d.at : end&^escaped]
	d.at = int(end&^escaped) + 1
	if end&escaped == 0 {
		set(string(text))
		return true
	}
	var ok bool
	d.unescaped, ok = unescape(d.unescaped[:0], text)
	set(string(d.unescaped))
	return ok
}

// number reads the text of a decimal number, in quotes or without. It is a part of the
// request.
func (d *decoder) number() ([]byte, bool) {
	if d.token() == '"' {
		text, ok := d.plain()
		return text, ok && len(text) > 0
	}
	from := d.at
	for d.at < len(d.raw) && (d.raw[d.at] == '-' || '0' <= d.raw[d.at] && d.raw[d.at] <= '9') {
		d.at++
	}
	text := d.raw[from:d.at]
	// A zero before other digits is no JSON, and pdata refuses it.
	return text, len(text) > 0 && (len(text) == 1 || text[0] != '0' && (text[0] != '-' || text[1] != '0'))
}

func (d *decoder) integer() (int64, bool) {
	text, ok := d.number()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	return n, err == nil
}

func (d *decoder) float() (float64, bool) {
	if c := d.token(); c != '-' && (c < '0' || c > '9') {
		return 0, false
	}
	from := d.at
	for d.at < len(d.raw) && (d.raw[d.at] == '-' || d.raw[d.at] == '.' || '0' <= d.raw[d.at] && d.raw[d.at] <= '9') {
		d.at++
	}
	text := d.raw[from:d.at]
	if !decimal(text) {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil
}

// decimal is whether the text is a JSON number without an exponent.
func decimal(text []byte) bool {
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	digits, points := 0, 0
	for i, c := range text {
		switch c {
		case '.':
			if points++; points > 1 || i == 0 || i == len(text)-1 {
				return false
			}
		case '-':
			return false
		default:
			digits++
		}
	}
	return digits > 0 && (text[0] != '0' || len(text) == 1 || text[1] == '.')
}

func (d *decoder) boolean() (bool, bool) {
	d.token()
	rest := d.raw[d.at:]
	switch {
	case len(rest) >= 4 && string(rest[:4]) == "true":
		d.at += 4
		return true, true
	case len(rest) >= 5 && string(rest[:5]) == "false":
		d.at += 5
		return false, true
	}
	return false, false
}
