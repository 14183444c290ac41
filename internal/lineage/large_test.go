package lineage

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// However long it takes to match a session with thousands of agents, what passes
// meanwhile waits for it in a fifth of the time only, and what is known in the end is
// the same.
func TestMatchingALargeSessionLeavesTime(t *testing.T) {
	tr := NewTracker(Limits{})
	const step = int64(time.Millisecond)
	clock, matching := time.Now().UnixNano(), int64(0)
	tr.now = func() time.Time { return time.Unix(0, clock) }
	event := func(e Event) {
		e.Session, e.At = "s", clock
		before := tr.session("s").matched
		// Every matching takes 20 ms, which is more than the pause after it.
		tr.now = func() time.Time {
			if at := tr.session("s").matched; at != before {
				clock, before = clock+20*step, at
				matching += 20 * step
			}
			return time.Unix(0, clock)
		}
		tr.Observe(&e)
		clock += step
	}
	for i := range 300 {
		event(Event{Kind: Call, Call: fmt.Sprintf("toolu_%d", i), Asked: "Explore"})
	}
	began, done := clock, matching
	for i := range 1000 {
		event(Event{Kind: Start, Agent: fmt.Sprintf("a%d", i%300), Type: "Explore", Prompt: fmt.Sprint(i)})
	}
	require.Positive(t, matching-done)
	require.LessOrEqual(t, float64(matching-done)/float64(clock-began), 0.22)
	p, _, ok := tr.Agent("s", "a299")
	require.True(t, ok)
	require.Equal(t, Place{ID: "a299", Type: "Explore", Parent: semconv.AgentMain, Root: "a299", Depth: 1, Call: p.Call, Link: semconv.LinkProvisional}, p)
}
