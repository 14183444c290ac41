package redact

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestHintsFitTheirTables(t *testing.T) {
	require.Less(t, len(rules), 64)
	require.Less(t, len(textHints.hints), 256)
	for _, h := range textHints.hints {
		require.GreaterOrEqual(t, len(h.text), 2, h.text)
		require.Equal(t, strings.ToLower(h.text), h.text)
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
		var want Hinted
		for _, h := range textHints.hints {
			if strings.Contains(low, h.text) {
				want |= h.group
			}
		}
		require.Equal(t, want, textHints.in(s))
	})
}

// FuzzNeeds holds that a rule finds nothing without what it needs.
func FuzzNeeds(f *testing.F) {
	f.Add("psql postgres://u:p@h/db")
	f.Add("git clone https://0123456789abcdefghij@h/ x://y:z")
	f.Fuzz(func(t *testing.T, s string) {
		for i := range rules {
			if r := &rules[i]; r.needs != "" && r.pattern().MatchString(s) {
				require.Contains(t, s, r.needs, r.name)
			}
		}
	})
}

// FuzzNamed compares the cheap look with the expression.
func FuzzNamed(f *testing.F) {
	for _, name := range []string{"transcript_path", "API_KEY", "github-token-hash", "GH_PAT", "user_pwd", "cookie", "signature_value", "DB_PASSWORDS"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if named.pattern().MatchString(name) && len(name) <= maxName && utf8.ValidString(name) {
			for _, r := range name { // other letters that fold to ours are no names of ours
				if r > 127 {
					return
				}
			}
			require.True(t, hasSecretEnd(strings.ToLower(name)), name)
		}
	})
}
