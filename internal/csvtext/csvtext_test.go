package csvtext

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, 漢字":        "plain text, 漢字",
		"=1+1":                  "'=1+1",
		"+1":                    "'+1",
		"-la":                   "'-la",
		"@SUM(A1)":              "'@SUM(A1)",
		"  =1":                  "'  =1",
		"\t=1":                  `\t=1`,
		"\"=1":                  "'\"=1",
		"＝1":                    "'＝1",
		"a;=cmd|' /C calc'!A0":  "a;'=cmd|' /C calc'!A0",
		"a; =1":                 "a;' =1",
		"two\r\nlines":          `two\r\nlines`,
		"\x1b[31mred\u202egrün": `\u001b[31mred\u202egrün`,
		"\ufeff=1":              `\ufeff=1`,
		"bad \xff utf-8":        "bad \uFFFD utf-8",
		"a=b":                   "a=b",
		"|calc":                 "'|calc",
	} {
		require.Equal(t, want, Harmless(in), "%q", in)
	}
}

func FuzzTable(f *testing.F) {
	for _, s := range []string{"=1", "a;=1", "\"", "\r\n=1", "'=1", "\u200b=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		cell := Harmless(s)
		if err := WriteRow(&b, []string{"first", cell}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 || rows[0][1] != cell {
			t.Fatalf("%q: %q, %v", cell, rows, err)
		}
		for _, part := range strings.Split(cell, ";") {
			if p := strings.TrimLeft(part, " "); p != "" && strings.ContainsAny(p[:1], "=+-@|%") {
				t.Fatalf("%q becomes %q", s, cell)
			}
		}
	})
}
