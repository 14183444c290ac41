// Package jsonscan walks over JSON, without decoding it or with. It takes what encoding/json
// takes and nothing else, several times faster.
package jsonscan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
)

// maxDepth is how deep a value may nest: as deep as encoding/json reads.
const maxDepth = 10000

// ErrSyntax says that what was walked over is no JSON, or nests too deeply.
var ErrSyntax = errors.New("not valid JSON")

// Scanner walks over values, from the beginning of a text on. It never looks behind its
// end.
type Scanner struct {
	b []byte
	i int
}

// New returns a Scanner of a text. What it returns belongs to the text.
func New(b []byte) *Scanner { return &Scanner{b: b} }

// Done reports whether all of the text was walked over.
func (s *Scanner) Done() bool { return s.i == len(s.b) }

// Space walks over white space.
func (s *Scanner) Space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// Peek returns the next byte, or 0 at the end: no value begins with 0.
func (s *Scanner) Peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// Value walks over the value that stands here and returns its text, whose quotes and
// escapes are as they were. depth is how many objects and arrays are around it.
func (s *Scanner) Value(depth int) ([]byte, error) {
	start := s.i
	var err error
	switch c := s.Peek(); {
	case c == '"':
		_, err = s.str()
	case c == '{':
		err = s.Object(depth, nil)
	case c == '[':
		err = s.array(depth, nil)
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	case c == 't':
		err = s.literal("true")
	case c == 'f':
		err = s.literal("false")
	case c == 'n':
		err = s.literal("null")
	default:
		err = ErrSyntax
	}
	return s.b[start:s.i], err
}

func (s *Scanner) literal(word string) error {
	if !bytes.HasPrefix(s.b[s.i:], []byte(word)) {
		return ErrSyntax
	}
	s.i += len(word)
	return nil
}

// Object walks over the object that stands here. field, when given, is called at the start
// of every value with the key's raw text, without its quotes; it walks over the value itself
// and says so, or leaves it to Object.
func (s *Scanner) Object(depth int, field func(key []byte) (taken bool, err error)) error {
	if depth++; depth > maxDepth || s.Peek() != '{' {
		return ErrSyntax
	}
	s.i++
	s.Space()
	if s.Peek() == '}' {
		s.i++
		return nil
	}
	for {
		if s.Peek() != '"' {
			return ErrSyntax
		}
		key, err := s.str()
		if err != nil {
			return err
		}
		s.Space()
		if s.Peek() != ':' {
			return ErrSyntax
		}
		s.i++
		s.Space()
		taken := false
		if field != nil {
			if taken, err = field(key); err != nil {
				return err
			}
		}
		if !taken {
			if _, err := s.Value(depth); err != nil {
				return err
			}
		}
		s.Space()
		switch s.Peek() {
		case ',':
			s.i++
			s.Space()
		case '}':
			s.i++
			return nil
		default:
			return ErrSyntax
		}
	}
}

// array walks over the array that stands here. element, when given, walks over each value.
func (s *Scanner) array(depth int, element func() error) error {
	if depth++; depth > maxDepth {
		return ErrSyntax
	}
	s.i++ // [
	s.Space()
	if s.Peek() == ']' {
		s.i++
		return nil
	}
	for {
		var err error
		if element != nil {
			err = element()
		} else {
			_, err = s.Value(depth)
		}
		if err != nil {
			return err
		}
		s.Space()
		switch s.Peek() {
		case ',':
			s.i++
			s.Space()
		case ']':
			s.i++
			return nil
		default:
			return ErrSyntax
		}
	}
}

// str walks over a string and returns what is between its quotes, escapes and all.
func (s *Scanner) str() ([]byte, error) {
	s.i++ // "
	start := s.i
	for {
		s.i += Plain(s.b[s.i:])
		switch s.Peek() {
		case '"':
			s.i++
			return s.b[start : s.i-1], nil
		case '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		default: // the end, or a control character
			return nil, ErrSyntax
		}
	}
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// Plain returns how many bytes at the start of b are neither a quote nor a
// backslash nor a control character. It looks at eight at a time.
func Plain(b []byte) int {
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, slash := w^(lowBits*'"'), w^(lowBits*'\\')
		// A byte's high bit is set where it is below 0x20, or where w has the
		// character. Borrows set it too early only in bytes behind one that is found.
		found := ((w-lowBits*0x20)&^w | (quote-lowBits)&^quote | (slash-lowBits)&^slash) & highBits
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(b); n++ {
		if c := b[n]; c < 0x20 || c == '"' || c == '\\' {
			return n
		}
	}
	return n
}

func (s *Scanner) escape() error {
	s.i++ // backslash
	c := s.Peek()
	s.i++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			if !isHex(s.Peek()) {
				return ErrSyntax
			}
			s.i++
		}
		return nil
	}
	s.i = min(s.i, len(s.b))
	return ErrSyntax
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (s *Scanner) digits() bool {
	start := s.i
	for c := s.Peek(); c >= '0' && c <= '9'; c = s.Peek() {
		s.i++
	}
	return s.i > start
}

func (s *Scanner) number() error {
	if s.Peek() == '-' {
		s.i++
	}
	if s.Peek() == '0' {
		s.i++
	} else if !s.digits() {
		return ErrSyntax
	}
	if s.Peek() == '.' {
		s.i++
		if !s.digits() {
			return ErrSyntax
		}
	}
	if c := s.Peek(); c == 'e' || c == 'E' {
		s.i++
		if c := s.Peek(); c == '+' || c == '-' {
			s.i++
		}
		if !s.digits() {
			return ErrSyntax
		}
	}
	return nil
}
