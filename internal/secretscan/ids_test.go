package secretscan

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHardlyARuleIsOfIDs(t *testing.T) {
	require.LessOrEqual(t, len(loaded.ids.words), 3, "%q: each is looked for in a dozen texts of each event", loaded.ids.words)
	require.True(t, loaded.ids.clear("01a21e37-f940-7ed5-88c6-a2d2b1ea8654"))
	require.False(t, loaded.ids.clear("01A21E37-f940-7ed5-88c6-a2d2b1ea8654"))
	for _, word := range loaded.ids.words {
		require.False(t, loaded.ids.clear("01a21e37-"+word))
	}
}

// What is not possible is not found in any text of such letters.
func TestPossible(t *testing.T) {
	text := func() string {
		b := make([]byte, 48)
		for i := range b {
			b[i] = idLetters[rand.N(len(idLetters))]
		}
		return string(b)
	}
	for expr, want := range map[string]bool{
		`\b(4b1d[A-Za-z0-9]{3})\b`: true, `A3-[A-Z0-9]{6}`: false, `(?i)A3`: true, `(?i:EA)a`: true, `(?:x|a)b`: true, `(?:x|y)b`: false, `g*`: true, `g+`: false,
		`g{0,2}a`: true, `g{2}`: false, `[^0-9a-f-]`: false, `[^0-9]`: true, `.`: true, `(g)?$`: true, `^`: true, `a(?:[G-Z]|)`: true, `\s`: false, `\w`: true, `k`: false, `(?i)k`: false,
	} {
		parsed, err := syntax.Parse(expr, syntax.Perl)
		require.NoError(t, err)
		require.Equal(t, want, possible(parsed), expr)
		for range 200 {
			if re := regexp.MustCompile(expr); !want {
				require.False(t, re.MatchString(text()), expr)
			}
		}
	}
}

// TestIDsAreSearchedPlainly compares with the plain search: each keyword that an id can
// have, at any place, as long as the rule wants it.
func TestIDsAreSearchedPlainly(t *testing.T) {
	var words []string
	for _, w := range loaded.words.words {
		if strings.Trim(w.text, idLetters) == "" {
			words = append(words, w.text)
		}
	}
	require.NotEmpty(t, words)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		b := make([]byte, r.IntN(130))
		for i := range b {
			b[i] = idLetters[r.IntN(len(idLetters)-r.IntN(2))]
		}
		at := r.IntN(len(b) + 1)
		text := string(b[:at]) + words[r.IntN(len(words))] + string(b[at:])
		if r.IntN(4) == 0 {
			text = strings.ToUpper(text)
		}
		requirePlain(t, text)
	}
	secret := "4b1d" + "93fe0c7a52d816be4f09a3c7d15e82b6709fca" // a secret that could be an id
	requirePlain(t, secret)
	require.NotContains(t, loaded.Clean(t.Context(), secret, Text, &tally{}), secret)
}
