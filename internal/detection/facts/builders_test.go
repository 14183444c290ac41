package facts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Facts stay as they are while the builder that made them makes others', and are the
// same whatever it made before.
func TestBuildersLeaveNothing(t *testing.T) {
	t.Parallel()
	var commands []string
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "test", "bench", "detection", "cases", "first.jsonl"))
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		var c struct{ Command string }
		require.NoError(t, json.Unmarshal([]byte(line), &c))
		commands = append(commands, c.Command)
	}
	of := func(command string) *Facts {
		return FromAnalysis(command, analyse(POSIX, command, testContext), testContext)
	}
	text := func(f *Facts) string {
		data, err := json.Marshal(f)
		require.NoError(t, err)
		return string(data)
	}
	kept, texts := make([]*Facts, len(commands)), make([]string, len(commands))
	for i, c := range commands {
		kept[i] = of(c)
		texts[i] = text(kept[i])
	}
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for i := range commands {
				n := len(commands) - 1 - i
				if got := text(of(commands[n])); got != texts[n] {
					t.Errorf("%q has other facts now", commands[n])
				}
			}
		})
	}
	others.Wait()
	for i := range commands {
		require.Equal(t, texts[i], text(kept[i]), commands[i])
	}
}

// Nothing of an event is left in what the next one gets.
func TestBuilderIsEmptied(t *testing.T) {
	t.Parallel()
	b := newBuilder(&Facts{}, testContext)
	command := "a=1 git -c x=y commit -m 'b c' --amend d | tee e > f; rm -rf /g"
	b.analysis(command, analyse(POSIX, command, testContext))
	args, opts, room := b.call.args[:cap(b.call.args)], b.call.opts[:cap(b.call.opts)], b.room[:cap(b.room)]
	require.NotEmpty(t, room)
	b.empty()
	for _, a := range args {
		require.Empty(t, a)
	}
	for _, o := range opts {
		require.Zero(t, o)
	}
	for i := range room {
		require.Zero(t, room[i])
	}
}
