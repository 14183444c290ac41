package hookevent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOfANotificationTheIdsAreKept: they tell who made the agent that reports, and
// nothing that an agent wrote comes with them.
func TestOfANotificationTheIdsAreKept(t *testing.T) {
	body := func(prompt string) string {
		e := build(t, map[string]any{"session_id": "s", "hook_event_name": "UserPromptSubmit", "prompt": prompt}, context())
		return fmt.Sprint(plain(t, e.Body))
	}
	got := body("<task-notification>\n<task-id>a17b8b227a41c5192</task-id>\n<tool-use-id>toolu_01</tool-use-id>\n<summary>MARK</summary><task-id>second</task-id>")
	require.Contains(t, got, "notification:map[task_id:a17b8b227a41c5192 tool_use_id:toolu_01]")
	require.NotContains(t, got, "MARK")
	require.NotContains(t, got, "second")
	for _, bad := range []string{"", "two words", "<b>", strings.Repeat("x", maxName+1), "a\x1b[31m", "é"} {
		require.NotContains(t, body("<task-notification><task-id>"+bad+"</task-id>"), "notification:map", bad)
	}
	require.NotContains(t, body("<task-notification><task-id>a1"), "notification:map")
	require.NotContains(t, body(" hello <task-id>a1</task-id>"), "notification:map", "a person's prompt is none")
}

func TestWhomACallMadeIsKept(t *testing.T) {
	for field, id := range map[string]string{"agentId": "a17b8b227a41c5192", "agent_id": "tester@crew"} {
		e := build(t, tool("PostToolUse", "Agent", map[string]any{"prompt": "MARK", "subagent_type": "x"}, map[string]any{field: id, "content": "MARK"}), context())
		got := fmt.Sprint(plain(t, e.Body))
		require.Contains(t, got, "agent_id:"+id)
		require.NotContains(t, got, "MARK")
	}
}
