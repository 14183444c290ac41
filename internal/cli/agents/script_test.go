package agents

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/processor/lineageprocessor"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// Ids of the sessions that are made here.
const (
	teamSession  = "7ea70000-aaaa-4bbb-8ccc-000000000003"
	alikeSession = "7ea70000-aaaa-4bbb-8ccc-000000000004"
)

// stamped has the lineage processor say in records where agents stand, as it does in
// the collector.
func stamped(t testing.TB, records []plog.Logs) []plog.Logs {
	t.Helper()
	f := lineageprocessor.NewFactory()
	nowhere, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	require.NoError(t, err)
	p, err := f.CreateLogs(t.Context(), processortest.NewNopSettings(f.Type()), f.CreateDefaultConfig(), nowhere)
	require.NoError(t, err)
	for _, ld := range records {
		require.NoError(t, p.ConsumeLogs(provenance.OfOwner(t.Context()), ld))
	}
	return records
}

func newStage(t testing.TB, records ...plog.Logs) *stage {
	t.Helper()
	s := &stage{home: statedir.Dir(filepath.Join(t.TempDir(), "state")), now: noon.Add(5 * time.Hour)}
	recorded.Audit(t, s.home, joined(records)...)
	return s
}

// joined puts records together to batches: each of them is synced to disk.
func joined(records []plog.Logs) []plog.Logs {
	var all []plog.Logs
	for i, ld := range records {
		if i%500 == 0 {
			all = append(all, plog.NewLogs())
		}
		ld.ResourceLogs().MoveAndAppendTo(all[len(all)-1].ResourceLogs())
	}
	return all
}

// actor is an agent of a script.
type actor struct {
	s    *recorded.Script
	id   string
	kind string
	call recorded.Fields // by which it was called
}

func (a *actor) fields() recorded.Fields {
	if a.id == "" {
		return nil
	}
	return recorded.Fields{"agent_id": a.id, "agent_type": a.kind}
}

// calls makes an agent. It begins at once.
func (a *actor) calls(id, kind, description string, background bool) *actor {
	input := recorded.Fields{"description": description, "prompt": "x", "subagent_type": kind}
	if background {
		input["run_in_background"] = true
	}
	a.s.Begin("Agent", input, a.fields())
	b := &actor{s: a.s, id: id, kind: kind, call: a.s.Call()}
	if background {
		a.s.End(b.call, recorded.Fields{"status": "async_launched", "agentId": id}, 5)
	}
	a.s.Hook("SubagentStart", b.fields())
	return b
}

func (a *actor) reads(file string) {
	a.s.Begin("Read", recorded.Fields{"file_path": a.s.Project + "/" + file}, a.fields())
	a.s.End(nil, recorded.Fields{"type": "text"}, 10)
}

func (a *actor) edits(file string) {
	a.s.Begin("Edit", recorded.Fields{"file_path": a.s.Project + "/" + file, "old_string": "a", "new_string": "b"}, a.fields())
	a.s.End(nil, recorded.Fields{"structuredPatch": []recorded.Fields{{"lines": []string{"+a", "-b"}}}}, 20)
}

func (a *actor) searches(pattern string) {
	a.s.Begin("Grep", recorded.Fields{"pattern": pattern, "path": a.s.Project}, a.fields())
	a.s.End(nil, recorded.Fields{"numFiles": 1}, 30)
}

func (a *actor) fails(command string) {
	a.s.Begin("Bash", recorded.Fields{"command": command}, a.fields())
	a.s.Fail(nil, "Exit code 1", 40)
}

// stops ends an agent, and the call that made it when somebody waits for it.
func (a *actor) stops(tokens int) {
	a.s.Hook("SubagentStop", a.fields())
	if a.call["tool_input"].(recorded.Fields)["run_in_background"] != true {
		a.s.End(a.call, recorded.Fields{
			"status": "completed", "agentId": a.id, "totalTokens": tokens, "totalToolUseCount": 3, "totalDurationMs": 1000,
		}, 1000)
	}
}

func begin(session, project string, at time.Time) *actor {
	s := &recorded.Script{Session: session, Project: project, At: at}
	s.Hook("SessionStart", recorded.Fields{"source": "startup"})
	s.Prompt("Make the shop faster")
	return &actor{s: s}
}

func (a *actor) ends() []plog.Logs {
	a.s.Hook("Stop", recorded.Fields{"stop_hook_active": false})
	a.s.Hook("SessionEnd", recorded.Fields{"reason": "prompt_input_exit"})
	return a.s.Logs
}

func agentID(n int) string { return fmt.Sprintf("a%016x", n) }

// team is a session of agents that work one after another, side by side, in the
// background, on the same file, and read the same twice.
func team(at time.Time) []plog.Logs {
	main := begin(teamSession, "/home/dev/shop", at)
	one := main.calls(agentID(1), "Explore", "Find the slow queries", false)
	one.reads("db/query.go")
	one.searches("SELECT")
	one.stops(12_000)
	two := main.calls(agentID(2), "Explore", "Find who calls them", false)
	two.reads("db/query.go")
	two.searches("SELECT")
	two.stops(15_500)
	three := main.calls(agentID(3), "backend-architect", "Cache what is asked twice", false)
	four := main.calls(agentID(4), "quality-engineer", "Write the tests", true)
	three.edits("cache.go")
	four.edits("cache_test.go")
	four.edits("cache.go")
	four.fails("go test ./...")
	five := three.calls(agentID(5), "Explore", "Look for locks", false)
	five.reads("lock.go")
	five.stops(900)
	three.edits("cache.go")
	three.stops(81_000)
	four.fails("go test ./...")
	four.s.Hook("SubagentStop", four.fields())
	six := main.calls(agentID(6), "Explore", "Look once more", false)
	six.reads("lock.go")
	return main.ends()
}
