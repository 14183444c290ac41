package story_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// events are the records of the long session, in their order.
func events(t testing.TB) []story.Event {
	t.Helper()
	var all []story.Event
	require.NoError(t, audit(t).Events(t.Context(), story.Query{Session: recorded.Shop}, func(e *story.Event) error {
		all = append(all, *e)
		return nil
	}))
	require.Len(t, all, 54)
	return all
}

func build(all []story.Event, limits story.Limits) *story.Story {
	b := story.NewBuilder(limits)
	for i := range all {
		b.Add(&all[i])
	}
	return b.Story()
}

// However records come, the story is the same.
func TestLateDoubledAndInAnyOrder(t *testing.T) {
	all := events(t)
	want := told(t, build(all, story.Limits{}))
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		shuffled := slices.Clone(all)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		require.Equal(t, want, told(t, build(shuffled, story.Limits{})))
		twice := append(slices.Clone(shuffled), shuffled[:20]...)
		s := build(twice, story.Limits{})
		require.Equal(t, 20, s.Doubled)
		s.Doubled = 0
		require.Equal(t, want, told(t, s))
	}
}

// A hook that is registered twice gives records of different ids.
func TestHalvesThatComeTwiceUnderOtherIDs(t *testing.T) {
	all := events(t)
	var doubled []story.Event
	for _, e := range all {
		doubled = append(doubled, e)
		if e.IsCall() {
			e.ID += "-again"
			doubled = append(doubled, e)
		}
	}
	one, two := build(all, story.Limits{}), build(doubled, story.Limits{})
	require.Equal(t, len(one.Entries), len(two.Entries))
	require.Equal(t, 37, two.Doubled)
}

func TestGaps(t *testing.T) {
	all := events(t)
	s := build(all, story.Limits{})
	require.Equal(t, 2, s.Missing)
	// Without some the others tell that they are missing: at the beginning, two
	// together, one; of a call the other half is there.
	less := slices.DeleteFunc(slices.Clone(all), func(e story.Event) bool { return slices.Contains([]uint64{1, 3, 8, 9}, e.Seq) })
	s = build(less, story.Limits{})
	require.Equal(t, 6, s.Missing)
	var gaps []story.Gap
	for i, e := range s.Entries {
		if e.Kind == story.KindGap {
			gaps = append(gaps, *e.Gap)
			require.False(t, e.Time.After(s.Entries[i+1].Time))
		}
	}
	require.Equal(t, []story.Gap{{First: 1, Last: 1, Missing: 1}, {First: 3, Last: 3, Missing: 1}, {First: 8, Last: 9, Missing: 2}, {First: 36, Last: 37, Missing: 2}}, gaps)
	read := s.Entries[slices.IndexFunc(s.Entries, func(e story.Entry) bool { return e.Kind == story.KindTool })]
	require.Equal(t, "Read", read.Tool.Name)
	require.Equal(t, story.OutcomeOK, read.Tool.Outcome)
	require.Equal(t, noon.Add(3*time.Second-12*time.Millisecond), read.Time, "it began that long before it ended")

	b := story.NewBuilder(story.Limits{})
	b.Part = true
	for i := range less {
		b.Add(&less[i])
	}
	require.Equal(t, 5, b.Story().Missing, "a part begins where it begins")

	// After a restart of the numbers they begin again.
	restarted := slices.Clone(less)
	for i := range restarted {
		if restarted[i].Seq == 20 {
			restarted[i].Restarted = true
		}
		if restarted[i].Seq >= 20 {
			restarted[i].Seq -= 19
		}
	}
	require.Equal(t, 6, build(restarted, story.Limits{}).Missing)
	// A number that nobody can have reached is somebody's invention.
	forged := append(slices.Clone(all), story.Event{Time: noon, ID: "x", Session: recorded.Shop, Type: semconv.EventHookEvent, Seq: 1 << 62})
	require.Positive(t, build(forged, story.Limits{}).Missing)
}

func TestBounds(t *testing.T) {
	all := events(t)
	s := build(all, story.Limits{Events: 20})
	require.Equal(t, 54-3-20, s.LeftOut, "alerts have room of their own")
	require.Equal(t, 50, s.Session.Events, "and everything is counted")
	require.Equal(t, 3, s.Session.Alerts.Total())
	s = build(all, story.Limits{Text: 1})
	require.Positive(t, s.LeftOut)
	long := all[1]
	long.Command = string(make([]byte, 1000))
	s = build(append(slices.Clone(all[:1]), long), story.Limits{Text: 400})
	require.Equal(t, 1, s.Cut)
	require.Equal(t, 50, story.Session{Counts: story.Counts{Events: 50}}.Events)
}

// The numbers of a session are the same however its records are spread over
// segments, and those of Load.
func TestTalliesMerge(t *testing.T) {
	all := events(t)
	whole := build(all, story.Limits{}).Session
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		parts := make([]story.Tally, 1+r.IntN(5))
		at := 0
		for i := range all {
			if r.IntN(10) == 0 && at < len(parts)-1 {
				at++
			}
			parts[at].Add(&all[i])
		}
		sum := parts[0]
		for i := range parts[1:] {
			sum.Merge(&parts[i+1])
		}
		require.Equal(t, whole, sum.Session())
	}
}

