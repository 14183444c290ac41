package gantt

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// A call that somebody had to allow first is drawn where it ran; what it waited overnight
// is cut out.
func TestCallsAreDrawnWhereTheyRan(t *testing.T) {
	waited := func(end time.Duration) story.Entry {
		e := made("", 0, 10_000, semconv.EventCommandExecution, story.OutcomeOK)
		e.Tool.Ended = at(end)
		return e
	}
	chart := func(e story.Entry) *Chart {
		entries := []story.Entry{{Kind: story.KindPrompt, Time: start}, e, made("", 100*time.Second, 0, semconv.EventFileRead, story.OutcomeOK)}
		if e.Tool.Ended.Sub(start) > 100*time.Second {
			entries = entries[:2]
		}
		turns, _ := Turns(entries)
		return Build(entries, turns, agenttree.Build(&story.Session{Start: start, End: at(100 * time.Second)}, nil, nil).Rows(5))
	}
	c := chart(waited(50 * time.Second))
	bar := c.Lanes[0].Bars[1]
	require.Equal(t, Run, bar.Kind)
	require.InDelta(t, 0.4, bar.X0, 1e-9)
	require.InDelta(t, 0.5, bar.X1, 1e-9)
	require.Equal(t, at(50*time.Second), bar.End)
	for _, end := range []time.Duration{10*time.Second + 200*time.Millisecond, 5 * time.Second, -time.Hour} { // hooks take their time; clocks are set
		bar = chart(waited(end)).Lanes[0].Bars[1]
		require.InDelta(t, 0, bar.X0, 1e-9)
		require.InDelta(t, 0.1, bar.X1, 1e-9)
	}
	c = chart(waited(10 * time.Hour))
	require.Len(t, c.Breaks, 1)
	require.Equal(t, Span{start, at(10*time.Hour - 10*time.Second)}, c.Breaks[0].Span)
	require.Equal(t, at(10*time.Hour), c.Turns[0].End)
}
