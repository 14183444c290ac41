package termtext

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns an encoder of JSON Lines for a program, or for a terminal: control
// characters that JSON may have as they are, and characters that are not seen or reorder
// text, are written as \uXXXX. Read again, the texts are what they were.
func JSON(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(escaper{w})
	enc.SetEscapeHTML(false)
	return enc
}

// escaper writes JSON values, each whole, without such characters.
type escaper struct{ w io.Writer }

// Write implements io.Writer.
func (e escaper) Write(p []byte) (int, error) {
	if _, err := e.w.Write(escapeJSON(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// escapeJSON returns JSON with the same meaning. Such characters stand nowhere but in
// its strings.
func escapeJSON(p []byte) []byte {
	var out []byte // nil while nothing was escaped
	done := 0
	for i := 0; i < len(p); {
		if c := p[i]; c < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(p[i:])
		if hidden(r) {
			out = append(out, p[done:i]...)
			if r > 0xffff {
				high, low := utf16.EncodeRune(r)
				out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			done = i + size
		}
		i += size
	}
	if out == nil {
		return p
	}
	return append(out, p[done:]...)
}

// hidden reports whether a terminal shows something else than the character, or obeys it.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
