// Package celltext makes text from outside fit for the cells of a terminal: one
// line, nothing that a terminal would obey, and as many columns wide as counted
// here, whatever terminal draws it.
package celltext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

const (
	maxMarks  = 2 // combining marks that a character keeps
	maxPasses = 4
)

// Clean returns the first limit characters of s as one line of text. A newline
// becomes ⏎, a tab a space, and what a terminal could obey, or would not show, a
// U+FFFD: control characters, marks that change the direction of text, characters
// without a width, bytes that are no UTF-8. Of what terminals draw with different
// widths the first character is left. The result of Clean is not changed by it.
func Clean(s string, limit int) string {
	if len(s) <= limit && printable(s) {
		return s
	}
	s = pass(s, limit)
	// What is left can join anew with what stands beside it now.
	for range maxPasses {
		again := pass(s, len(s))
		if again == s {
			return s
		}
		s = again
	}
	return strings.Map(func(c rune) rune {
		if c > '~' {
			return utf8.RuneError
		}
		return c
	}, s)
}

// pass cleans every character by itself.
func pass(s string, limit int) string {
	var b strings.Builder
	b.Grow(min(len(s), limit) + utf8.UTFMax)
	for n := 0; s != ""; n++ {
		if n >= limit {
			b.WriteRune('…')
			break
		}
		if c := s[0]; c >= ' ' && c < 0x7f && (len(s) == 1 || s[1] < utf8.RuneSelf) {
			b.WriteByte(c)
			s = s[1:]
			continue
		}
		cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		s = s[len(cluster):]
		writeCluster(&b, cluster, width)
	}
	return b.String()
}

// printable reports whether s is ASCII that every terminal shows.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// writeCluster writes what a terminal draws as one character.
func writeCluster(b *strings.Builder, cluster string, width int) {
	first, size := utf8.DecodeRuneInString(cluster)
	first, ok := plain(first)
	if !ok || first == ' ' || first == '⏎' {
		b.WriteRune(first)
		return
	}
	marks := 0
	for _, c := range cluster[size:] {
		if !unicode.Is(unicode.Mn, c) || c == utf8.RuneError {
			marks = maxMarks + 1
		}
		marks++
	}
	if marks <= maxMarks && (width == 1 || width == 2) && ansi.StringWidthWc(cluster) == width && !joins(cluster) {
		b.WriteString(cluster)
		return
	}
	alone := string(first)
	if w := ansi.StringWidth(alone); w < 1 || w > 2 || ansi.StringWidthWc(alone) != w || joins(cluster) {
		first = utf8.RuneError
	}
	b.WriteRune(first)
}

// joins reports whether a character becomes one with the one that comes next.
func joins(cluster string) bool {
	next, _ := ansi.FirstGraphemeCluster(cluster+"x", ansi.GraphemeWidth)
	return next != cluster
}

// plain returns what stands for a character that begins a cluster; ok is false
// when that is another one.
func plain(c rune) (instead rune, ok bool) {
	switch {
	case c == '\n', c == '\r':
		return '⏎', true
	case c == '\t':
		return ' ', true
	case c == utf8.RuneError, !unicode.IsGraphic(c), unicode.In(c, unicode.M, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return utf8.RuneError, false
	case unicode.Is(unicode.Zs, c):
		return ' ', true
	}
	return c, true
}

// Width is how many columns clean text takes.
func Width(s string) int {
	if printable(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Cut shortens clean text to at most so many columns, with … behind what was cut.
func Cut(s string, columns int) string {
	switch {
	case columns <= 0:
		return ""
	case Width(s) <= columns:
		return s
	case printable(s):
		return s[:columns-1] + "…"
	}
	return ansi.Truncate(s, columns, "…")
}

// Pad cuts or fills clean text to exactly so many columns.
func Pad(s string, columns int) string {
	s = Cut(s, columns)
	return s + strings.Repeat(" ", max(0, columns-Width(s)))
}

// PadLeft is Pad for numbers: what fills stands in front.
func PadLeft(s string, columns int) string {
	s = Cut(s, columns)
	return strings.Repeat(" ", max(0, columns-Width(s))) + s
}

// Wrap breaks clean text into lines of at most so many columns, at spaces where
// there are some. There is at least one line.
func Wrap(s string, columns int) []string {
	columns = max(columns, 2) // the widest character
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		room := columns - Width(line) - 1
		if line != "" && Width(word) > room {
			lines, line = append(lines, line), ""
		}
		for Width(word) > columns {
			head := headOf(word, columns)
			lines, word = append(lines, head), word[len(head):]
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" || lines == nil {
		lines = append(lines, line)
	}
	return lines
}

// headOf is what of a word fits, at least a character.
func headOf(word string, columns int) string {
	n, used := 0, 0
	for n < len(word) {
		cluster, w := ansi.FirstGraphemeCluster(word[n:], ansi.GraphemeWidth)
		if used += w; used > columns && n > 0 {
			break
		}
		n += len(cluster)
	}
	return word[:n]
}
