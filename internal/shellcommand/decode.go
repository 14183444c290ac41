package shellcommand

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ansiC takes the escapes of $'…', echo -e and printf out of s. A NUL ends it, as in
// the shell.
func ansiC(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'a':
			b.WriteByte('\a')
		case 'b':
			b.WriteByte('\b')
		case 'e', 'E':
			b.WriteByte(0x1b)
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'v':
			b.WriteByte('\v')
		case '\\', '\'', '"', '?':
			b.WriteByte(s[i])
		case 'c':
			return b.String()
		case 'x':
			i += number(&b, s[i+1:], 2, 16)
		case 'u':
			i += number(&b, s[i+1:], 4, -16)
		case 'U':
			i += number(&b, s[i+1:], 8, -16)
		case '0':
			// echo -e has \0nnn, $'…' \nnn.
			i += number(&b, s[i:], 4, 8) - 1
		case '1', '2', '3', '4', '5', '6', '7':
			i += number(&b, s[i:], 3, 8) - 1
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// number writes the character with the number at the start of s, of at most max
// digits; a negative base says that it is a code point and no byte. It returns how
// many bytes it used.
func number(b *strings.Builder, s string, most, base int) int {
	code := base < 0
	if code {
		base = -base
	}
	n := 0
	for n < len(s) && n < most {
		c := s[n]
		digit := c >= '0' && c <= '7' || base == 16 && (c == '8' || c == '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')
		if !digit {
			break
		}
		n++
	}
	if n == 0 {
		return 0
	}
	v, err := strconv.ParseUint(s[:n], base, 32)
	if err != nil || v == 0 {
		return n
	}
	if code {
		if v > utf8.MaxRune {
			v = utf8.RuneError
		}
		b.WriteRune(rune(v)) //nolint:gosec // at most utf8.MaxRune
	} else {
		b.WriteByte(byte(v & 0xff))
	}
	return n
}
