package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHintsFitTheirTables(t *testing.T) {
	require.Less(t, len(rules), 64)
	require.Less(t, len(textHints.hints), 256)
	for _, set := range []hintSet{textHints, nameHints} {
		for _, h := range set.hints {
			require.GreaterOrEqual(t, len(h.text), 2, h.text)
			require.Equal(t, strings.ToLower(h.text), h.text)
		}
	}
}

// FuzzHints compares the one pass with a plain search for each hint.
func FuzzHints(f *testing.F) {
	f.Add("curl -H 'Authorization: Bearer x' https://u:p@h")
	f.Add("GITHUB_PAT_ and Github_Pat_")
	f.Add("a")
	f.Fuzz(func(t *testing.T, s string) {
		low := strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, strings.ToValidUTF8(s, "�"))
		s = strings.ToValidUTF8(s, "�")
		var want uint64
		for _, h := range textHints.hints {
			if strings.Contains(low, h.text) {
				want |= h.group
			}
		}
		require.Equal(t, want, textHints.in(s))
	})
}
