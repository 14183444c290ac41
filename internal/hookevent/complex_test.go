package hookevent

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// letterByLetter says what tooComplex says.
func letterByLetter(raw []byte) bool {
	elements, depth, inText := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == ',' || c == '{' || c == '[':
			elements++
			if c != ',' {
				depth++
			}
			if elements > maxElements || depth > maxNesting {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

func FuzzTooComplex(f *testing.F) {
	for _, s := range []string{`{"a":"\"[\\"}`, `"`, `"\`, "\"\n,[\"[", `]]]"\\\"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		// As often as it takes for every letter to count.
		for _, n := range []int{1, maxNesting, maxNesting + 1} {
			raw := []byte(strings.Repeat(s, n))
			require.Equal(t, letterByLetter(raw), tooComplex(raw))
		}
	})
}
