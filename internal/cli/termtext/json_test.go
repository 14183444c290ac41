package termtext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestJSONForATerminal(t *testing.T) {
	var b bytes.Buffer
	in := map[string]any{"k\u009b": "\u009b31m\u202e \x7f\u0085 <b> é漢 \U000e0041 \x1b[2J", "raw": json.RawMessage(`{"a":"` + "\u009b" + `"}`)}
	require.NoError(t, JSON(&b).Encode(in))
	require.Equal(t, `{"k\u009b":"\u009b31m\u202e \u007f\u0085 <b> é漢 \udb40\udc41 \u001b[2J","raw":{"a":"\u009b"}}`+"\n", b.String())
}

func FuzzJSONForATerminal(f *testing.F) {
	f.Add("\u009b31m\u202e\U000e0041\xff\"\\")
	f.Fuzz(func(t *testing.T, s string) {
		var b, plain bytes.Buffer
		require.NoError(t, JSON(&b).Encode([]string{s}))
		require.NoError(t, json.NewEncoder(&plain).Encode([]string{s}))
		for _, c := range strings.TrimSuffix(b.String(), "\n") {
			require.False(t, unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp), "%q", b.String())
		}
		var got, want []string
		require.NoError(t, json.Unmarshal(b.Bytes(), &got))
		require.NoError(t, json.Unmarshal(plain.Bytes(), &want))
		require.Equal(t, want, got)
	})
}
