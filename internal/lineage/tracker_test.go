package lineage

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// bench is a tracker whose clock is the test's.
type bench struct {
	*Tracker
	t  *testing.T
	at time.Time
}

func newBench(t *testing.T, l Limits) *bench {
	b := &bench{Tracker: NewTracker(l), t: t, at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	b.now = func() time.Time { return b.at }
	return b
}

// see observes an event, a second after the one before.
func (b *bench) see(e Event) string {
	b.at = b.at.Add(time.Second)
	if e.At == 0 {
		e.At = b.at.UnixNano()
	}
	if e.Session == "" {
		e.Session = "s"
	}
	if e.Prompt == "" {
		e.Prompt = "p"
	}
	return show(b.Observe(&e))
}

func show(p Place) string {
	return fmt.Sprintf("%s<%s %d %s %s", p.ID, p.Parent, p.Depth, p.Call, p.Link)
}

func (b *bench) agent(id string) string {
	p, _, _ := b.Agent("s", id)
	return show(p)
}

func (b *bench) state(id string) State {
	_, s, ok := b.Agent("s", id)
	require.True(b.t, ok)
	return s
}

func TestTheOldestCallOfThePromptAndTypeIsTaken(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x", Prompt: "p1"})
	b.see(Event{Kind: Call, Call: "c2", Asked: "y", Prompt: "p1"})
	b.see(Event{Kind: Call, Call: "c3", Asked: "y", Prompt: "p2"})
	b.see(Event{Kind: Call, Call: "c4", Asked: "y", Prompt: "p2"})
	require.Equal(t, "a1<main 1 c3 provisional", b.see(Event{Kind: Start, Agent: "a1", Type: "y", Prompt: "p2"}))
	require.Equal(t, "a2<main 1 c4 provisional", b.see(Event{Kind: Start, Agent: "a2", Type: "y", Prompt: "p2"}))
	require.Equal(t, "a3<main 1 c2 provisional", b.see(Event{Kind: Start, Agent: "a3", Type: "y", Prompt: "p2"}), "then of the type")
	require.Equal(t, "a4<main 1 c1 provisional", b.see(Event{Kind: Start, Agent: "a4", Type: "z", Prompt: "p2"}), "then any")
	require.Equal(t, "a5< -1  ", b.see(Event{Kind: Start, Agent: "a5", Type: "y", Prompt: "p2"}), "and then none")
}

func TestACallWithoutATypeIsOfTheDefaultOne(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x"})
	b.see(Event{Kind: Call, Call: "c2"})
	require.Equal(t, "a1<main 1 c2 provisional", b.see(Event{Kind: Start, Agent: "a1", Type: "general-purpose"}))
}

func TestNobodyComesFromACallMadeLater(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Start, Agent: "a1", Type: "x"})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x"})
	require.Equal(t, "a1< -1  ", b.agent("a1"))
}

func TestDeniedAndFailedCallsMakeNobody(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x"})
	b.see(Event{Kind: Denied, Call: "c1", Asked: "x"})
	b.see(Event{Kind: Call, Call: "c2", Asked: "x"})
	b.see(Event{Kind: Failed, Call: "c2", Asked: "x"})
	b.see(Event{Kind: Call, Call: "c3", Asked: "x"})
	b.see(Event{Kind: Answer, Call: "c3", Asked: "x"}) // of a version that names nobody
	require.Equal(t, "a1< -1  ", b.see(Event{Kind: Start, Agent: "a1", Type: "x"}))
	b.see(Event{Kind: Call, Call: "c4", Asked: "x"})
	b.see(Event{Kind: Start, Agent: "a2", Type: "x"})
	b.see(Event{Kind: Failed, Call: "c4", Asked: "x"})
	require.Equal(t, "a2<main 1 c4 provisional", b.agent("a2"), "it failed after it had begun")
}

func TestAnOldCallComesBehindThoseOfTheLastMinute(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "given up", Asked: "x"})
	b.at = b.at.Add(2 * time.Minute)
	b.see(Event{Agent: "a0", Kind: Call, Call: "c2", Asked: "x"})
	require.Equal(t, "a1<a0 -1 c2 provisional", b.see(Event{Kind: Start, Agent: "a1", Type: "x"}))
}

func TestDepth(t *testing.T) {
	b := newBench(t, Limits{})
	parent, parentShown := "", "main"
	for depth := 1; depth <= 20; depth++ {
		id, call := fmt.Sprintf("a%d", depth), fmt.Sprintf("c%d", depth)
		b.see(Event{Agent: parent, Kind: Call, Call: call, Asked: "x"})
		require.Equal(t, fmt.Sprintf("%s<%s %d %s provisional", id, parentShown, depth, call), b.see(Event{Kind: Start, Agent: id, Type: "x"}))
		parent, parentShown = id, id
	}
	p, _, _ := b.Agent("s", "a20")
	require.Equal(t, "a1", p.Root)
}

