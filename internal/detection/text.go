package detection

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean escapes what a terminal or a log would take as other than text, and cuts
// it at a length in bytes.
func clean(s string, limit int) string {
	if len(s) <= limit && isClean(s) {
		return s
	}
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s); {
		if b.Len() >= limit {
			break
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x` + string(hex[s[i]>>4]) + string(hex[s[i]&15]))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == 0:
			b.WriteString("…")
		case r < 0x80 && !unicode.IsPrint(r):
			b.WriteString(`\x` + string(hex[r>>4]) + string(hex[r&15]))
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return cut(b.String(), limit)
}

func isClean(s string) bool {
	for i, r := range s {
		if r < 0x20 || r == 0x7f {
			return false
		}
		if r < 0x7f {
			continue
		}
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return false
			}
		}
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// cut shortens a text to at most limit bytes, at a character.
func cut(s string, limit int) string {
	const mark = "…"
	if len(s) <= limit {
		return s
	}
	if limit < len(mark) {
		return ""
	}
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
