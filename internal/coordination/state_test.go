package coordination

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// known is a session with ids and hashes of every shape: those that are held in a few bytes,
// and such as nobody makes by accident.
func known() []Event {
	events := nested()
	shapes := []string{
		"0199a3c2-5f00-7abc-8def-0123456789%02x", "0199a3c2-5f00-7abc-8def-0123456789%02x", "0199A3C2-5F00-7ABC-8DEF-0123456789%02X",
		"0199a3c2-5f00-7abc-8def 0123456789%02x", "0199a3c25f007abc8def0123456789%02x", "{0199a3c2-5f00-7abc-8def-0123456789%02x}", "\x01\"<%d>",
	}
	sums := []string{strings.Repeat("0f9a", 16), strings.Repeat("0F9A", 16), "sha256:1", strings.Repeat("g", 64), strings.Repeat("ab", 32)}
	for i := range events {
		e := &events[i]
		e.ID = fmt.Sprintf(shapes[i%len(shapes)], i)
		if e.Action == Edit && e.Kind == End {
			e.HashBefore, e.HashAfter = sums[i%len(sums)], sums[(i+3)%len(sums)]
		}
		if e.Action == Edit && e.Kind == Begin && i%3 == 0 {
			e.HashBefore = sums[(i+1)%len(sums)]
		}
	}
	return append(events, Event{ID: "0199a3c2-5f00-7abc-8def-00000000ffff", At: moment(81), Kind: Begin, Tool: "Bash", Duration: -1})
}

// What is written is what versions before wrote, byte for byte, and is the same once it was
// read.
func TestTheFormOfAState(t *testing.T) {
	a := NewAnalyzer(Limits{})
	for _, e := range known() {
		a.Add(&e)
	}
	data, err := a.MarshalJSON()
	require.NoError(t, err)
	file := filepath.Join("testdata", "state.json")
	if *update {
		require.NoError(t, os.WriteFile(file, append(data, '\n'), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(data)+"\n")

	b, err := RestoreAnalyzer(want, Limits{})
	require.NoError(t, err)
	again, err := b.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, string(data), string(again))
	require.Equal(t, a.Session(), b.Session())
	// All of it comes again: nothing is news.
	for _, e := range known() {
		b.Add(&e)
	}
	again, err = b.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, string(data), string(again))
}
