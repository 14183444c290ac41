package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowly is what encoding/json makes of a record.
func slowly(text []byte) (r Record, err error) {
	if !json.Valid(text) {
		return r, fmt.Errorf("not valid")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	err = dec.Decode(&r)
	return r, err
}

var decodable = []string{
	`{"kind":"log","time":"2026-01-02T03:04:05.123456789Z","observed_time":"2026-01-02T03:04:06+01:00","event_name":"claude_code.x","severity_number":9,"severity_text":"INFO","trace_id":"0af7","span_id":"b7ad","flags":1,"resource":{"service.name":"claude-telemetry"},"scope":{"name":"s","version":"1"},"attributes":{"a":"x","n":9223372036854775807,"f":-1.5e3,"t":true,"u":false,"z":null,"l":["a",1,{"b":[]}],"o":{"p":12345678901234567890}},"dropped_attributes_count":2,"body":{"event_type":"x","raw_input":{"a":[1,2,{"b":"c"}]}}}`,
	`{"kind":"start"}`, `{}`, `{"body":"text"}`, `{"body":5}`, `{"body":[1]}`, `{"attributes":{}}`, ` { "kind" : "log" , "attributes" : { "a" : 1 } } `,
	`{"kind":"caf\u00e9 \ud83d\ude00 \ud800 \n\"\\"}`, "{\"kind\":\"\xff\xfe\"}", "{\"attributes\":{\"\xff\":\"\xff\"}}", `{"attributes":{"a\u0062":1,"ab":2}}`, `{"attributes":{"a":1,"a":2}}`,
}

// undecodable are left to encoding/json, which takes some of them.
var undecodable = []string{
	``, `[]`, `null`, `{"kind":5}`, `{"kind":null}`, `{"KIND":"log"}`, `{"kind":"a","kind":"b"}`, `{"other":1}`, `{"time":"yesterday"}`, `{"time":5}`, `{"severity_number":1.5}`, `{"severity_number":"9"}`,
	`{"flags":-1}`, `{"flags":4294967296}`, `{"attributes":null}`, `{"attributes":[]}`, `{"attributes":{"a":}}`, `{"scope":{"name":"a","name":"b"}}`, `{"scope":{"name":null}}`, `{"scope":{"attributes":{"a":1}}}`,
	`{"scope":"x"}`, `{"reduced":{"reason":"x"}}`, `{"body":null}`, `{"kind":"log"}x`, `{"kind":"log"`, `{"kind":"log",}`, `{"resource":5}`,
	`{"scope":{"name":"","name":"","version":"a"}}`, `{"severity_number":99999999999999999999}`,
}

// same requires that the quick reader makes of a record what encoding/json makes of it,
// or leaves it alone.
func same(t *testing.T, text []byte) (taken bool) {
	t.Helper()
	var quick Record
	taken = (&decoder{}).record(text, &quick)
	want, err := slowly(text)
	if taken {
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, quick, "%q", text)
	}
	return taken
}

func TestRecordsAreReadAsByEncodingJSON(t *testing.T) {
	for _, s := range decodable[:8] {
		require.True(t, same(t, []byte(strings.TrimSpace(s))), s)
	}
	for _, s := range append(decodable, undecodable...) {
		same(t, []byte(s))
	}
	for _, s := range undecodable {
		require.False(t, same(t, []byte(s)), s)
	}
}

// TestEntriesShareNothing: a line's memory is used for the next one.
func TestEntriesShareNothing(t *testing.T) {
	line := []byte(`{"seq":7,"log":"0197a2b4-0000-7000-8000-000000000001","prev":"` + strings.Repeat("0", 64) + `","record":` + decodable[0] + `}`)
	before := string(line)
	e, err := parseEntry(line)
	require.NoError(t, err)
	for i := range line {
		line[i] = 'x'
	}
	require.Equal(t, before, string(e.Line))
	require.Equal(t, "claude-telemetry", e.Resource["service.name"])
	require.JSONEq(t, `{"event_type":"x","raw_input":{"a":[1,2,{"b":"c"}]}}`, string(e.Body))
	_ = append(e.Body, 'x')
	require.Equal(t, before, string(e.Line), "who appends to the body writes elsewhere")
}

// FuzzRecord reads records of any content in both ways.
func FuzzRecord(f *testing.F) {
	for _, s := range append(decodable, undecodable...) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) { same(t, text) })
}

func BenchmarkEntry(b *testing.B) {
	line := []byte(`{"seq":7,"log":"0197a2b4-0000-7000-8000-000000000001","prev":"` + strings.Repeat("0", 64) + `","record":` + decodable[0] + `}`)
	b.SetBytes(int64(len(line)))
	var d decoder
	for b.Loop() {
		if _, err := d.entry(line); err != nil {
			b.Fatal(err)
		}
	}
}
