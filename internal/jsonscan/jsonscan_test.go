package jsonscan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The scanner takes what encoding/json takes.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,"x\n\u00e9",true,null]}`, `"`, `"\`, `"\u`, `{"a"`, `{"a":`, `[1,]`, `{,}`, `-`, `tru`, "\"\x1f\"", `"12345678\"`, "\"1234567\x00\"", "\x80", `"` + "\x80\xff" + `12345678"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := New(b)
		s.Space()
		_, err := s.Value(0)
		s.Space()
		require.Equal(t, json.Valid(b), err == nil && s.Done(), "%q", b)
	})
}

// What is decoded is what encoding/json decodes.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5e-3,"x\n\u00e9",true,false,null,[],{}],"a":{"b":{"b":1}},"\u0061":-0}`, `"\ud83d\ude00 \ud83d \ude00\u0000"`, "\"\x80\xff\\n\"", `"\"\\\/\b\f\n\r\t"`, `"\x"`,
		`[[[]]]`, ` 1 `, `1e400`, "{\"\xff\":1}", `{"a":1,}`, `{"a"`, "\"\u2028\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := New(b)
		s.Space()
		got, err := s.Decode(0)
		s.Space()
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		var want any
		wantErr := dec.Decode(&want)
		if wantErr == nil {
			_, wantErr = dec.Token()
			if errors.Is(wantErr, io.EOF) {
				wantErr = nil
			} else {
				wantErr = ErrSyntax // more behind it
			}
		}
		require.Equal(t, wantErr == nil, err == nil && s.Done(), "%q: %v %v", b, wantErr, err)
		if wantErr == nil {
			require.Equal(t, want, got, "%q", b)
		}
	})
}

// A text is unescaped as encoding/json does it.
func FuzzUnescape(f *testing.F) {
	f.Add([]byte(`a\n\u00e9"12345678\\`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := Unescape([]byte("before"), b)
		if !ok {
			return
		}
		require.Equal(t, "before", string(got[:6]))
		var want string
		if quoted := `"` + string(b) + `"`; utf8.Valid(b) && json.Unmarshal([]byte(quoted), &want) == nil {
			require.Equal(t, want, string(got[6:]))
		}
	})
}

func TestObject(t *testing.T) {
	s := New([]byte(`{"a":1,"b":{"c":"\u00e9","d":[]},"e":null}`))
	got := map[string]string{}
	require.NoError(t, s.Object(0, func(key []byte) (bool, error) {
		if string(key) != "b" {
			v, err := s.Value(1)
			got[string(key)] = string(v)
			return true, err
		}
		return true, s.Object(1, func(key []byte) (bool, error) {
			if string(key) == "d" {
				return false, nil
			}
			v, err := s.Value(2)
			got["b."+string(key)] = string(v)
			return true, err
		})
	}))
	require.True(t, s.Done())
	require.Equal(t, map[string]string{"a": "1", "b.c": `"\u00e9"`, "e": "null"}, got)
	require.ErrorIs(t, New([]byte(`[]`)).Object(0, nil), ErrSyntax)
	require.ErrorIs(t, New(nil).Object(0, nil), ErrSyntax)
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	_, err := New([]byte(deep)).Value(0)
	require.NoError(t, err)
	_, err = New([]byte("[" + deep + "]")).Value(0)
	require.ErrorIs(t, err, ErrSyntax)
}
