package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Where an agent stands is in the audit log and in Loki; the collector knows it after a
// restart, too; and what was told wrongly is corrected by a record of its own.
func TestEveryRecordSaysWhoCalledItsAgent(t *testing.T) {
	s := own(t)
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	hook := func(format string, args ...any) {
		t.Helper()
		raw := bytes.Replace(fmt.Appendf(nil, format, args...), []byte("{"), fmt.Appendf(nil, `{"session_id":"agents","prompt_id":"p","cwd":%q,`, s.Project), 1)
		require.True(t, json.Valid(raw), string(raw))
		run(t, s, harness.Call{Payload: raw, ProjectDir: s.Project})
	}
	called := func(by, call string) {
		hook(`{"hook_event_name":"PreToolUse","tool_name":"Agent","tool_use_id":%q,"agent_id":%q,"tool_input":{"subagent_type":"Explore"}}`, call, by)
	}
	begins := func(agent string) {
		hook(`{"hook_event_name":"SubagentStart","agent_id":%q,"agent_type":"Explore"}`, agent)
	}
	called("", "toolu_1")
	begins("a1")
	called("a1", "toolu_2")
	_, err = s.CLI(t.Context(), "restart", "--wait", harness.StartTimeout.String())
	require.NoError(t, err)
	begins("a2")
	begins("a3") // its call was lost
	hook(`{"hook_event_name":"PostToolUse","tool_name":"Agent","tool_use_id":"toolu_3","agent_id":"a2","tool_input":{},"tool_response":{"agentId":"a3"}}`)

	list := awaitAudit(t, s, auditlog.Filter{SessionID: "agents"}, 7)
	require.Len(t, list, 7)
	for i, want := range []string{"  <nil>", "main provisional 1", "main provisional 1", "a1 provisional 2", "  <nil>", "a1 provisional 2", "a2 confirmed 3"} {
		a := list[i]
		depth := a.Attributes[semconv.AgentDepth]
		if i == 0 {
			require.Equal(t, "0", fmt.Sprint(depth))
			depth = nil
		}
		require.Equal(t, want, fmt.Sprint(a.Attribute(semconv.AgentParentID), " ", a.Attribute(semconv.AgentLink), " ", depth), "record %d", i)
	}
	link := list[6]
	require.Equal(t, "claude_code.agent_link", link.EventName)
	require.Equal(t, "a3", link.Attribute(semconv.AgentID))
	require.Empty(t, link.Attribute(semconv.AgentPreviousParentID))
	require.Equal(t, "toolu_3", link.Attribute(semconv.AgentDelegationID))

	awaitLoki(t, s, `{service="claude-telemetry", session="agents"} | agent_parent="a1"`, 2)
	awaitLoki(t, s, `{service="claude-telemetry", session="agents"} | agent_depth>=2`, 3)
	found := awaitLoki(t, s, `{service="claude-telemetry", event="agent_link", project="shop"} | json parent="agent.parent_id"`, 1)
	require.Equal(t, "a2", found[0].Metadata[semconv.MetadataAgentParent])
}
