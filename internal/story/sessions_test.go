package story

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func read(session, file string, at time.Time) *Event {
	return &Event{Session: session, Time: at, Type: semconv.EventFileRead, Hook: hookPost, Tool: "Read", ToolUseID: session + file, File: file, Duration: -1}
}

// Who writes many sessions with many files takes no more memory than there is room.
func TestTalliesShareTheirRoom(t *testing.T) {
	at := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	all := newTallies(100)
	all.room = 500
	for s := range 150 {
		for f := range 10 {
			all.add(read(fmt.Sprint(s), fmt.Sprint(f), at.Add(time.Duration(s)*time.Minute)))
		}
	}
	held := func(ts *tallies) (n int) {
		for _, one := range ts.all {
			n += one.held()
		}
		return n
	}
	require.LessOrEqual(t, len(all.all), 100)
	require.Equal(t, 150, len(all.all)+all.leftOut)
	require.Equal(t, 500, all.room+held(all))
	other := newTallies(100)
	other.room = 500
	for s := range 120 {
		for f := range 10 {
			other.add(read(fmt.Sprint(s), fmt.Sprint(f), at.Add(time.Duration(s)*time.Minute)))
		}
	}
	all.merge(other)
	require.LessOrEqual(t, len(all.all), 100)
	require.Equal(t, 500, all.room+held(all))
	require.NotNil(t, all.all["149"], "the newest are kept")
	for _, one := range all.all {
		require.Same(t, &all.room, one.room)
		require.LessOrEqual(t, one.Session().ToolCalls, 20)
	}
}

// A whole id is the one that is meant, however many go on behind it.
func TestAnIDThatOthersGoOnBehind(t *testing.T) {
	ids := map[string]struct{}{"demo-1": {}}
	for i := range 100 {
		ids[fmt.Sprintf("demo-1%d", i)] = struct{}{}
	}
	for range 20 {
		found := with([]string{"a", "b", "c", "d", "e", "f", "g", "h"}, ids, "demo-1")
		require.Contains(t, found, "demo-1")
		require.LessOrEqual(t, len(found), maxFound+1)
	}
}
