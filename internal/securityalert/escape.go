package securityalert

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape returns s without what a terminal or a log would take for more than
// text: control characters, marks that change the direction of text and bytes that
// are no UTF-8 are written as \n, \t, \x1b or \u202e. What is longer than limit
// bytes is cut and ends in "…". Escape of its own result changes nothing but, at
// most, its length.
func Escape(s string, limit int) string {
	if len(s) <= limit && plain(s) {
		return s
	}
	var b strings.Builder
	whole := true
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		var part string
		switch {
		case r == utf8.RuneError && n == 1:
			part = fmt.Sprintf(`\x%02x`, s[i])
		case r == '\n':
			part = `\n`
		case r == '\t':
			part = `\t`
		case unicode.IsPrint(r):
			part = s[i : i+n]
		case r < 0x100:
			part = fmt.Sprintf(`\x%02x`, r)
		case r <= 0xffff:
			part = fmt.Sprintf(`\u%04x`, r)
		default:
			part = fmt.Sprintf(`\U%08x`, r)
		}
		if b.Len()+len(part) > limit {
			whole = false
			break
		}
		b.WriteString(part)
		i += n
	}
	out := b.String()
	if whole {
		return out
	}
	const mark = "…"
	if limit < len(mark) {
		return ""
	}
	for len(out) > limit-len(mark) {
		_, n := utf8.DecodeLastRuneInString(out)
		out = out[:len(out)-n]
	}
	return out + mark
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return plainRunes(s)
		}
	}
	return true
}

func plainRunes(s string) bool {
	for i, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return false
			}
		}
	}
	return true
}
