package coordination

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// attack is a session that nobody has by accident: 500 agents, up to ten deep, who claim to
// have called themselves and each other in circles, with 50,000 tool calls, of which some
// have the id of another agent's.
func attack() []Event {
	const agents, calls = 500, 50_000
	r := rand.New(rand.NewPCG(1, 9))
	id := func(i int) string { return fmt.Sprintf("a%016x", i) }
	events := []Event{{Kind: Prompt}}
	for i := range agents {
		parent, call := "main", fmt.Sprint("delegation", i)
		caller := ""
		if i%10 > 0 { // chains of ten
			parent = id(i - 1)
			caller = parent
		}
		switch i % 50 {
		case 7:
			parent = id(i) // itself
		case 20:
			parent = id(i + 9) // a circle of ten
		}
		asked := &Asked{Type: fmt.Sprint("type", i%7, "\x1b[2J<script>"), Tokens: -1, ToolCalls: -1, DurationMS: -1}
		events = append(events,
			Event{Kind: Begin, Agent: caller, Call: call, Tool: "Agent", Action: Delegate, Asked: asked, Duration: -1},
			Event{Kind: AgentStart, Agent: id(i), AgentType: asked.Type, Parent: parent, MadeBy: call, Link: "confirmed"})
	}
	for i := range calls {
		agent, call := id(r.IntN(agents)), fmt.Sprint("call", i)
		if i%100 == 0 {
			call = fmt.Sprint("call", r.IntN(i+1)) // of whoever has it
		}
		e := Event{Kind: Begin, Agent: agent, Call: call, Tool: "Read", Action: Action(1 + r.IntN(3)), Target: fmt.Sprint("/p/", strings.Repeat("d/", r.IntN(60)), r.IntN(300)), Duration: -1}
		events = append(events, e)
		if e.Kind, e.Duration = End, int64(r.IntN(1000)); r.IntN(33) > 0 {
			events = append(events, e)
		}
		if i%20 == 0 {
			events = append(events, Event{Kind: Ask, Agent: agent, Tool: "Read"})
		}
	}
	for i := range agents {
		events = append(events, Event{Kind: AgentStop, Agent: id(i)})
	}
	for i := range events {
		events[i].ID, events[i].At = fmt.Sprintf("%08x", i), moment(float64(i)/20)
	}
	return append(events, Event{ID: "end", Kind: SessionEnd, At: moment(float64(len(events)) / 20)})
}

func TestAttack(t *testing.T) {
	events := attack()
	for name, limits := range map[string]Limits{"as many as are taken in": {}, "all": {Calls: 100_000, Bytes: 256 << 20}} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			a := NewAnalyzer(limits)
			for i := range events {
				a.Add(&events[i])
			}
			added := time.Since(start)
			s := a.Session()
			took := time.Since(start)
			runtime.GC()
			runtime.ReadMemStats(&after)
			held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
			t.Logf("%d events in %s, a session in %s; %d KiB held, said to be %d; %d left out, %d conflicts, %d repeats, %d recommendations",
				len(events), added, took-added, held>>10, a.Size()>>10, s.LeftOut, s.ConflictCount, s.RepeatCount, len(s.Recommendations))
			require.Less(t, took, 20*time.Second)
			require.Less(t, held, int64(3*a.Size()))
			require.Len(t, s.Delegations, 510, "and ten calls of agents that say they called themselves")
			calls, deepest, unknown := 0, 0, 0
			for i := range s.Delegations {
				d := &s.Delegations[i]
				require.Equal(t, d.Duration, d.Own+d.Waiting+d.Approval)
				calls += d.ToolCalls
				deepest = max(deepest, d.Depth)
				if d.Depth < 0 {
					unknown++
				}
			}
			require.Equal(t, 10, deepest)
			require.Equal(t, 10*(3+10), unknown, "below whom called itself, and of circles")
			require.LessOrEqual(t, s.Efficiency.Efficiency, 1.0)
			require.LessOrEqual(t, s.CriticalPath.Length, s.Efficiency.Wall)
			require.LessOrEqual(t, len(s.Conflicts)+len(s.Repeated), 400)
			if limits.Calls == 0 {
				require.Positive(t, s.LeftOut, "it is said")
				require.Less(t, calls, 20_000)
			} else {
				require.Zero(t, s.LeftOut)
				require.InDelta(t, 50_000, calls, 600, "those of one id are one")
			}
			runtime.KeepAlive(a)
		})
	}
}
