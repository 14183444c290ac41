package hookevent

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// EventOfTool is the event type of a tool's calls.
func EventOfTool(tool string) string {
	switch tool {
	case "Read":
		return semconv.EventFileRead
	case "Write":
		return semconv.EventFileWrite
	case "Edit", "MultiEdit":
		return semconv.EventFileEdit
	case "Bash", "PowerShell", "Monitor":
		return semconv.EventCommandExecution
	case "Grep":
		return semconv.EventCodeSearch
	case "Glob":
		return semconv.EventFileSearch
	case "LS":
		return semconv.EventDirectoryList
	case "TodoWrite", "TaskCreate", "TaskUpdate", "TaskGet", "TaskList", "TaskStop", "TaskOutput":
		return semconv.EventTaskManagement
	case "Agent", "Task":
		return semconv.EventSubAgentDelegation
	case "WebFetch":
		return semconv.EventWebFetch
	case "WebSearch":
		return semconv.EventWebSearch
	case "NotebookRead", "NotebookEdit":
		return semconv.EventNotebookOperation
	case "Skill", "SlashCommand":
		return semconv.EventSkillInvocation
	}
	if strings.HasPrefix(tool, mcpPrefix) {
		return semconv.EventMCPCall
	}
	return semconv.EventToolUse
}

// eventOfHook is the event type of a hook event that is about no tool.
func eventOfHook(hook string) string {
	switch hook {
	case "UserPromptSubmit":
		return semconv.EventUserPrompt
	case "SessionStart":
		return semconv.EventSessionStart
	case "SessionEnd":
		return semconv.EventSessionEnd
	case "Stop":
		return semconv.EventTurnEnd
	case "StopFailure":
		return semconv.EventTurnFailure
	case "SubagentStart":
		return semconv.EventSubagentStart
	case "SubagentStop":
		return semconv.EventSubagentStop
	case "PermissionRequest":
		return semconv.EventPermissionRequest
	case "PermissionDenied":
		return semconv.EventPermissionDenied
	case "Notification":
		return semconv.EventNotification
	case "PreCompact", "PostCompact":
		return semconv.EventContextCompaction
	case "ConfigChange":
		return semconv.EventConfigChange
	}
	return semconv.EventHookEvent
}

const mcpPrefix = "mcp__"

// eventType names the event of a payload. A payload that could not be decoded
// whole is a hook_event, whatever its readable part says: nothing is concluded
// from half a payload.
func (p Payload) eventType() string {
	if p.Err != nil {
		return semconv.EventHookEvent
	}
	switch hook := p.HookEvent(); hook {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure":
		return EventOfTool(p.ToolName())
	case "UserPromptSubmit":
		if p.isTaskNotification() {
			return semconv.EventAgentNotification
		}
		return semconv.EventUserPrompt
	default:
		return eventOfHook(hook)
	}
}

// isTaskNotification tells a finished background agent's message from a
// person's prompt: both arrive as UserPromptSubmit.
func (p Payload) isTaskNotification() bool {
	return strings.HasPrefix(strings.TrimLeft(p.Text("prompt"), " \t\r\n"), "<task-notification>")
}

// HumanPrompt returns the prompt that a person typed, or "".
func (p Payload) HumanPrompt() string {
	if p.Err != nil || p.HookEvent() != "UserPromptSubmit" || p.isTaskNotification() {
		return ""
	}
	return p.Text("prompt")
}

// SlashCommand returns the expanded command and its arguments as they would be
// typed, or "".
func (p Payload) SlashCommand() string {
	if p.Err != nil || p.HookEvent() != "UserPromptExpansion" {
		return ""
	}
	name := strings.TrimPrefix(p.Text("command_name"), "/")
	if name == "" {
		return ""
	}
	return "/" + name + " " + p.Text("command_args")
}

func (p Payload) isToolCall() bool {
	switch p.HookEvent() {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied":
		return true
	}
	return false
}
