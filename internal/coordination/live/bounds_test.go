package live_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

func TestFloods(t *testing.T) {
	limits := live.Limits{Sessions: 20, Bytes: 2 << 20}
	tracker := live.NewTracker(limits)
	long := strings.Repeat("x", 4096)
	records := 0
	for i := range 20_000 {
		e := coordination.Event{
			At: int64(1e18) + int64(i)*1e7, ID: fmt.Sprint(i), Kind: coordination.End, Agent: fmt.Sprint("a", i%7), Call: fmt.Sprint("c", i), Action: coordination.Edit,
			Target: long + fmt.Sprint(i%300), Duration: 1,
		}
		tracker.Add(recorded.Of{Session: fmt.Sprint("s", i%50)}, &e, time.Unix(0, 1e18).Add(time.Hour))
		require.LessOrEqual(t, tracker.Sessions(), limits.Sessions)
		require.LessOrEqual(t, tracker.Bytes(), limits.Bytes+200<<10)
		made := tracker.Take()
		records += len(made)
	}
	require.Positive(t, tracker.Totals().Evicted, "sessions had to go")
	require.Positive(t, records, "what was known of them was told")
	require.NoError(t, tracker.Encode(io.Discard, live.Place{}))
}

func TestEventsOfTheFutureAreLeftOut(t *testing.T) {
	tracker := live.NewTracker(live.Limits{})
	e := coordination.Event{At: now.Add(time.Hour).UnixNano(), Kind: coordination.Prompt}
	tracker.Add(recorded.Of{Session: "s"}, &e, now)
	require.EqualValues(t, 1, tracker.Totals().Ahead)
	require.Zero(t, tracker.Sessions())
}

// A session that goes on after it was quiet, and an agent that goes on after it stopped,
// are told of again, later and under the same id; one that has been forgotten begins anew.
func TestToldAgain(t *testing.T) {
	tracker := live.NewTracker(live.Limits{})
	clock := now.Add(-20 * time.Hour)
	add := func(after time.Duration, kind coordination.Kind, agent string) {
		clock = clock.Add(after)
		e := coordination.Event{At: clock.UnixNano(), ID: clock.String(), Kind: kind, Agent: agent, Duration: -1}
		tracker.Add(recorded.Of{Session: "s", Project: "p"}, &e, now)
	}
	var made []string
	quiet := func(after time.Duration) {
		tracker.Quiet(clock.Add(after))
		list := tracker.Take()
		made = nil
		for _, r := range list {
			made = append(made, r.Event+" "+r.ID+" "+r.Time.Sub(now.Add(-20*time.Hour)).String())
		}
	}
	add(0, coordination.Prompt, "")
	add(time.Second, coordination.AgentStart, "a1")
	add(time.Second, coordination.AgentStop, "a1")
	quiet(30 * time.Second)
	require.Empty(t, made, "it may not be over")
	quiet(2 * time.Minute)
	require.Equal(t, []string{"agent_delegation s/a1 2s"}, made)
	quiet(31 * time.Minute)
	part := fmt.Sprintf("s/%d", now.Add(-20*time.Hour).UnixMilli())
	require.Equal(t, []string{"session_coordination " + part + " 2s", "agent_type_share " + part + "/ 2s", "agent_type_share " + part + "/main 2s"}, made)
	add(40*time.Minute, coordination.Other, "a1")
	add(time.Second, coordination.AgentStop, "a1")
	add(time.Second, coordination.SessionEnd, "")
	quiet(2 * time.Minute)
	require.Equal(t, []string{
		"agent_delegation s/a1 40m3s", "session_coordination " + part + " 40m4s", "agent_type_share " + part + "/ 40m4s", "agent_type_share " + part + "/main 40m4s",
	}, made)
	quiet(2 * time.Hour)
	require.Empty(t, made)
	require.Zero(t, tracker.Sessions())
	require.False(t, tracker.Waits(now))
}

func FuzzRestore(f *testing.F) {
	tracker := live.NewTracker(live.Limits{})
	for i, c := range generated(f, 500) {
		if i < 200 {
			tracker.Add(c.of, &c.e, now)
		}
	}
	var seed bytes.Buffer
	require.NoError(f, tracker.Encode(&seed, live.Place{Log: "l", Next: 5}))
	f.Add(seed.Bytes())
	f.Add([]byte("agent-telemetry coordination state 2\n{}\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if t, _, err := live.Restore(data, live.Limits{}); err == nil {
			t.Quiet(now)
		}
	})
}