func TestCirclesAreNoLineage(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Agent: "a", Kind: Answer, Call: "c1", Child: "b"})
	b.see(Event{Agent: "b", Kind: Answer, Call: "c2", Child: "a"})
	b.see(Event{Agent: "c", Kind: Answer, Call: "c3", Child: "c"})
	require.Equal(t, "a<b -1 c2 confirmed", b.agent("a"))
	require.Equal(t, "c< -1  ", b.agent("c"), "nobody calls itself")
	b.see(Event{Agent: "a", Kind: Call, Call: "c4", Asked: "x"})
	b.see(Event{Agent: "d", Type: "x", Kind: Start})
	require.Equal(t, "d<a -1 c4 provisional", b.agent("d"))
}

func TestWhatIsSurerCounts(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x"})
	b.see(Event{Kind: Start, Agent: "a1", Type: "x"})
	look := Look{Session: "s", Agent: "a1"}
	b.Found(look, Sidecar{Type: "x", Call: "c9", Parent: "a9", Depth: 2})
	require.Equal(t, "a1<a9 -1 c9 sidecar", b.agent("a1"))
	b.see(Event{Kind: Start, Agent: "a2", Type: "x"})
	require.Equal(t, "a2<main 1 c1 provisional", b.agent("a2"), "the call is free again")
	b.see(Event{Kind: Span, Agent: "a1", Parent: "a8"})
	require.Equal(t, "a1<a8 -1  span", b.agent("a1"))
	b.Found(look, Sidecar{Parent: "a9"})
	require.Equal(t, "a1<a8 -1  span", b.agent("a1"))
	b.see(Event{Kind: Answer, Call: "c1", Child: "a1"})
	require.Equal(t, "a1<main 1 c1 confirmed", b.agent("a1"))
	require.Equal(t, "a2< -1  ", b.agent("a2"))
	b.see(Event{Kind: Answer, Call: "c7", Agent: "a2", Child: "a1"})
	require.Equal(t, "a1<main 1 c1 confirmed", b.agent("a1"), "an agent that is called again stays whose it is")
}

func TestANotificationNamesTheCall(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Notification, Call: "c1", Child: "a1"})
	require.Equal(t, "a1< -1  ", b.agent("a1"))
	b.see(Event{Kind: Call, Call: "c1", Agent: "a0"})
	require.Equal(t, "a1<a0 -1 c1 confirmed", b.agent("a1"))
}

func TestLife(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Start, Agent: "a", Type: "x"})
	require.Equal(t, Spawned, b.state("a"))
	b.see(Event{Agent: "a", Type: "x"})
	require.Equal(t, Active, b.state("a"))
	b.at = b.at.Add(3 * time.Minute)
	require.Equal(t, Waiting, b.state("a"))
	b.see(Event{Kind: Stop, Agent: "a", Type: "x"})
	b.see(Event{Kind: Stop, Agent: "a", Type: "x"})
	require.Equal(t, Complete, b.state("a"))
	b.see(Event{Agent: "a", Type: "x"})
	require.Equal(t, Active, b.state("a"), "the last stop counts")
	b.see(Event{Kind: Idle, Child: "a"})
	require.Equal(t, Waiting, b.state("a"), "a teammate waits")
	b.see(Event{Kind: Stop, Agent: "a", Type: "x"})
	c := b.Sweep()
	require.Equal(t, [States]int{Complete: 1}, c.Agents)
	require.Equal(t, 1, c.Orphans)
	b.see(Event{Kind: End})
	b.at = b.at.Add(59 * time.Minute)
	require.Equal(t, 1, b.Sweep().Sessions)
	b.at = b.at.Add(time.Minute)
	require.Equal(t, 0, b.Sweep().Sessions, "and is forgotten")
	require.Zero(t, b.agents)
}

func TestHelpersBelongToNobody(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x"})
	require.Equal(t, "h< -1  ", b.see(Event{Kind: Stop, Agent: "h"}))
	require.Equal(t, "a<main 1 c1 provisional", b.see(Event{Kind: Start, Agent: "a", Type: "x"}))
}

func TestCorrectionsAreToldOnceTheyStand(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Start, Agent: "a1", Type: "x", Project: "shop"})
	b.see(Event{Kind: Answer, Call: "c1", Child: "a1"})
	require.Empty(t, b.Corrections(2*time.Second, 10))
	b.at = b.at.Add(2 * time.Second)
	list := b.Corrections(2*time.Second, 10)
	require.Len(t, list, 1)
	require.Equal(t, list, b.Corrections(2*time.Second, 10), "until it is told")
	c := list[0]
	require.Equal(t, "shop", c.Project)
	require.Equal(t, Link{}, c.Before)
	require.Equal(t, "a1<main 1 c1 confirmed", show(c.Agent))
	b.Told(c)
	require.Empty(t, b.Corrections(0, 10))
	b.Told(Correction{Session: "gone"})
	b.Told(Correction{Session: "s", Agent: Place{ID: "gone"}})

	for i := range 40 { // somebody makes up answers, each before the last
		b.see(Event{Agent: "p" + strconv.Itoa(i), Kind: Answer, Call: "x" + strconv.Itoa(i), Child: "a1", At: int64(1_000 - i)})
		for _, c := range b.Corrections(0, 10) {
			b.Told(c)
		}
	}
	_, s := b.sessions["s"].Value.(*named), b.sessions["s"].Value.(*named).Agents["a1"]
	require.Equal(t, maxCorrections, s.Corrected)
	require.Empty(t, b.waiting)
}

