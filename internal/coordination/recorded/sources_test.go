package recorded_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// An entry in Loki gives the event that the record gives, but for what Loki does not
// have: whether a call was refused when it was asked for, and at its end what the file
// was before.
func TestLokiTellsTheSame(t *testing.T) {
	encoder, err := lokiexporter.NewEncoder(lokiexporter.NewFactory().CreateDefaultConfig().(*lokiexporter.Config))
	require.NoError(t, err)
	kinds := map[coordination.Kind]int{}
	for ld := range eventgen.New(eventgen.Options{Seed: 3, Events: 3_000, Sessions: 8, Span: time.Hour, Projects: 2}).All() {
		entries := encoder.Encode(ld)
		at := 0
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					var want coordination.Event
					of, ok := recorded.FromRecord(rl.Resource().Attributes(), lr, &want)
					in := entries[at]
					at++
					got, lokiOf, lokiOK := recorded.FromLoki(lokiquery.Entry{Time: in.Time, Line: in.Line, Labels: in.Labels, Metadata: in.Metadata})
					require.Equal(t, ok, lokiOK, in.Line)
					if !ok {
						continue
					}
					kinds[want.Kind]++
					require.Equal(t, of, lokiOf)
					want.Refused = false
					if want.Kind == coordination.End {
						want.HashBefore = "" // the call's beginning tells it
					}
					require.Equal(t, want, got, in.Line)
				}
			}
		}
	}
	for _, k := range []coordination.Kind{
		coordination.Begin, coordination.End, coordination.Failed, coordination.AgentStart, coordination.AgentStop, coordination.Prompt, coordination.TurnEnd,
	} {
		require.Positive(t, kinds[k], "kind %d", k)
	}
}

func FuzzFromLoki(f *testing.F) {
	f.Add(`{"agent":{"delegation":{"agent_id":"a1","tokens":-5}},"action_details":{"tool_context":{"offset":"x"}}}`, "PostToolUse", "sub_agent_delegation")
	f.Add(`{"action_details":[]`, "PreToolUse", "file_read")
	f.Add(`{"file_changes":{"change_type":"post_change","file_hash":1}}`, "PostToolUse", "file_edit")
	f.Fuzz(func(t *testing.T, line, hook, event string) {
		e, of, ok := recorded.FromLoki(lokiquery.Entry{
			Time: time.Unix(1, 0), Line: line, Labels: map[string]string{"service": "claude-telemetry", "event": event},
			Metadata: map[string]string{"session_id": "s", "hook_event": hook, "agent_id": "a", "tool_use_id": "c"},
		})
		if !ok {
			return
		}
		require.Equal(t, "s", of.Session)
		require.LessOrEqual(t, len(e.Target), 3*4096)
		require.LessOrEqual(t, len(e.Detail), 3*2000)
		coordination.Build([]coordination.Event{e, e}, coordination.Limits{})
	})
}
