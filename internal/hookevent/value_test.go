package hookevent

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A text that is a line stays as it is, and what is not is never taken for one.
func FuzzOneLine(f *testing.F) {
	for _, s := range []string{"", " ", "a b", "a  b", " a", "a ", "a\tb", "\x7f", "ä", "a\u200bb", "\xff"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, runes int) {
		// The long way, which a text goes that ends in what is no part of a line.
		long := oneLine(s+"\n", runes)
		require.Equal(t, long, oneLine(s, runes), "%q", s)
		require.False(t, strings.ContainsAny(long, "\n\t\x7f"))
	})
}
