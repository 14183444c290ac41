package shellcommand

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"
)

// plainSources are command lines that parsePlain reads, or is to leave alone.
var plainSources = []string{
	"go test ./...", "a", "a;", "a;b", "a ; b;c ;", "a&&b", "a && b || c | d | e && f", "a | b 2>&1 | c >x 2>>y >&2", "a>b", "a 12>b c", "a b2>c", "1>a", ">a b", "a >", "a > ;", "a >> b;c",
	"'a' b", `"a" b`, `"" b`, "'' b", `a''b"c d"e`, `a "x;y" 'x|y'`, "a '", `a "`, "a=b c", "a b=c", "a'=' c", "'a'=b c", "a\tb", " a ", ";", "|", "a;;b", "a|&b", "a&", "a & b", "a &", "a &&", "&& a", "a || ", "a | ; b", "a |",
	"if a; then b; fi", "a if then", "time a", "then", "'if' a", `i"f" a`, "export a", "@test a", "a ~/b *.go x? -x=y, a@b a%b a+b", "a>&b", "a >& b", "a>&-", "a>'b c'", "a >b>c", "=a", "a =b", "?a", "*", "a &> b", "a 2>&1&& b",
	"a 0", "0", "a 1 > 2", "a 1>2", "a 1 2>3", `a 1"2">3`, "a '1'>2", "a |b|c", "a||b||c|d", "a \"b", "a 'b\"c' \"d'e\"", "a>>>b", "a>|b", "a > > b", "function a", "let a", "a let", "coproc a", "select a", "a.b", "./a", "/a/b", "-a", "a>b c>d e", "a !b", "a {} b", "a #b", "a\nb", "a \\; b", "a é",
}

func samePlain(t *testing.T, src string) (read bool) {
	t.Helper()
	got, read := parsePlain(src)
	if !read {
		return false
	}
	var want []*syntax.Stmt
	for s, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).StmtsSeq(strings.NewReader(src)) {
		require.NoError(t, err, "%q", src)
		want = append(want, s)
	}
	emptyQuotes(want)
	require.Equal(t, want, got, "%q", src)
	return true
}

// emptyQuotes makes the parser's lists of no parts nil: nothing looks at which of both
// an empty one is.
func emptyQuotes(stmts []*syntax.Stmt) {
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			if q, ok := n.(*syntax.DblQuoted); ok && len(q.Parts) == 0 {
				q.Parts = nil
			}
			return true
		})
	}
}

func TestPlain(t *testing.T) {
	for _, src := range plainSources {
		samePlain(t, src)
	}
	for _, src := range []string{"go test ./...", `a "b c" 'd' | e 2>&1 && f >x; g`, "find . -name '*.go'"} {
		require.True(t, samePlain(t, src), src)
	}
	sources, read := labelled(t), 0
	for _, src := range sources {
		if samePlain(t, src) {
			read++
		}
	}
	require.Greater(t, read, len(sources)/5)
	require.False(t, samePlain(t, strings.Repeat("a", maxPlain+1)))
}

// Any order of what parsePlain knows, and of some of what it does not.
func TestPlainOfPieces(t *testing.T) {
	pieces := strings.Split("a b go test ./... -x --y=z x=1 2 12 > >> >& 2>&1 2> | || & && ; ;; ' \" 'a b' \"c;d\" '' \"\" if then time export @test = ~ * ? [ { } ( ) ! # \\ $ `", " ")
	pieces = append(pieces, " ", " ", " ", "  ", "\t", "\n", "é")
	r, read := rand.New(rand.NewPCG(1, 2)), 0
	for range 50_000 {
		var b strings.Builder
		for range 1 + r.IntN(9) {
			b.WriteString(pieces[r.IntN(len(pieces))])
			if r.IntN(2) == 0 {
				b.WriteByte(' ')
			}
		}
		if samePlain(t, b.String()) {
			read++
		}
	}
	require.Greater(t, read, 4_000)
}

// labelled are the commands that detection is measured with.
func labelled(t testing.TB) (commands []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "test", "bench", "detection", "cases", "*.jsonl"))
	require.NoError(t, err)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var c struct{ Command string }
			require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
			commands = append(commands, c.Command)
		}
		require.NoError(t, f.Close())
	}
	require.NotEmpty(t, commands)
	return commands
}

func FuzzPlain(f *testing.F) {
	for _, src := range append(labelled(f), plainSources...) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) { samePlain(t, src) })
}
