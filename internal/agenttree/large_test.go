package agenttree

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// As many agents as a story tells of, each below the one before or all in one circle, and
// as many calls: the work is bounded.
func TestTheLargestTree(t *testing.T) {
	const agents, calls = 4096, 100_000
	for name, first := range map[string]string{"a chain": "", "a circle": fmt.Sprint("a", agents-1)} {
		t.Run(name, func(t *testing.T) {
			list := make([]story.Agent, 0, agents)
			for i := range agents {
				parent := first
				if i > 0 {
					parent = fmt.Sprint("a", i-1)
				}
				list = append(list, called(fmt.Sprint("a", i), parent, semconv.LinkConfirmed, i, i+1))
			}
			entries := make([]story.Entry, 0, calls)
			for i := range calls {
				entries = append(entries, tool(fmt.Sprint("a", i%(agents+7)), story.OutcomeOK, story.Tool{File: fmt.Sprint("/p/", i%999), Change: i%2 == 0}))
			}
			begun := time.Now()
			tree := BuildWithUnrecorded(session(), list, entries)
			places, rows := tree.Places(0), tree.Rows(500)
			took := time.Since(begun)
			t.Log(took)
			require.Less(t, took, 10*time.Second)
			require.Len(t, places, agents+1)
			require.Len(t, tree.Places(3), map[string]int{"a chain": 4, "a circle": 5}[name])
			require.Equal(t, agents+1, len(rows.List)+rows.Left-1)
			sum := tree.Strays
			for i := range tree.Agents {
				sum += tree.Agents[i].ToolCalls
			}
			require.Equal(t, calls, sum)
		})
	}
}
