// Package termtext makes text that somebody else wrote fit for a terminal. What
// an agent did is shown to the person who watches it, and the agent may know that.
package termtext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxMarks is how many combining marks a character keeps: they take no column, so no
// width bounds them.
const maxMarks = 2

// Clean makes text harmless: control characters, escape sequences, invisible
// characters and those that reorder text become U+FFFD, line ends a visible mark, and
// of marks that are stacked on a character two are left.
func Clean(s string) string {
	marks := 0
	return strings.Map(func(c rune) rune {
		if c < utf8.RuneSelf || !unicode.Is(unicode.M, c) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return -1
		}
		switch {
		case c == '\n':
			return '⏎'
		case c == '\t':
			return ' '
		case unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
			return unicode.ReplacementChar
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// Width returns how many columns clean text takes.
func Width(s string) int {
	n := 0
	for _, c := range s {
		n += runeWidth(c)
	}
	return n
}

// Cut shortens clean text to at most columns, with an ellipsis where something
// is missing.
func Cut(s string, columns int) string {
	if Width(s) <= columns {
		return s
	}
	if columns <= 0 {
		return ""
	}
	n := 0
	for i, c := range s {
		if n+runeWidth(c) > columns-1 {
			return s[:i] + "…"
		}
		n += runeWidth(c)
	}
	return s
}

// Pad cuts or fills clean text to exactly columns.
func Pad(s string, columns int) string {
	s = Cut(s, columns)
	return s + strings.Repeat(" ", max(0, columns-Width(s)))
}

func runeWidth(c rune) int {
	if unicode.In(c, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
