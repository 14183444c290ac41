package live

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// delegations calls agents that nothing else is known of.
func delegations(t *Tracker, n int, description string) {
	at := time.Unix(0, 1e18)
	for i := range n {
		at = at.Add(time.Millisecond)
		e := coordination.Event{
			ID: fmt.Sprint("0199a000-0000-7000-8000-", i), At: at.UnixNano(), Kind: coordination.Failed, Call: fmt.Sprint("toolu_01", i), Tool: "Agent",
			Action: coordination.Delegate, Asked: &coordination.Asked{Type: "Explore", Description: description}, Duration: 5,
		}
		t.Add(recorded.Of{Session: "s", Project: "p"}, &e, at)
	}
}

// A session of which as much was told as a configuration allows, and limits that are lower
// than before, are no reason to begin anew.
func TestALargeStateIsTakenOver(t *testing.T) {
	tracker := NewTracker(Limits{Session: coordination.Limits{Calls: 60_000, Bytes: 64 << 20}})
	delegations(tracker, 60_000, "")
	tracker.Quiet(time.Unix(0, 2e18))
	made := tracker.Take()
	require.Greater(t, len(made), 60_000)
	delegations(tracker, 1, "") // is remembered
	var data bytes.Buffer
	require.NoError(t, tracker.Encode(&data, Place{}))
	for _, l := range []Limits{{Session: coordination.Limits{Calls: 60_000, Bytes: 64 << 20}}, {}, {Session: coordination.Limits{Calls: 10, Agents: 1, Bytes: 1}}} {
		again, _, err := Restore(data.Bytes(), l)
		require.NoError(t, err)
		require.Equal(t, 1, again.Sessions())
		delegations(again, 10, "")
		again.Quiet(time.Unix(0, 2e18).Add(time.Hour))
		made := again.Take()
		require.Less(t, len(made), 20, "they were told of before")
	}
}

// As much as is held can be read again, however much that may be.
func TestAStateIsNotMuchLargerThanWhatIsHeld(t *testing.T) {
	for _, description := range []string{"", strings.Repeat("x", 500), strings.Repeat("\x01", 500)} {
		tracker := NewTracker(Limits{})
		delegations(tracker, 5_000, description)
		var data bytes.Buffer
		require.NoError(t, tracker.Encode(&data, Place{}))
		t.Log(data.Len(), tracker.Bytes(), float64(data.Len())/float64(tracker.Bytes()))
		require.Less(t, data.Len(), 6*tracker.Bytes())
	}
}
