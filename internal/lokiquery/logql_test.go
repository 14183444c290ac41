package lokiquery

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQueryQuotesValues(t *testing.T) {
	q := Query{}.Label("project", "\"} or {`\n\\").Metadata("session_id", `a" | b="c`)
	require.Equal(t, "{project=\"\\\"} or {`\\n\\\\\"} | session_id=\"a\\\" | b=\\\"c\"", q.String())
	require.Equal(t, `{session=~"a\\.b|__overflow__|"}`, Query{}.LabelOrNone("session", "a.b").String())
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "\"} or {", "\\", "\n`", "\x00\xff", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := strconv.Unquote(Quote(s))
		require.NoError(t, err)
		require.Equal(t, strings.ToValidUTF8(s, "\uFFFD"), got)
	})
}
