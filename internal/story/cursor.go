package story

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"
)

var errJSON = errors.New("it is not the JSON of a record")

// cursor walks over JSON and decodes only what it is asked for, several times
// faster than encoding/json decodes everything. What it is not asked for it does
// not check beyond finding its end. It never looks behind the end of b, and needs
// no more stack for a deeply nested value.
type cursor struct {
	b    []byte
	i    int
	done bool // the walk over objects ends
}

func (c *cursor) space() {
	for c.i < len(c.b) && (c.b[c.i] == ' ' || c.b[c.i] == '\t' || c.b[c.i] == '\n' || c.b[c.i] == '\r') {
		c.i++
	}
}

// peek returns the next byte, or 0 at the end.
func (c *cursor) peek() byte {
	if c.i < len(c.b) {
		return c.b[c.i]
	}
	return 0
}

// object walks over the object that stands here. field is called in front of every
// value; it walks over the value, or leaves it alone. Another value than an object
// is passed over.
func (c *cursor) object(field func(key []byte) error) error {
	if c.peek() != '{' {
		return c.skip()
	}
	c.i++
	c.space()
	if c.peek() == '}' {
		c.i++
		return nil
	}
	for {
		key, _, err := c.quoted()
		if err != nil {
			return err
		}
		c.space()
		if c.peek() != ':' {
			return errJSON
		}
		c.i++
		c.space()
		at := c.i
		if err := field(key); err != nil || c.done {
			return err
		}
		if c.i == at {
			if err := c.skip(); err != nil {
				return err
			}
		}
		c.space()
		switch c.peek() {
		case ',':
			c.i++
			c.space()
		case '}':
			c.i++
			return nil
		default:
			return errJSON
		}
	}
}

// array does the same for the elements of an array.
func (c *cursor) array(element func() error) error {
	if c.peek() != '[' {
		return c.skip()
	}
	c.i++
	c.space()
	if c.peek() == ']' {
		c.i++
		return nil
	}
	for {
		at := c.i
		if err := element(); err != nil || c.done {
			return err
		}
		if c.i == at {
			if err := c.skip(); err != nil {
				return err
			}
		}
		c.space()
		switch c.peek() {
		case ',':
			c.i++
			c.space()
		case ']':
			c.i++
			return nil
		default:
			return errJSON
		}
	}
}

// quoted walks over a string and returns what stands between the quotes, and
// whether a backslash is among it.
func (c *cursor) quoted() (raw []byte, escaped bool, err error) {
	if c.peek() != '"' {
		return nil, false, errJSON
	}
	start := c.i + 1
	for i := start; ; {
		n := bytes.IndexByte(c.b[i:], '"')
		if n < 0 {
			return nil, false, errJSON
		}
		i += n
		slashes := 0
		for i-slashes > start && c.b[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			raw = c.b[start:i]
			c.i = i + 1
			return raw, bytes.IndexByte(raw, '\\') >= 0, nil
		}
		i++
	}
}

// skip walks over any value.
func (c *cursor) skip() error {
	depth := 0
	for {
		c.space()
		switch c.peek() {
		case 0:
			return errJSON
		case '"':
			if _, _, err := c.quoted(); err != nil {
				return err
			}
		case '{', '[':
			depth++
			c.i++
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return errJSON
			}
			c.i++
		case ',', ':':
			if depth == 0 {
				return errJSON
			}
			c.i++
			continue
		default:
			for c.i < len(c.b) && !bytes.ContainsRune(ends, rune(c.b[c.i])) {
				c.i++
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

// ends is what ends a number or a word.
var ends = []byte(" \t\r\n,:]}[{\"")

// text walks over a value and returns it when it is a string, else "": at most max
// bytes, with an ellipsis where some are missing, and valid UTF-8.
func (c *cursor) text(limit int) (string, error) {
	if c.peek() != '"' {
		return "", c.skip()
	}
	raw, escaped, err := c.quoted()
	if err != nil {
		return "", err
	}
	if !escaped {
		return bounded(raw, limit), nil
	}
	// Every byte of the text has at most six in JSON.
	return bounded(unescape(raw, limit+utf8.UTFMax), limit), nil
}

// number walks over a value and returns it when it is a number, also one in
// quotes; a fraction is cut off.
func (c *cursor) number() (n int64, ok bool, err error) {
	start := c.i
	if err := c.skip(); err != nil {
		return 0, false, err
	}
	raw := bytes.Trim(c.b[start:c.i], `"`)
	if len(raw) == 0 || len(raw) > 32 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false, nil
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, true, nil
	}
	if f, err := strconv.ParseFloat(string(raw), 64); err == nil && f < 1<<62 && f > -1<<62 {
		return int64(f), true, nil
	}
	return 0, false, nil
}

// truth walks over a value and reports whether it is true.
func (c *cursor) truth() (bool, error) {
	start := c.i
	err := c.skip()
	return string(c.b[start:c.i]) == "true", err
}

// texts walks over an array and returns at most n of its strings.
func (c *cursor) texts(n, limit int) (all []string, err error) {
	err = c.array(func() error {
		s, err := c.text(limit)
		if s != "" && len(all) < n {
			all = append(all, s)
		}
		return err
	})
	return all, err
}
