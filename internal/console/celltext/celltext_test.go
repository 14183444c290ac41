package celltext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"go test ./...":           "go test ./...",
		"a\nb\tc\rd":              "a⏎b c⏎d",
		"a\r\nb":                  "a⏎b",
		"\x1b[31mred\x1b[0m":      "�[31mred�[0m",
		"\x9b31m":                 "�31m",
		"bell\a nul\x00 del\x7f":  "bell� nul� del�",
		"\u202eevil\u2066":        "�evil�",
		"zero\u200bwidth\ufeff":   "zero�width�",
		"漢字":                      "漢字",
		"e\u0301tude":             "e\u0301tude",
		"z\u0301\u0302\u0303algo": "zalgo",
		"\u0301alone":             "�alone",
		"👩\u200d👩\u200d👧 family":  "👩 family",
		"no\u00a0break":           "no break",
		"\xff\xfe":                "��",
		"€":                       "€",
	} {
		require.Equal(t, want, Clean(in, 100), "%q", in)
	}
	require.Equal(t, "abc…", Clean("abcdef", 3))
	require.Equal(t, strings.Repeat("a", 50)+"…", Clean(strings.Repeat("a", 1<<20), 50))
}

func TestCutPadWrap(t *testing.T) {
	require.Equal(t, "abc…", Cut("abcdef", 4))
	require.Equal(t, "漢…", Cut("漢字漢字", 4))
	require.Equal(t, "漢… ", Pad("漢字漢字", 4))
	require.Equal(t, "  7", PadLeft("7", 3))
	require.Empty(t, Cut("abc", 0))
	require.Equal(t, []string{"one two", "three"}, Wrap("one two three", 8))
	require.Equal(t, []string{"a", "bbbb", "bb c"}, Wrap("a bbbbbb c", 4))
	require.Equal(t, []string{"漢字", "漢"}, Wrap("漢字漢", 4))
	require.Equal(t, []string{""}, Wrap("", 4))
}

// FuzzClean holds what the console relies on: nothing that a terminal obeys, and
// the same width by both ways of counting that terminals use.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"plain", "\x1b]0;title\a", "\u202e", "👩\u200d👩", "🇩🇪🇩", "नमस्ते", "각", "\ufe0f", "#\ufe0f\u20e3", "a\u0300\u0301\u0302", "\xf0\x9f", "\u115f\u1160", "ก็็็็", "\U000e0041", "\u115f\u115f\u1160\u200d", "\u0d4e", "\U0001f3fb\U0001f3fb"} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, s string, columns int) {
		columns = min(max(columns, 1), 300)
		got := Clean(s, 200)
		require.True(t, utf8.ValidString(got))
		for _, c := range got {
			require.False(t, unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp), "%q of %q", got, s)
		}
		require.Equal(t, got, Clean(got, 1000))
		require.Equal(t, ansi.StringWidth(got), ansi.StringWidthWc(got), "%q of %q", got, s)
		require.Equal(t, Width(got), ansi.StringWidth(got), "%q of %q", got, s)
		require.LessOrEqual(t, Width(Cut(got, columns)), columns)
		padded := Pad(got, columns)
		require.Equal(t, columns, Width(padded), "%q", padded)
		require.Equal(t, columns+1, Width(padded+"x"), "%q", padded)
		for _, line := range Wrap(got, columns) {
			require.LessOrEqual(t, Width(line), max(columns, 2), "%q", line)
		}
	})
}
