package termtext

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 漢字":                    "plain é 漢字",
		"\x1b[2J\x1b]0;owned\x07":       "\uFFFD[2J\uFFFD]0;owned\uFFFD",
		"a\u202egnp.exe\u2066\u200b":    "a\uFFFDgnp.exe\uFFFD\uFFFD",
		"two\nlines\r\tand\u2028\u0085": "two⏎lines\uFFFD and\uFFFD\uFFFD",
		"\xff\xfe":                      "\uFFFD",
		"\u009b31m":                     "\uFFFD31m",
		"e\u0301\u0302\u0303" + strings.Repeat("\u0304", 9000) + "x\u0301": "e\u0301\u0302x\u0301",
	} {
		require.Equal(t, want, Clean(in))
	}
}

func TestCutAndPad(t *testing.T) {
	require.Equal(t, "abc", Cut("abc", 3))
	require.Equal(t, "ab…", Cut("abcd", 3))
	require.Equal(t, "漢…", Cut("漢字漢字", 4))
	require.Equal(t, "…", Cut("abc", 1))
	require.Empty(t, Cut("abc", 0))
	require.Equal(t, "ab  ", Pad("ab", 4))
	require.Equal(t, 4, Width("漢字"))
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff\n")
	f.Fuzz(func(t *testing.T, s string) {
		out := Clean(s)
		for _, c := range out {
			require.False(t, unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp), "%q", out)
		}
		require.LessOrEqual(t, Width(Cut(out, 20)), 20)
		require.False(t, strings.ContainsRune(out, 0x1b))
	})
}
