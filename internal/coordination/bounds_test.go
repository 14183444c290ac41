package coordination

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is held does not grow with what an agent makes up.
func TestFloods(t *testing.T) {
	limits := Limits{Calls: 500, Agents: 50, Bytes: 1 << 20, Listed: 10}
	long := strings.Repeat("x", 4096)
	for name, e := range map[string]func(i int) Event{
		"calls": func(i int) Event { return Event{Kind: Begin, Call: fmt.Sprint(i), Action: Read, Target: fmt.Sprint(i)} },
		"long paths": func(i int) Event {
			return Event{Kind: End, Call: fmt.Sprint(i), Action: Edit, Target: long + fmt.Sprint(i)}
		},
		"agents":   func(i int) Event { return Event{Kind: AgentStart, Agent: fmt.Sprint("a", i), AgentType: long} },
		"types":    func(i int) Event { return Event{Kind: AgentStop, Agent: "a", AgentType: long + fmt.Sprint(i)} },
		"parents":  func(i int) Event { return Event{Agent: "a", Parent: long + fmt.Sprint(i), Link: "confirmed"} },
		"prompts":  func(i int) Event { return Event{Kind: Notification, Child: long + fmt.Sprint(i)} },
		"requests": func(i int) Event { return Event{Kind: Request, Agent: "a", ID: fmt.Sprint(i), Tokens: 1 << 60} },
		"delegations": func(i int) Event {
			return Event{Kind: Begin, Call: fmt.Sprint(i), Action: Delegate, Asked: &Asked{Type: long}}
		},
		"descriptions": func(i int) Event {
			return Event{Kind: Begin, Call: fmt.Sprint(i), Action: Delegate, Asked: &Asked{Description: long}}
		},
		"answers": func(i int) Event {
			return Event{Kind: End, Call: fmt.Sprint(i), Action: Delegate, Asked: &Asked{Child: fmt.Sprint("k", i)}}
		},
		"conflicts": func(i int) Event {
			return Event{Kind: End, Agent: fmt.Sprint("a", i%40), Call: fmt.Sprint(i), Action: Edit, Target: "f"}
		},
		"changed calls": func(i int) Event {
			return Event{Kind: Begin, Call: "c", ID: long + fmt.Sprint(9999999-i), Action: Read, Target: long + fmt.Sprint(i)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := NewAnalyzer(limits)
			for i := range 20_000 {
				one := e(i)
				one.At = int64(1e18) + int64(20_000-i) // the later ones are earlier: they count
				a.Add(&one)
			}
			require.LessOrEqual(t, a.count(), limits.Calls)
			require.LessOrEqual(t, len(a.Agents), limits.Agents)
			require.LessOrEqual(t, a.Size(), 3<<20)
			start := time.Now()
			s := a.Session()
			require.Less(t, time.Since(start), 10*time.Second)
			require.LessOrEqual(t, len(s.Conflicts), limits.Listed)
			require.LessOrEqual(t, len(s.Repeated), limits.Listed)
			data, err := a.MarshalJSON()
			require.NoError(t, err)
			require.Less(t, len(data), 6<<20)
		})
	}
}

// Agents that claim to have called each other in a circle, many calls that claim one
// agent: the work stays bounded, and so do the figures.
func TestCircles(t *testing.T) {
	var events []Event
	add := func(e Event) {
		e.At = int64(1e18) + int64(len(events))*1e6
		e.ID = fmt.Sprint(len(events))
		events = append(events, e)
	}
	for i := range 60 {
		agent := fmt.Sprint("a", i)
		for j := range 60 {
			call := fmt.Sprint("c", i, "-", j)
			add(Event{Kind: Begin, Agent: agent, Call: call, Action: Delegate, Asked: &Asked{Type: "t"}, Parent: fmt.Sprint("a", (i+1)%60), Link: "confirmed"})
			add(Event{Kind: End, Agent: agent, Call: call, Action: Delegate, Asked: &Asked{Type: "t", Child: fmt.Sprint("a", (i+j)%60)}})
		}
	}
	start := time.Now()
	s := Build(events, Limits{})
	require.Less(t, time.Since(start), 20*time.Second)
	require.LessOrEqual(t, s.Efficiency.Efficiency, 1.0)
	require.LessOrEqual(t, s.Efficiency.Delegated, 1.0)
	for _, d := range s.Delegations {
		require.GreaterOrEqual(t, d.Own, int64(0))
		require.GreaterOrEqual(t, d.Waiting, int64(0))
	}
}

// Whatever events say, figures are in their ranges, and a state can be taken over.
func FuzzBuild(f *testing.F) {
	seed, err := json.Marshal(nested())
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte(`[{"i":"1","t":5,"k":1,"a":"x","p":"x","c":"c","x":4,"q":{"c":"x"}},{"i":"2","t":-5,"k":2}]`))
	f.Add([]byte(`[{"t":9223372036854775807,"k":2,"c":"c","n":9223372036854775807},{"t":1,"k":1,"c":"c"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var events []Event
		if json.Unmarshal(data, &events) != nil || len(events) > 2_000 {
			return
		}
		a := NewAnalyzer(Limits{Calls: 1_000, Agents: 100})
		for i := range events {
			a.Add(&events[i])
		}
		s := a.Session()
		for _, x := range []float64{s.Efficiency.Efficiency, s.Efficiency.Overlap, s.Efficiency.Delegated} {
			require.GreaterOrEqual(t, x, 0.0)
			require.LessOrEqual(t, x, 1.0)
		}
		saved, err := a.MarshalJSON()
		require.NoError(t, err)
		b, err := RestoreAnalyzer(saved, Limits{Calls: 1_000, Agents: 100})
		require.NoError(t, err)
		again, err := json.Marshal(b.Session())
		require.NoError(t, err)
		before, err := json.Marshal(s)
		require.NoError(t, err)
		require.JSONEq(t, string(before), string(again))
	})
}

func FuzzRestoreAnalyzer(f *testing.F) {
	a := NewAnalyzer(Limits{})
	for _, e := range nested() {
		a.Add(&e)
	}
	seed, err := a.MarshalJSON()
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte(`{"a":{"x":null},"c":{"y":{"q":null,"k":4,"h":2,"e":5}}}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if a, err := RestoreAnalyzer(data, Limits{}); err == nil {
			a.Session()
		}
	})
}
