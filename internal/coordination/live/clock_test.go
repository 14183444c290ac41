package live_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// A clock that was a month ahead, and is set right, holds nobody up for a month: what is
// over is told, and sessions are not forgotten.
func TestAClockThatIsSetBack(t *testing.T) {
	for name, quiet := range map[string]bool{"while events come": false, "while none come": true} {
		t.Run(name, func(t *testing.T) {
			tracker := live.NewTracker(live.Limits{})
			clock := now.AddDate(0, 1, 0)
			var told []string
			add := func(session string, after time.Duration, kind coordination.Kind, agent string) {
				clock = clock.Add(after)
				e := coordination.Event{At: clock.UnixNano(), ID: fmt.Sprint(clock), Kind: kind, Agent: agent, Duration: -1}
				tracker.Add(recorded.Of{Session: session}, &e, clock)
				made := tracker.Take()
				for _, r := range made {
					told = append(told, r.Event+" "+r.ID)
				}
			}
			add("ahead", 0, coordination.AgentStop, "a")
			clock = now
			if quiet {
				tracker.Quiet(clock.Add(-3 * time.Minute))
			}
			for i := range 5 {
				add("right", time.Second, coordination.AgentStop, fmt.Sprint("b", i))
			}
			for range 20 {
				add("other", 10*time.Second, coordination.Other, "")
			}
			for i := range 5 {
				require.Contains(t, told, fmt.Sprint(semconv.EventAgentDelegation+" right/b", i))
			}
			for range 150 { // 25 hours
				add("other", 10*time.Minute, coordination.Other, "")
			}
			require.Equal(t, 1, tracker.Sessions(), "the others were silent for a day")
		})
	}
}
