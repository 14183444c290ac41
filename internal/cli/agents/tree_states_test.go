package agents

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// living is a session whose agents are in different states. It has not ended.
func living() *actor {
	main := begin(teamSession, "/home/dev/shop", noon)
	one := main.calls(agentID(1), "Explore", "Stops", false)
	one.reads("a.go")
	one.stops(1)
	two := main.calls(agentID(2), "Explore", "Is asked to go on, and has not stopped again", true)
	two.reads("a.go")
	two.s.Hook("SubagentStop", two.fields())
	two.s.At = two.s.At.Add(time.Minute)
	two.reads("b.go")
	three := main.calls(agentID(3), "Explore", "Works", true)
	three.reads("c.go")
	return main
}

// The life of an agent, as it looks from different times.
func TestStates(t *testing.T) {
	states := func(now time.Time, records ...plog.Logs) (all []string) {
		s := newStage(t, records...)
		s.now = now
		for _, a := range decode[Agent](t, afterFirst(s.ok(t, "tree", "--json"))) {
			all = append(all, a.State)
		}
		return all
	}
	main := living()
	last := main.s.At
	require.Equal(t, []string{stateActive, stateComplete, stateActive, stateActive}, states(last.Add(time.Minute), main.s.Logs...))
	require.Equal(t, []string{stateIdle, stateComplete, stateIdle, stateIdle}, states(last.Add(time.Hour), living().s.Logs...))
	require.Equal(t, []string{stateComplete, stateComplete, stateNoEnd, stateNoEnd}, states(last.Add(time.Hour), living().ends()...))
}

// What the story cannot hold is said.
func TestTreeSaysWhatIsLeftOut(t *testing.T) {
	s := newStage(t, both(t)...)
	read, err := readSession(t.Context(), story.Audit(s.home.Audit()), story.Query{Session: teamSession}, story.Limits{Events: 20})
	require.NoError(t, err)
	require.Contains(t, newAgentTree(read, s.now).warnings()[0], "records are left out")
	read.Agents = read.Agents[:1]
	require.Contains(t, newAgentTree(read, s.now).warnings()[0], "too many agents")
}