func TestBounds(t *testing.T) {
	b := newBench(t, Limits{Sessions: 3, Agents: 10, All: 25})
	for i := range 100 {
		b.see(Event{Kind: Start, Agent: strconv.Itoa(i), Type: "x"})
		b.see(Event{Kind: Call, Call: strconv.Itoa(i)})
	}
	s := b.sessions["s"].Value.(*named)
	require.Len(t, s.Agents, 10)
	require.Len(t, s.Calls, 10)
	require.Len(t, s.open, 10)
	require.Equal(t, int64(90), b.Sweep().Unfollowed)
	b.see(Event{Kind: Stop, Agent: "3", Type: "x"})
	b.see(Event{Kind: Start, Agent: "new", Type: "x"})
	require.Contains(t, s.Agents, "new")
	require.NotContains(t, s.Agents, "3", "who has stopped makes room")
	for i := range 10 {
		for j := range 10 {
			b.see(Event{Session: "s" + strconv.Itoa(i), Kind: Start, Agent: strconv.Itoa(j), Type: "x"})
		}
	}
	require.LessOrEqual(t, b.agents, 25)
	require.LessOrEqual(t, len(b.sessions), 3)
	require.Positive(t, b.Sweep().Forgotten)
	require.LessOrEqual(t, len(b.looks), maxLooks)
}

func TestWhatIsNoIDIsNotFollowed(t *testing.T) {
	b := newBench(t, Limits{})
	for _, bad := range []string{semconv.AgentMain, strings.Repeat("a", MaxID+1), "a\nb", "\x1b[31m", "a\xff", "\u009b"} {
		require.Contains(t, b.see(Event{Kind: Start, Agent: bad, Type: "x"}), "< -1", bad)
		b.see(Event{Kind: Answer, Call: "c", Child: bad})
		b.see(Event{Kind: Call, Call: bad})
		b.see(Event{Session: bad, Kind: Start, Agent: "a"})
		b.see(Event{Kind: Notification, Call: "c", Child: bad})
	}
	if e := b.sessions["s"]; e != nil {
		require.Empty(t, e.Value.(*named).Agents)
	}
	require.Len(t, b.sessions, 1)
}

func TestFilesAreLookedForWhereNothingElseTells(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Start, Agent: "a1", Type: "x", Transcript: "/p/s.jsonl"})
	b.see(Event{Kind: Start, Agent: "a2", Type: "x"})
	require.Empty(t, b.Looks(10), "a little later")
	b.at = b.at.Add(time.Second)
	require.Len(t, b.Looks(10), 1)
	b.see(Event{Kind: Answer, Call: "c2", Child: "a2"})
	b.at = b.at.Add(time.Minute)
	require.Empty(t, b.Looks(10), "a2 is known")
	for range 5 {
		b.see(Event{Kind: Stop, Agent: "a1", Type: "x"})
	}
	b.at = b.at.Add(time.Minute)
	require.Equal(t, []Look{{"s", "a1", "/p/s.jsonl"}, {"s", "a1", "/p/s.jsonl"}}, b.Looks(10), "three in all")
	b.Found(Look{Session: "s", Agent: "a1"}, Sidecar{Type: "x", Depth: 2})
	require.Equal(t, "a1< -1  ", b.agent("a1"), "a parent that is not named is not main")
	b.Found(Look{Session: "s", Agent: "a1"}, Sidecar{Type: "x", Depth: -1})
	require.Equal(t, "a1< -1  ", b.agent("a1"), "nor when the depth is not said")
	b.see(Event{Kind: Start, Agent: "a4", Type: "x"})
	b.see(Event{Kind: Call, Agent: "a3", Call: "c4", Asked: "x"})
	b.Found(Look{Session: "s", Agent: "a4"}, Sidecar{Type: "x", Call: "c4", Depth: -1})
	require.Equal(t, "a4<a3 -1 c4 sidecar", b.agent("a4"), "but the call is known")
	b.Found(Look{Session: "gone"}, Sidecar{})
	b.Found(Look{Session: "s", Agent: "gone"}, Sidecar{})
	b.Found(Look{Session: "s", Agent: "a1"}, Sidecar{Parent: "a\n"})
	require.Equal(t, "a1< -1  ", b.agent("a1"))
}
