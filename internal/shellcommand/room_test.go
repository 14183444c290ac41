package shellcommand

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// What was found stays as it is while others use the memory that it was found in, and
// is the same whatever was analysed before.
func TestAnalysesShareNothing(t *testing.T) {
	t.Parallel()
	commands := labelled(t)
	text := func(a *Analysis) string {
		data, err := json.Marshal(a)
		require.NoError(t, err)
		return string(data)
	}
	kept, texts := make([]*Analysis, len(commands)), make([]string, len(commands))
	for i, c := range commands {
		kept[i] = Analyze(c, here)
		texts[i] = text(kept[i])
	}
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for i := range commands {
				n := len(commands) - 1 - i
				if got := text(Analyze(commands[n], here)); got != texts[n] {
					t.Errorf("%q is not analysed the same again", commands[n])
				}
				AnalyzePowerShell(commands[n], here)
			}
		})
	}
	others.Wait()
	for i := range commands {
		require.Equal(t, texts[i], text(kept[i]), commands[i])
	}
}

// A panic leaves no room behind that something of the analysis is in.
func TestRoomOfAPanicIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(here)
	r := a.room
	found := a.guarded(func(a *analyzer, command string) {
		a.shellLine(command)
		panic("a fault")
	}, "rm x")
	require.Len(t, found.Commands, 1)
	require.True(t, found.Truncated)
	require.NotZero(t, r.usedFrames)
	for range 100 {
		require.NotSame(t, r, newAnalyzer(here).room)
	}
}
