package auditverify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func lineOf(seq, logID, prev, record string) string {
	return `{"seq":` + seq + `,"log":"` + logID + `","prev":"` + prev + `","record":` + record + `}`
}

// The verifier takes a line if and only if the writer's own reader does.
func FuzzLine(f *testing.F) {
	id := "0197a2b4-0000-7000-8000-000000000001"
	for _, s := range []string{
		"", "{}", lineOf("0", id, zeros, `{}`), lineOf("12", id, zeros, `{"kind":"log","time":"2026-01-01T00:00:00Z","attributes":{"session.id":"s","claude_code.session.seq":3}}`),
		lineOf("01", id, zeros, `{}`), lineOf("18446744073709551616", id, zeros, `{}`), lineOf("1", strings.ToUpper(id), zeros, `{}`),
		lineOf("1", id, "AA"+zeros[2:], `{}`), lineOf("1", id, zeros[1:], `{}`), lineOf("1", id, zeros, `[]`), lineOf("1", id, zeros, `{}}`),
		lineOf("1", id, zeros, `{"a":"\u12"}`), lineOf("1", id, zeros, `{"a":1e}`), lineOf("1", id, zeros, `{"a":-}`), lineOf("1", id, zeros, "{\"a\":\"\x01\"}"),
		lineOf("1", id, zeros, `{"a":[[[1,2],{}],null,true,false,-0.5E+3]}`), lineOf("1", id, zeros, `{"a":"é\\\"x","attributes":[]}`),
		lineOf("1", id, zeros, `{"a":01}`), lineOf("1", id, zeros, `{"kind":1}`), lineOf("1", id, zeros, `{"attributes":{"session.id":1}} `),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.IndexByte(text, '\n') >= 0 {
			return
		}
		var l line
		l.parse(text)
		want, err := auditlog.ParseLine(text)
		if l.fault != nil {
			if err == nil && want.Seq < 1<<63 {
				t.Fatalf("%v, but the writer's reader takes %q", l.fault, text)
			}
			return
		}
		require.NoError(t, err, "%q", text)
		require.Equal(t, want.Seq, l.seq)
		require.Equal(t, want.Log, string(l.logID))
		require.Equal(t, want.Prev[:], l.prev[:])
		require.Equal(t, string(want.Record), string(l.record))
		require.True(t, json.Valid(l.record))
		var h nodeHasher
		require.Equal(t, tlog.RecordHash(text), h.leaf(text))
	})
}

// Nothing in a file of checkpoints makes the reader fail or never end, and what
// it returns is in the file, at its offset.
func FuzzCheckpoints(f *testing.F) {
	good := "agent-telemetry/0197a2b4-0000-7000-8000-000000000001\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— agent-telemetry/0197a2b4-0000-7000-8000-000000000001/epoch-0 AAAAAAAA\n"
	for _, s := range []string{"", "\n\n\n", good, good + "\n" + good, good[:60], good + "\nrubbish\n\n" + good, strings.Replace(good, "\n3\n", "\n03\n", 1), strings.Repeat("x", 70000) + "\n\n" + good} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newNoteReader(bytes.NewReader(b))
		for n := 0; ; n++ {
			require.LessOrEqual(t, n, len(b))
			c, err := r.next()
			if errors.Is(err, io.EOF) || errors.Is(err, errTornNote) {
				return
			}
			if err != nil {
				require.True(t, errors.Is(err, errNoteForm) || errors.Is(err, errNoteLong), "%v", err)
				continue
			}
			require.True(t, bytes.HasPrefix(b[c.offset:], c.note))
			require.Equal(t, fmt.Sprintf("%s\n%d\n%s\n", c.origin, c.size, c.root), string(c.note[:bytes.Index(c.note, []byte("\n\n"))+1]))
			want, err := auditlog.ParseCheckpoint(c.note)
			require.NoError(t, err)
			require.Equal(t, want.Root, c.root)
		}
	})
}

// No proof makes the check fail in another way than by an error.
func FuzzProof(f *testing.F) {
	l := makeLog(f, plan{segments: 2})
	p, err := Prove(f.Context(), Options{Dir: l.dir, VKey: l.vkey}, 12, nil)
	require.NoError(f, err)
	text, err := json.Marshal(p)
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"format":"agent-telemetry/inclusion-proof/v1","seq":1,"tree_size":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := ParseProof(bytes.NewReader(b))
		if err != nil {
			require.ErrorIs(t, err, ErrProofForm)
			return
		}
		facts, err := q.Check(l.vkey, "")
		if err != nil {
			require.ErrorIs(t, err, ErrProofWrong)
			return
		}
		require.Equal(t, p.Line, q.Line, "another line was proven: %s", facts.Record)
	})
}
