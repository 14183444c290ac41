package hookevent

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const testLimit = 1 << 20

func payload(t testing.TB, fields map[string]any) Payload {
	t.Helper()
	raw, err := json.Marshal(fields)
	require.NoError(t, err)
	p := Decode(raw, testLimit)
	require.NoError(t, p.Err)
	return p
}

func TestEventTypeOfTools(t *testing.T) {
	for want, tools := range map[string][]string{
		semconv.EventFileRead:           {"Read"},
		semconv.EventFileWrite:          {"Write"},
		semconv.EventFileEdit:           {"Edit", "MultiEdit"},
		semconv.EventCommandExecution:   {"Bash", "PowerShell", "Monitor"},
		semconv.EventCodeSearch:         {"Grep"},
		semconv.EventFileSearch:         {"Glob"},
		semconv.EventDirectoryList:      {"LS"},
		semconv.EventTaskManagement:     {"TodoWrite", "TaskCreate", "TaskUpdate", "TaskGet", "TaskList", "TaskStop", "TaskOutput"},
		semconv.EventSubAgentDelegation: {"Agent", "Task"},
		semconv.EventWebFetch:           {"WebFetch"},
		semconv.EventWebSearch:          {"WebSearch"},
		semconv.EventNotebookOperation:  {"NotebookRead", "NotebookEdit"},
		semconv.EventMCPCall:            {"mcp__github__create_issue", "mcp__plugin_a_b__c", "mcp__"},
		semconv.EventSkillInvocation:    {"Skill", "SlashCommand"},
		semconv.EventToolUse: {
			"AskUserQuestion", "EnterPlanMode", "ExitPlanMode", "EnterWorktree", "ExitWorktree", "Workflow", "CronCreate", "RemoteTrigger",
			"SendMessage", "ListMcpResourcesTool", "KillShell", "BashOutput", "LSP", "ToolSearch", "REPL", "NeverHeardOf", "read", "",
		},
	} {
		for _, tool := range tools {
			for _, hook := range []string{"PreToolUse", "PostToolUse", "PostToolUseFailure"} {
				require.Equal(t, want, payload(t, map[string]any{"hook_event_name": hook, "tool_name": tool}).eventType(), "%s %s", hook, tool)
			}
		}
	}
}

func TestEventTypeOfHookEvents(t *testing.T) {
	for hook, want := range map[string]string{
		"UserPromptSubmit": semconv.EventUserPrompt, "SessionStart": semconv.EventSessionStart, "SessionEnd": semconv.EventSessionEnd,
		"Stop": semconv.EventTurnEnd, "StopFailure": semconv.EventTurnFailure, "SubagentStart": semconv.EventSubagentStart,
		"SubagentStop": semconv.EventSubagentStop, "PermissionRequest": semconv.EventPermissionRequest,
		"PermissionDenied": semconv.EventPermissionDenied, "Notification": semconv.EventNotification,
		"PreCompact": semconv.EventContextCompaction, "PostCompact": semconv.EventContextCompaction, "ConfigChange": semconv.EventConfigChange,
		"Setup": semconv.EventHookEvent, "InstructionsLoaded": semconv.EventHookEvent, "UserPromptExpansion": semconv.EventHookEvent,
		"PostToolBatch": semconv.EventHookEvent, "TaskCreated": semconv.EventHookEvent, "TaskCompleted": semconv.EventHookEvent,
		"TeammateIdle": semconv.EventHookEvent, "CwdChanged": semconv.EventHookEvent, "DirectoryAdded": semconv.EventHookEvent,
		"FileChanged": semconv.EventHookEvent, "PreModelSwitch": semconv.EventHookEvent, "Elicitation": semconv.EventHookEvent,
		"FromTheFuture": semconv.EventHookEvent, "": semconv.EventHookEvent,
	} {
		require.Equal(t, want, payload(t, map[string]any{"hook_event_name": hook, "prompt": "hi"}).eventType(), hook)
	}
	require.Equal(t, semconv.EventAgentNotification,
		payload(t, map[string]any{"hook_event_name": "UserPromptSubmit", "prompt": "\n<task-notification>\n<task-id>a</task-id>"}).eventType())
}

func TestDecodeKeepsWhatStandsBeforeTheFault(t *testing.T) {
	for name, raw := range map[string]string{
		"truncated":    `{"session_id":"s1","cwd":"/p","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls`,
		"nested first": `{"session_id":"s1","x":{"y":[1,2]},"hook_event_name":"PreToolUse","tool_name":"Bash"`,
		"two objects":  `{"session_id":"s1","hook_event_name":"PreToolUse","tool_name":"Bash"}{"session_id":"s2"}`,
	} {
		p := Decode([]byte(raw), testLimit)
		require.Error(t, p.Err, name)
		require.Equal(t, "s1", p.SessionID(), name)
		require.Equal(t, "Bash", p.ToolName(), name)
		require.Equal(t, semconv.EventHookEvent, p.eventType(), "nothing is concluded from half a payload")
	}
	for name, raw := range map[string]string{
		"too large":   `{"session_id":"s1","hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"x":{"file_path":"/etc/no"},"file_path":"/etc/passwd","content":"` + strings.Repeat("a", testLimit) + `"}}`,
		"truncated":   `{"tool_input":{"file_path":"/etc/passwd","content":"aaa`,
		"the name is": `{"tool_input":{"file_path":"/etc/passwd"`,
		"notebook":    `{"tool_input":{"edit_mode":"insert","notebook_path":"/etc/passwd","new_source":"`,
		"fault later": `{"tool_input":{"content":"","file_path":"/etc/passwd"},"a":\x00}`,
	} {
		p := Decode([]byte(raw), testLimit)
		require.Error(t, p.Err, name)
		require.Equal(t, []string{"/etc/passwd"}, p.Targets(), name)
		e := Build(p, Context{Outside: true})
		require.Equal(t, "/etc/passwd", attrs(e)[semconv.FilePath], name)
		require.Equal(t, semconv.EventHookEvent, p.eventType(), name)
	}
	for _, raw := range []string{
		`{"tool_input":{"content":"{\"file_path\":\"/etc/passwd\"`, `{"tool_response":{"file_path":"/etc/passwd"`,
		`{"tool_input":{"file_path":{"file_path":"/etc/passwd"`, `{"tool_input":["file_path","/etc/passwd"`, `{"tool_input":{"file_path":"/etc/pass`,
	} {
		require.Empty(t, Decode([]byte(raw), testLimit).Targets(), "%q", raw)
	}
	for _, raw := range []string{"", " \n", "null", "[]", `"x"`, "7", "{", "\x00", "{\"a\":\x00}"} {
		require.Error(t, Decode([]byte(raw), testLimit).Err, "%q", raw)
	}
	require.ErrorIs(t, Decode([]byte(`{"session_id":"s","a":1}`), 5).Err, ErrTooLarge)
	require.NoError(t, Decode([]byte("\xef\xbb\xbf{\"a\":1}\r\n"), testLimit).Err, "a byte order mark and CRLF do no harm")
	require.True(t, Decode([]byte("{\"a\":\"\xff\"}"), testLimit).InvalidUTF8)
}
