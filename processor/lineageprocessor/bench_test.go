package lineageprocessor

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
)

// BenchmarkConsumeLogs is of one event of an agent in a request of its own, without the
// copy that it is made of.
func BenchmarkConsumeLogs(b *testing.B) {
	bb := newBench(b, nil)
	for i := range 20 {
		bb.call("", fmt.Sprint("toolu_", i), "x")
		bb.start(fmt.Sprint("a", i), "x")
	}
	bb.next = consumertest.NewNop()
	ctx := provenance.OfOwner(b.Context())
	for name, payload := range map[string]string{
		"tool call of an agent":    `{"session_id":"s","prompt_id":"p","agent_id":"a7","agent_type":"x","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_b","tool_input":{"command":"go test ./..."}}`,
		"tool call of the main":    `{"session_id":"s","prompt_id":"p","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_b","tool_input":{"command":"go test ./..."}}`,
		"call of an agent":         `{"session_id":"s","prompt_id":"p","hook_event_name":"PreToolUse","tool_name":"Agent","tool_use_id":"toolu_c","tool_input":{"subagent_type":"x"}}`,
		"begin of an agent":        `{"session_id":"s","prompt_id":"p","agent_id":"a3","agent_type":"x","hook_event_name":"SubagentStart"}`,
		"session without an agent": `{"session_id":"other","prompt_id":"p","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_b","tool_input":{"command":"go test ./..."}}`,
	} {
		b.Run(name, func(b *testing.B) {
			ld := bb.logs([]byte(payload))
			copies := make([]plog.Logs, 1000)
			i := len(copies)
			for b.Loop() {
				if i == len(copies) {
					b.StopTimer()
					for j := range copies {
						copies[j] = plog.NewLogs()
						ld.CopyTo(copies[j])
					}
					i = 0
					b.StartTimer()
				}
				if err := bb.ConsumeLogs(ctx, copies[i]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// FuzzPayloads: no payload makes the processor fail or lose a record.
func FuzzPayloads(f *testing.F) {
	f.Add([]byte(`{"session_id":"s","hook_event_name":"PostToolUse","tool_name":"Agent","tool_use_id":"c","tool_response":{"agentId":"a"}}`))
	f.Add([]byte(`{"session_id":"s","hook_event_name":"TeammateIdle","teammate_name":"a","team_name":"b"}`))
	f.Add([]byte(`{"session_id":"s","hook_event_name":"UserPromptSubmit","prompt":"<task-notification><task-id>a</task-id><tool-use-id>c</tool-use-id>"}`))
	f.Add([]byte(`{"session_id":"s","hook_event_name":"SubagentStop","agent_id":"a","agent_type":"x","agent_transcript_path":"/../agent-a.jsonl"}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		b := newBench(t, nil)
		b.send(payload)
		b.send(payload)
		b.correct(t.Context())
		b.measure(t.Context())
	})
}
