// Package csvtext writes tables of text that somebody else wrote: CSV that no
// spreadsheet computes and no terminal obeys.
package csvtext

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteRow writes cells as RFC 4180 has them, each in quotes. Text of others has to
// have been through Harmless.
func WriteRow(w io.Writer, cells []string) error {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
	}
	b.WriteString("\r\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// formula begins what a spreadsheet computes, wide characters too, behind what it
// passes over. Where a semicolon separates cells, one may begin behind it.
var formula = regexp.MustCompile(`(^|;)(['"\s\p{Z}\p{Cf}]*)([=+\-@|%＝＋－＠])`)

// Harmless returns text that no spreadsheet takes for a formula and no terminal
// obeys: an apostrophe stands before what would begin a formula, and characters
// that are not seen are written out.
func Harmless(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == utf8.RuneError:
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return formula.ReplaceAllString(b.String(), "$1'$2$3")
}
