package agents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// crowd is a session of many agents: a third each are called by the main one, by one of
// those, and by one of these.
func crowd(session string, agents int, at time.Time) []plog.Logs {
	main := begin(session, "/home/dev/shop", at)
	main.s.Step = 100 * time.Millisecond
	n := 0
	var work func(by *actor, depth int)
	work = func(by *actor, depth int) {
		if n++; n > agents {
			return
		}
		a := by.calls(agentID(n), fmt.Sprintf("type-%d", n%7), fmt.Sprintf("Task %d", n), false)
		a.reads(fmt.Sprintf("file-%d.go", n%50))
		tokens := n
		if depth < 3 {
			work(a, depth+1)
		}
		a.stops(tokens)
	}
	for n < agents {
		work(main, 1)
	}
	return main.ends()
}

func TestTreeOf500Agents(t *testing.T) {
	s := newStage(t, crowd(teamSession, 500, noon)...)
	out := s.ok(t, "tree", "--width", "100")
	fits(t, out, 100)
	require.Equal(t, 500, strings.Count(out, "complete")-1)
	require.Contains(t, out, "500 agents, 3 deep")
	all := decode[Agent](t, afterFirst(s.ok(t, "tree", "--json")))
	require.Len(t, all, 501)
	depths := map[int]int{}
	for _, a := range all {
		depths[*a.Depth]++
	}
	require.Equal(t, map[int]int{0: 1, 1: 167, 2: 167, 3: 166}, depths)
}

// changed lets a script's records say something else.
func changed(all []plog.Logs, fn func(lr plog.LogRecord)) []plog.Logs {
	for _, ld := range all {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					fn(lr)
				}
			}
		}
	}
	return all
}

// claim makes records of agents name parents, as the agents' ids say.
func claim(parents map[string]string) func(plog.LogRecord) {
	return func(lr plog.LogRecord) {
		id, ok := lr.Attributes().Get(semconv.AgentID)
		if !ok {
			return
		}
		if parent, ok := parents[id.Str()]; ok {
			lr.Attributes().PutStr(semconv.AgentParentID, parent)
			lr.Attributes().PutStr(semconv.AgentLink, semconv.LinkConfirmed)
		}
	}
}

func TestRecordsThatClaimACircle(t *testing.T) {
	main := begin(teamSession, "/home/dev/shop", noon)
	for n := range 6 {
		a := &actor{s: main.s, id: agentID(n), kind: "Explore"}
		main.s.Hook("SubagentStart", a.fields())
		a.reads("x.go")
		main.s.Hook("SubagentStop", a.fields())
	}
	s := newStage(t, changed(main.ends(), claim(map[string]string{
		agentID(0): agentID(2), agentID(1): agentID(0), agentID(2): agentID(1), // a circle
		agentID(3): agentID(3),      // itself
		agentID(4): "a-lost-parent", // of which nothing was recorded
		agentID(5): "main",
	}))...)
	out := s.ok(t, "tree", "--width", "120")
	golden(t, "tree-circle.txt", out)
	all := decode[Agent](t, afterFirst(s.ok(t, "tree", "--json")))
	require.Len(t, all, 8, "each once")
}

func TestHostileNames(t *testing.T) {
	long := strings.Repeat("A\x1b[2J", 200_000) // 1 MiB
	for name, text := range map[string]string{"controls": recorded.Hostile, "long": long, "bytes": "\xff\xfe\x00", "format": "%s%n{{.}}$(id)"} {
		t.Run(name, func(t *testing.T) {
			main := begin(teamSession, "/home/dev/shop", noon)
			a := main.calls(text, text, text, false)
			a.reads(text)
			a.stops(-5)
			b := a.calls(semconv.AgentMain, "main", "Stand in its place", false)
			b.reads("x.go")
			s := newStage(t, changed(main.ends(), func(lr plog.LogRecord) {
				if _, ok := lr.Attributes().Get(semconv.AgentID); ok { // as nobody but a forger would have it
					lr.Attributes().PutStr(semconv.AgentID, text)
					lr.Attributes().PutStr(semconv.AgentName, text)
					lr.Attributes().PutStr(semconv.AgentParentID, text+"x")
					lr.Attributes().PutStr(semconv.AgentLink, text)
				}
			})...)
			for _, width := range []string{"60", "80", "140"} {
				s.tty = width != "80"
				out := s.ok(t, "tree", "--width", width)
				fits(t, out, map[string]int{"60": 60, "80": 80, "140": 140}[width])
			}
			require.Less(t, len(s.ok(t, "tree", "--json")), 100_000)
			out := s.ok(t, "tree", "--csv")
			require.NotContains(t, out, "\x1b")
			require.NotContains(t, out, `"=`)
		})
	}
}
