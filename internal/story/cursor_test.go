package story

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzCursor holds the cursor to what encoding/json reads.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{
		`{"a":"b","n":1,"o":{"a":[1,2,{"x":"}"}]},"t":true,"l":["x","y",3]}`, `{}`, `{"a":"\\\"\u00e9\ud83d\ude00\ud83d"}`, `{"a" : "b" , "a":"c"}`,
		`{"n":1.5e3}`, `{"n":"7"}`, `[1]`, `null`, `{"a":"` + strings.Repeat("é", 400) + `"}`, `{"a":tru`, `{"o":[}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := map[string]string{}
		c := cursor{b: []byte(s)}
		err := c.object(func(key []byte) error {
			at := c.i
			text, err := c.text(64)
			if err == nil {
				got[string(key)] = text
				c2 := cursor{b: c.b, i: at}
				_, _, _ = c2.number()
				c2.i = at
				_, _ = c2.texts(2, 8)
				c2.i = at
				_, _ = c2.truth()
			}
			return err
		})
		require.LessOrEqual(t, c.i, len(s))
		for _, v := range got {
			require.True(t, utf8.ValidString(v))
			require.LessOrEqual(t, len(v), 64+len(ellipsis))
		}
		if !json.Valid([]byte(s)) || !strings.HasPrefix(s, "{") {
			return
		}
		require.NoError(t, err)
		var want map[string]any
		require.NoError(t, json.Unmarshal([]byte(s), &want))
		for key, v := range want {
			if strings.ContainsAny(s, `\`) && got[key] == "" { // a key with an escape stands as it is written
				continue
			}
			if text, ok := v.(string); ok && len(text) <= 64 && utf8.ValidString(s) {
				require.Equal(t, text, got[key])
			}
		}
	})
}

func TestTextsAreBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("é", 100), strings.Repeat("漢", 100), strings.Repeat("😀", 100), strings.Repeat("\xff", 100)} {
		for n := 3; n < 20; n++ {
			b := bounded([]byte(s), n)
			require.True(t, utf8.ValidString(b))
			require.True(t, strings.HasSuffix(b, ellipsis))
		}
	}
	require.Equal(t, "abc", bounded([]byte("abc"), 3))
}

func BenchmarkBrief(b *testing.B) {
	line := []byte(`{"seq":12,"log":"01a2091e-97de-7000-8000-000000000000","prev":"` + strings.Repeat("0", 64) + `","record":{"kind":"log","time":"2026-01-15T12:00:00Z","event_name":"claude_code.command_execution","severity_text":"INFO","resource":{"service.name":"claude-telemetry"},"attributes":{"event.type":"command_execution","claude_code.event.id":"019a0a5d-ac96-774b-bcce-b302099a8057","session.id":"5e551011-aaaa-4bbb-8ccc-000000000001","gen_ai.tool.name":"Bash","gen_ai.tool.call.id":"toolu_1","claude_code.hook.event":"PreToolUse","process.command_line":"go test ./..."},"body":{"x":"` + strings.Repeat("y", 1500) + `"}}}`)
	d := &decoder{brief: true}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	var e Event
	for b.Loop() {
		if ok, err := d.audit(line, &e); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
