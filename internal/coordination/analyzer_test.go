package coordination

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// script makes events of a session by hand. Times are seconds.
type script struct {
	events []Event
	n      int
}

var epoch = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func moment(seconds float64) int64 { return epoch.UnixNano() + int64(seconds*1e9) }

func (s *script) add(seconds float64, e Event) {
	s.n++
	e.At, e.Seq = moment(seconds), uint64(s.n)
	e.ID = "event-" + string(rune('a'+s.n/26)) + string(rune('a'+s.n%26))
	s.events = append(s.events, e)
}

func (s *script) mark(at float64, kind Kind) { s.add(at, Event{Kind: kind}) }

func (s *script) agent(kind Kind, at float64, id, typ, parent, call string) {
	s.add(at, Event{Kind: kind, Agent: id, AgentType: typ, Parent: parent, MadeBy: call, Link: "provisional"})
}

// did adds both halves of a tool call.
func (s *script) did(from, to float64, agent, call string, action Action, target, detail string) {
	e := Event{Kind: Begin, Agent: agent, Call: call, Action: action, Target: target, Detail: detail, Duration: -1}
	s.add(from, e)
	e.Kind, e.Duration = End, int64((to-from)*1000)
	s.add(to, e)
}

// delegation adds a call of an agent and its life. answered is when the answer came.
func (s *script) delegation(from, answered float64, caller, call, id, typ string, background bool) {
	asked := &Asked{Type: typ, Background: background, Description: "look at " + id, Tokens: -1, ToolCalls: -1, DurationMS: -1}
	e := Event{Kind: Begin, Agent: caller, Call: call, Action: Delegate, Asked: asked, Duration: -1}
	s.add(from, e)
	parent := caller
	if parent == "" {
		parent = "main"
	}
	s.agent(AgentStart, from+0.1, id, typ, parent, call)
	done := *asked
	done.Child, done.Status = id, "completed"
	if background {
		done.Status = "async_launched"
	} else {
		done.Tokens, done.ToolCalls, done.DurationMS = 1000, 3, int64((answered-from)*1000)
	}
	e.Kind, e.Asked = End, &done
	s.add(answered, e)
}

// nested is a session with nested, parallel and background agents, a conflict, work
// that is done twice, a call that is denied and one that fails.
func nested() []Event {
	var s script
	s.mark(0, Prompt)
	s.did(1, 2, "", "main-read", Read, "/p/README.md", "")
	// Two at the same time, of 10 s to 30 s and 10 s to 40 s.
	s.delegation(10, 30, "", "call-a", "a1", "Explore", false)
	s.delegation(10, 40, "", "call-b", "a2", "Explore", false)
	s.did(11, 12, "a1", "a1-read", Read, "/p/README.md", "") // repeats main's
	s.did(13, 14, "a2", "a2-grep", Search, "/p/src", "TODO")
	s.did(15, 16, "a1", "a1-grep", Search, "/p/src", "TODO") // repeats a2's
	s.did(17, 20, "a1", "a1-edit", Edit, "/p/src/x.go", "")
	s.did(21, 24, "a2", "a2-edit", Edit, "/p/src/x.go", "") // conflicts with a1's
	s.agent(AgentStop, 29, "a1", "Explore", "main", "call-a")
	// a2 calls another one, and waits from 25 s to 35 s.
	s.delegation(25, 35, "a2", "call-c", "a3", "Plan", false)
	s.did(26, 27, "a3", "a3-edit", Edit, "/p/src/x.go", "") // a2 waits: no conflict with it
	s.agent(AgentStop, 34, "a3", "Plan", "a2", "call-c")
	s.agent(AgentStop, 39, "a2", "Explore", "main", "call-b")
	// One that was not allowed, and one that failed.
	asked := &Asked{Type: "Plan", Tokens: -1, ToolCalls: -1, DurationMS: -1}
	s.add(41, Event{Kind: Begin, Call: "call-d", Action: Delegate, Asked: asked, Duration: -1})
	s.add(42, Event{Kind: Denied, Call: "call-d", Action: Delegate, Asked: asked, Duration: -1})
	s.add(42, Event{Kind: Begin, Call: "call-e", Action: Delegate, Asked: asked, Duration: -1})
	s.add(44, Event{Kind: Failed, Call: "call-e", Action: Delegate, Asked: asked, Error: "tool_error", Duration: 2000})
	// One in the background from 45 s to 75 s; the main one ends its turn at 50 s, and goes on at 76 s.
	s.delegation(45, 45.2, "", "call-f", "a4", "Explore", true)
	s.mark(50, TurnEnd)
	s.did(60, 62, "a4", "a4-bash", Elsewise, "", "")
	s.agent(AgentStop, 75, "a4", "Explore", "main", "call-f")
	s.add(76, Event{Kind: Notification, Child: "a4"})
	s.mark(80, TurnEnd)
	s.mark(90, SessionEnd)
	return s.events
}

func golden(t *testing.T, name string, got any) {
	t.Helper()
	data, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, append(data, '\n'), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(data))
}

func TestEveryFigure(t *testing.T) {
	s := Build(nested(), Limits{})
	golden(t, "nested.json", s)

	require.True(t, s.Ended)
	byID := map[string]Delegation{}
	for _, d := range s.Delegations {
		byID[d.ID] = d
	}
	require.Len(t, byID, 6)
	a1, a2, a3, a4 := byID["a1"], byID["a2"], byID["a3"], byID["a4"]
	require.Equal(t, []string{OutcomeCompleted, OutcomeCompleted, OutcomeCompleted, OutcomeStopped}, []string{a1.Outcome, a2.Outcome, a3.Outcome, a4.Outcome})
	require.EqualValues(t, 18900, a1.Duration) // 10.1 to 29
	require.EqualValues(t, 28900, a2.Duration) // 10.1 to 39
	require.EqualValues(t, 10000, a2.Waiting)  // 25 to 35
	require.EqualValues(t, 18900, a2.Own)
	require.Equal(t, 1, a2.Children)
	require.Equal(t, 2, a3.Depth)
	require.EqualValues(t, 1000, a1.Tokens)
	require.EqualValues(t, -1, a4.Tokens)
	require.True(t, a4.Background)
	require.EqualValues(t, 29900, a4.Duration)
	require.Equal(t, OutcomeDenied, byID["call-d"].Outcome)
	require.Equal(t, OutcomeFailed, byID["call-e"].Outcome)
	require.Equal(t, 1, byID["call-e"].Depth)

	require.Equal(t, 2, s.ConflictCount) // a1 and a2; a3 changed it behind a2, which waited
	require.Equal(t, "a1-edit", s.Conflicts[0].First.Call)
	require.Equal(t, "a2-edit", s.Conflicts[0].Second.Call)
	require.Equal(t, ConflictConcurrent, s.Conflicts[0].Kind)

	require.Equal(t, 2, s.RepeatCount)
	require.Equal(t, "main-read", s.Repeated[0].First.Call)
	require.Equal(t, "a1-grep", s.Repeated[1].Second.Call)
}

func TestOrderAndDoublesDoNotMatter(t *testing.T) {
	want := Build(nested(), Limits{})
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		events := append(nested(), nested()...)
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		require.Equal(t, want, Build(events, Limits{}), "seed %d", seed)
	}
}
