package jsondoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUntouchedStaysAsWritten(t *testing.T) {
	for _, text := range []string{
		`{}`, ` { } `, "[ ]\n", `{"a":1,"a":2}`, `{"n":123456789012345678901234567890.10e+05}`,
		"{\r\n\t\"k\\u00e9\\/\" : [1 , 2,\"x,]}\\\"\\\\\"] , \"o\":{ \"p\" :null}\r\n}\r\n", `"s"`, `-0.0`, `[[[]],{}]`,
	} {
		d, err := Parse([]byte(text))
		require.NoError(t, err, text)
		open(d.root)
		require.Equal(t, text, string(d.Bytes()))
	}
}

// open takes a whole document apart.
func open(n *Node) {
	for _, it := range n.Items() {
		open(it.Value)
	}
}

func TestParseSaysWhere(t *testing.T) {
	tests := map[string]struct {
		text, reason string
		line, column int
	}{
		"comment":   {"{\n  // x\n}", "comments are not allowed", 2, 3},
		"trailing":  {"{\"a\": 1,\n}", "invalid character '}' looking for beginning of object key string", 2, 1},
		"truncated": {"{\"a\":\n [1", "unexpected end of JSON input", 2, 4},
		"two":       {"{} {}", "invalid character '{' after top-level value", 1, 4},
		"bom":       {"\xef\xbb\xbf{}", "the file begins with a byte order mark", 1, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			var syn *SyntaxError
			require.True(t, errors.As(err, &syn), "%v", err)
			require.Equal(t, SyntaxError{tt.line, tt.column, tt.reason}, *syn)
		})
	}
}

func TestParseBoundsNesting(t *testing.T) {
	deep := bytes.Repeat([]byte("["), 20_000)
	_, err := Parse(append(deep, bytes.Repeat([]byte("]"), 20_000)...))
	require.ErrorContains(t, err, "max depth")
}

func TestAppendAndRemove(t *testing.T) {
	for _, text := range []string{"{\n\t\"a\": 1\n}\n", `{"a":1}`, `{}`, "{\n  \"a\": {\n    \"b\": []\n  }\n}"} {
		d, err := Parse([]byte(text))
		require.NoError(t, err)
		_, err = d.Append(d.Root(), 0, "new", map[string]any{"x": []int{1}, "y": "<&>"})
		require.NoError(t, err)
		require.True(t, json.Valid(d.Bytes()), "%s", d.Bytes())
		require.Contains(t, string(d.Bytes()), `"<&>"`)
		items := d.Root().Items()
		d.Root().Remove(items[len(items)-1])
		require.Equal(t, text, string(d.Bytes()))
	}
}

func TestEmptyTextIsAnEmptyObject(t *testing.T) {
	d, err := Parse([]byte(" \n"))
	require.NoError(t, err)
	require.Equal(t, "{}\n", string(d.Bytes()))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":[1,{"b":"\""}]}`, ` [ "\\" ] `, "{\"a\" :\n1 , \"b\":{}}", `1e5`, `{"":0}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		require.Equal(t, err == nil, json.Valid(data) || len(bytes.Trim(data, space)) == 0)
		if err != nil || !json.Valid(data) {
			return
		}
		if d.root.Kind() == Object {
			d.root.Get("a")
		}
		open(d.root)
		require.Equal(t, string(data), string(d.Bytes()))
	})
}
