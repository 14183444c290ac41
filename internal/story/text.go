package story

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const ellipsis = "…"

// bounded returns b as valid UTF-8 of at most limit bytes.
func bounded(b []byte, limit int) string {
	if len(b) > limit {
		b = b[:max(0, limit-len(ellipsis))]
		for n := 0; n < utf8.UTFMax-1 && len(b) > 0; n++ { // what is left of a character
			if r, size := utf8.DecodeLastRune(b); r != utf8.RuneError || size != 1 {
				break
			}
			b = b[:len(b)-1]
		}
		return strings.ToValidUTF8(string(b), "\uFFFD") + ellipsis
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// unescape decodes what stands in a JSON string, as far as limit bytes.
func unescape(raw []byte, limit int) []byte {
	out := make([]byte, 0, min(len(raw), limit+utf8.UTFMax))
	for i := 0; i < len(raw) && len(out) <= limit; i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			continue
		}
		i++
		switch raw[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r := hex4(raw[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if i+2 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
					low = hex4(raw[i+3:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default: // " \ /
			out = append(out, raw[i])
		}
	}
	return out
}

// hex4 reads four hexadecimal digits, or returns U+FFFD.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return utf8.RuneError
	}
	n, err := strconv.ParseInt(string(b[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
