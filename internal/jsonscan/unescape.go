package jsonscan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Unescape appends what the text between two quotes says. It is false for surrogates, and
// for an escape that JSON does not have. Quotes and control characters may stand in it.
func Unescape(to, text []byte) ([]byte, bool) {
	for {
		n := Plain(text)
		for n < len(text) && text[n] != '\\' {
			n += 1 + Plain(text[n+1:])
		}
		to, text = append(to, text[:n]...), text[n:]
		if len(text) == 0 {
			return to, true
		}
		if len(text) == 1 {
			return to, false
		}
		escape := 2 // bytes
		switch text[1] {
		case '"', '\\', '/':
			to = append(to, text[1])
		case 'b':
			to = append(to, '\b')
		case 'f':
			to = append(to, '\f')
		case 'n':
			to = append(to, '\n')
		case 'r':
			to = append(to, '\r')
		case 't':
			to = append(to, '\t')
		case 'u':
			r, ok := hexRune(text[2:])
			if !ok || utf16.IsSurrogate(r) {
				return to, false
			}
			to = utf8.AppendRune(to, r)
			escape = 6
		default:
			return to, false
		}
		text = text[escape:]
	}
}

// hexRune reads the four digits behind \u.
func hexRune(text []byte) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range text[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
