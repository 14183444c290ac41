package otlplogs

import (
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/internal/jsonscan"
)

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

// literal reads the text if it comes next, as it is.
func (d *decoder) literal(text string) bool {
	if rest := d.raw[d.at:]; len(rest) >= len(text) && string(rest[:len(text)]) == text {
		d.at += len(text)
		return true
	}
	return false
}

// list reads a list, and asks for each element.
func (d *decoder) list(element func() bool) bool {
	if !d.next('[') {
		return false
	}
	if d.next(']') {
		return true
	}
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

// text is where a text is in the request, without its quotes.
type text struct {
	from, to uint32
	escaped  bool // it has a backslash
}

// text reads a text.
func (d *decoder) text() (text, bool) {
	if !d.next('"') {
		return text{}, false
	}
	return d.rest()
}

// rest reads a text whose first quote was read.
func (d *decoder) rest() (text, bool) {
	t := text{from: uint32(d.at)} //nolint:gosec // raw is shorter
	for {
		d.at += jsonscan.Plain(d.raw[d.at:])
		switch {
		case d.at >= len(d.raw) || d.raw[d.at] < ' ':
			return t, false
		case d.raw[d.at] == '"':
			t.to = uint32(d.at) //nolint:gosec // raw is shorter
			d.at++
			return t, true
		}
		t.escaped = true
		if d.at += 2; d.at > len(d.raw) { // a backslash, and what it escapes
			return t, false
		}
	}
}

// plain reads a text without escapes. It is a part of the request.
func (d *decoder) plain() ([]byte, bool) {
	t, ok := d.text()
	if !ok || t.escaped {
		return nil, false
	}
	return d.raw[t.from:t.to], true
}

// string reads a text.
func (d *decoder) string() (string, bool) {
	t, ok := d.text()
	if !ok {
		return "", false
	}
	return d.said(t)
}

// said is what a text says.
func (d *decoder) said(t text) (string, bool) {
	raw := d.raw[t.from:t.to]
	if t.escaped {
		var ok bool
		if d.unescaped, ok = jsonscan.Unescape(d.unescaped[:0], raw); !ok {
			return "", false
		}
		raw = d.unescaped
	}
	return d.known.of(raw), true
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
	if d.literal("true") {
		return true, true
	}
	return false, d.literal("false")
}
