package auditverify

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// maxDepth is how deep a record may nest: as deep as encoding/json reads.
const maxDepth = 10000

var errJSON = errors.New("the record is not valid JSON")

// scanner walks over JSON without decoding it: it takes what encoding/json
// takes, several times faster. It never looks behind the end of b.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end: no value begins with 0.
func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// value walks over one value and returns its text.
func (s *scanner) value(depth int) ([]byte, error) {
	start := s.i
	var err error
	switch c := s.peek(); {
	case c == '"':
		_, err = s.str()
	case c == '{':
		err = s.object(depth, nil)
	case c == '[':
		err = s.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	case c == 't':
		err = s.literal("true")
	case c == 'f':
		err = s.literal("false")
	case c == 'n':
		err = s.literal("null")
	default:
		err = errJSON
	}
	return s.b[start:s.i], err
}

func (s *scanner) literal(word string) error {
	if !bytes.HasPrefix(s.b[s.i:], []byte(word)) {
		return errJSON
	}
	s.i += len(word)
	return nil
}

// object walks over an object. field, when given, is called at the start of
// every value with the key's raw text (without its quotes); it walks over the
// value itself and says so, or leaves it to object.
func (s *scanner) object(depth int, field func(key []byte) (taken bool, err error)) error {
	if depth++; depth > maxDepth {
		return errJSON
	}
	s.i++ // {
	s.space()
	if s.peek() == '}' {
		s.i++
		return nil
	}
	for {
		if s.peek() != '"' {
			return errJSON
		}
		key, err := s.str()
		if err != nil {
			return err
		}
		s.space()
		if s.peek() != ':' {
			return errJSON
		}
		s.i++
		s.space()
		taken := false
		if field != nil {
			if taken, err = field(key); err != nil {
				return err
			}
		}
		if !taken {
			if _, err := s.value(depth); err != nil {
				return err
			}
		}
		s.space()
		switch s.peek() {
		case ',':
			s.i++
			s.space()
		case '}':
			s.i++
			return nil
		default:
			return errJSON
		}
	}
}

func (s *scanner) array(depth int) error {
	if depth++; depth > maxDepth {
		return errJSON
	}
	s.i++ // [
	s.space()
	if s.peek() == ']' {
		s.i++
		return nil
	}
	for {
		if _, err := s.value(depth); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.i++
			s.space()
		case ']':
			s.i++
			return nil
		default:
			return errJSON
		}
	}
}

// str walks over a string and returns what is between its quotes, escapes and all.
func (s *scanner) str() ([]byte, error) {
	s.i++ // "
	start := s.i
	for {
		s.i += plain(s.b[s.i:])
		switch s.peek() {
		case '"':
			s.i++
			return s.b[start : s.i-1], nil
		case '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		default: // the end, or a control character
			return nil, errJSON
		}
	}
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// plain returns how many bytes at the start of b are neither a quote nor a
// backslash nor a control character. It looks at eight at a time.
func plain(b []byte) int {
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, slash := w^(lowBits*'"'), w^(lowBits*'\\')
		// A byte's high bit is set where it is below 0x20, or where w has the
		// character. Borrows can set it too early in a later byte: the loop
		// below looks again.
		if ((w-lowBits*0x20)&^w|(quote-lowBits)&^quote|(slash-lowBits)&^slash)&highBits != 0 {
			break
		}
	}
	for ; n < len(b); n++ {
		if c := b[n]; c < 0x20 || c == '"' || c == '\\' {
			return n
		}
	}
	return n
}

func (s *scanner) escape() error {
	s.i++ // backslash
	c := s.peek()
	s.i++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			if !isHex(s.peek()) {
				return errJSON
			}
			s.i++
		}
		return nil
	}
	s.i = min(s.i, len(s.b))
	return errJSON
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (s *scanner) digits() bool {
	start := s.i
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.i++
	}
	return s.i > start
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
	} else if !s.digits() {
		return errJSON
	}
	if s.peek() == '.' {
		s.i++
		if !s.digits() {
			return errJSON
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.i++
		if c := s.peek(); c == '+' || c == '-' {
			s.i++
		}
		if !s.digits() {
			return errJSON
		}
	}
	return nil
}