func TestAgentsInACircle(t *testing.T) {
	at := noon
	call := func(agent, child string) story.Event {
		at = at.Add(time.Second)
		return story.Event{
			Time: at, Type: semconv.EventSubAgentDelegation, Hook: "PostToolUse", Tool: "Agent", ToolUseID: agent + child, AgentID: agent,
			DelegateID: child, Session: "s", Duration: -1,
		}
	}
	s := build([]story.Event{call("a", "b"), call("b", "c"), call("c", "a"), call("d", "d")}, story.Limits{})
	require.Len(t, s.Agents, 4)
	for _, a := range s.Agents {
		require.Positive(t, a.Depth)
		require.LessOrEqual(t, a.Depth, 16)
	}
}

func TestRisk(t *testing.T) {
	require.Zero(t, story.Risk(0, story.AlertCounts{}, 0))
	require.Equal(t, 10, story.Risk(0, story.AlertCounts{}, 1000))
	require.Equal(t, 40, story.Risk(40, story.AlertCounts{Medium: 1}, 0))
	require.Equal(t, 40, story.Risk(40, story.AlertCounts{Medium: 1, Low: 100}, 0))
	require.Equal(t, 47, story.Risk(40, story.AlertCounts{Medium: 3, High: 1}, 1))
	require.Equal(t, 70, story.Risk(40, story.AlertCounts{Medium: 300}, 300))
	require.Equal(t, 100, story.Risk(1000, story.AlertCounts{Critical: 300}, 300))
	require.Zero(t, story.Risk(-5, story.AlertCounts{}, 0))
}

// What the collector says of who called whom counts more than a guess, and what it
// says later more than what it said before.
func TestWhoCalledWhom(t *testing.T) {
	at := noon
	event := func(e story.Event) story.Event {
		at = at.Add(time.Second)
		e.Time, e.Session, e.Duration, e.ID = at, "s", -1, at.String()
		return e
	}
	call := func(agent, id string) story.Event {
		return event(story.Event{Type: semconv.EventSubAgentDelegation, Hook: "PreToolUse", Tool: "Agent", ToolUseID: id, AgentID: agent, Delegate: "x", Description: id})
	}
	start := func(agent, parent, by, link string) story.Event {
		return event(story.Event{Type: semconv.EventSubagentStart, Hook: "SubagentStart", AgentID: agent, AgentType: "x", Parent: parent, MadeBy: by, Link: link})
	}
	all := []story.Event{
		call("", "1"), call("", "2"), call("", "3"),
		start("a", "", "", ""),                               // guessed
		start("b", "a", "9", semconv.LinkProvisional),        // said
		start("c", semconv.AgentMain, "3", semconv.LinkSpan), // said
		event(story.Event{Type: semconv.EventAgentLink, AgentID: "b", Parent: "c", MadeBy: "8", Link: semconv.LinkConfirmed}),
		event(story.Event{Type: semconv.EventHookEvent, AgentID: "b", Parent: "a", MadeBy: "9", Link: semconv.LinkProvisional}),
	}
	s := build(all, story.Limits{})
	require.Equal(t, 7, s.Session.Events)
	who := map[string]story.Agent{}
	for _, a := range s.Agents {
		a.Start, a.End = time.Time{}, time.Time{}
		who[a.ID] = a
	}
	require.Equal(t, story.Agent{ID: "a", Type: "x", Depth: 1, ToolUseID: "1", Link: semconv.LinkProvisional, Description: "1"}, who["a"])
	require.Equal(t, story.Agent{ID: "b", Type: "x", Parent: "c", Depth: 2, ToolUseID: "8", Link: semconv.LinkConfirmed}, who["b"])
	require.Equal(t, story.Agent{ID: "c", Type: "x", Depth: 1, ToolUseID: "3", Link: semconv.LinkSpan, Description: "3"}, who["c"])

	// Another call of which the description is known, nobody any more, and an answer.
	link := func(e story.Event) story.Event { e.Type, e.AgentID = semconv.EventAgentLink, "b"; return event(e) }
	last := func(more ...story.Event) story.Agent {
		all = append(all, more...)
		s := build(all, story.Limits{})
		require.Len(t, s.Agents, 3)
		s.Agents[1].Start, s.Agents[1].End = time.Time{}, time.Time{}
		return s.Agents[1]
	}
	sidecar := story.Event{Parent: semconv.AgentMain, MadeBy: "2", Link: semconv.LinkSidecar}
	require.Equal(t, story.Agent{ID: "b", Type: "x", Depth: 1, ToolUseID: "2", Link: semconv.LinkSidecar, Description: "2"}, last(link(sidecar)))
	require.Equal(t, story.Agent{ID: "b", Type: "x", Depth: 1}, last(link(story.Event{})))
	answer := event(story.Event{
		Type: semconv.EventSubAgentDelegation, Hook: "PostToolUse", Tool: "Agent", ToolUseID: "7", AgentID: "c", DelegateID: "b", Description: "7",
	})
	answered := story.Agent{ID: "b", Type: "x", Parent: "c", Depth: 2, ToolUseID: "7", Link: semconv.LinkConfirmed, Description: "7"}
	require.Equal(t, answered, last(answer))
	require.Equal(t, answered, last(link(sidecar)), "an answer names the agent itself")
}
