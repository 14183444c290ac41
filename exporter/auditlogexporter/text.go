package auditlogexporter

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Only what JSON demands is escaped,
// and U+2028 and U+2029, which end a line in JavaScript. Bytes that are not
// UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0 // of what has to be appended as it is
	for i := 0; ; {
		if i += plain([]byte(s[i:])); i == len(s) {
			return append(append(dst, s[start:]...), '"')
		}
		if c := s[i]; c < utf8.RuneSelf {
			dst = appendEscape(append(dst, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[start:i]...), "\ufffd"...)
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, s[start:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&0xf])
		default:
			i += size
			continue
		}
		i += size
		start = i
	}
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// plain returns how many bytes at the start of b are ASCII that stands in a JSON
// string as it is: nearly all that is written. It looks at eight at a time.
func plain(b []byte) int {
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		if other := notPlain(b[n:]); other != 0 {
			return n + bits.TrailingZeros64(other)/8
		}
	}
	if n > 0 && n < len(b) { // the last eight, some of them once more
		if other := notPlain(b[len(b)-8:]); other != 0 {
			return len(b) - 8 + bits.TrailingZeros64(other)/8
		}
		return len(b)
	}
	for ; n < len(b); n++ {
		if c := b[n]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return n
		}
	}
	return n
}

// notPlain sets the high bit of the first of eight bytes that is not plain. What is
// set behind it says nothing: a borrow may have done it.
func notPlain(b []byte) uint64 {
	w := binary.LittleEndian.Uint64(b)
	quote, slash := w^(lowBits*'"'), w^(lowBits*'\\')
	return (w | (w - lowBits*' ') | (quote - lowBits) | (slash - lowBits)) & highBits
}
